"""The other addresses of a page that was fetched: where it led to, and what it calls its own."""

import re
from html import unescape
from urllib.parse import urljoin

from outcomes.media.page_key import page_key
from outcomes.media.politeness import host_of

_HEAD = 500_000  # bytes; the head of a page is far smaller
_LINK = re.compile(r"<link\b[^<>]{0,3000}>", re.IGNORECASE)
_CANONICAL = re.compile(r"""\brel\s*=\s*["']?\s*canonical\b""", re.IGNORECASE)
_WHERE = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def page_addresses(content: bytes, *, asked: str, answered: str) -> list[str]:
    """List the addresses by which the page of an article can be met.

    Args:
        content: The page as it was received.
        asked: The address that was asked.
        answered: The address that answered, after redirects.

    Returns:
        Both addresses, and the one that the page calls its own (canonical) if it is of the same
        host: a copy that names the page of another outlet is an article of its own, which the
        linking of copies is for. Each page stands once, and no front page.
    """
    own = _own_address(content, base=answered)
    of_host = [own] if own and host_of(own) == host_of(answered) else []
    found = {page_key(each): each for each in (*of_host, answered, asked)}
    return [url for key, url in found.items() if key]


def _own_address(content: bytes, *, base: str) -> str:
    for tag in _LINK.findall(content[:_HEAD].decode("utf-8", errors="replace")):
        where = _WHERE.search(tag) if _CANONICAL.search(tag) else None
        if where is None:
            continue
        try:
            return urljoin(base, unescape(next(each for each in where.groups() if each)).strip())
        except (ValueError, StopIteration):  # brackets that are no address; an empty href
            return ""
    return ""
