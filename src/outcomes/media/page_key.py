"""One key for all the addresses of one page: with and without www, for phones, with trackers."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_HOST_PREFIX = re.compile(r"^(www\d?|m|mobile|amp)\.")
_AMP_SUFFIX = re.compile(r"/amp(\.html)?$")
_TRACKER = re.compile(
    r"^(utm_.*|mc_[ce]id|fbclid|gclid|dclid|msclkid|igshid|twclid|yclid|_ga|ref|ref_src|"
    r"cmpid|ncid|ocid|rssfeed|amp|outputtype|s_cid|smid|taid)$",
    re.IGNORECASE,
)


def page_key(url: str) -> str:
    """Give the key of a web page: addresses that lead to the same page have the same.

    The scheme, www., m. and amp. before the host, /amp at the end, the part after #, and
    parameters that only say where a reader comes from do not count. Other parameters do: on many
    sites they are what names the article.

    Args:
        url: An address, such as an archive gives it.

    Returns:
        The key; empty where the address names no article: it is no web address, or a site's
        front page.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or ""), parts.port
    except ValueError:  # brackets or a port that are none
        return ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return ""
    path = _AMP_SUFFIX.sub("", parts.path.rstrip("/")).rstrip("/")
    query = urlencode(
        [each for each in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracker(each)]
    )
    if not path and not query:
        return ""
    where = _HOST_PREFIX.sub("", host) + (f":{port}" if port not in {None, 80, 443} else "")
    return f"{where}{path}" + (f"?{query}" if query else "")


def _is_tracker(parameter: tuple[str, str]) -> bool:
    return _TRACKER.match(parameter[0]) is not None
