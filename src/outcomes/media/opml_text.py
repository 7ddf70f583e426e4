"""The text of an OPML file as a parser can read it: its encoding found out, bare & signs mended."""

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.errors import FileError

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)[\"']")
_DTD = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_SIGN = re.compile(r"&(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)?")
_OF_XML = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_OF_XML = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));"
)


def read_outlines(path: Path, content: bytes) -> "_Element":
    """Read an OPML file's content as a tree.

    Args:
        path: Where it came from, to be named in errors.
        content: The file, in any encoding.

    Returns:
        The root, ``opml``.

    Raises:
        FileError: It is no OPML, cannot be read as XML, or declares a document type, by which
            files are built that exhaust their reader or read other files.
    """
    from lxml import etree

    text = _DECLARATION.sub("", _NOT_IN_XML.sub("", decoded_text(content)))
    if _DTD.search(text):
        raise FileError(
            path,
            "",
            "it declares a document type (<!DOCTYPE or <!ENTITY), which a list of feeds has no "
            "use for",
            "Remove those lines",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_mended(text).strip().encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        what = str(error.msg or "it ends in the middle").partition(", line")[0]
        raise FileError(
            path,
            f"line {error.lineno}" if error.lineno else "",
            f"this cannot be read as OPML ({what[:120]})",
            "Export the list of feeds from its reader again",
        ) from None
    if etree.QName(root).localname.lower() != "opml":
        raise FileError(
            path,
            "",
            f"this is XML, but no OPML: it begins with <{etree.QName(root).localname[:40]}>",
            "Export the list of feeds as OPML",
        )
    return root


def decoded_text(content: bytes) -> str:
    """Give the text of an XML file, also where it is not in the encoding that it declares."""
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace").removeprefix("\ufeff")
    if b"<\x00" in content[:8]:  # without a mark
        return content.decode("utf-16-be" if content[:1] == b"\x00" else "utf-16-le", "replace")
    declared = _DECLARED.match(content[:400])
    named = declared[1].decode("ascii") if declared else "utf-8"
    for name in (named, "utf-8", "cp1252"):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def _mended(text: str) -> str:
    """Write & signs as XML wants them: many readers export addresses with bare ones."""
    return _SIGN.sub(_sign, _NOT_OF_XML.sub("", text))


def _sign(found: re.Match[str]) -> str:
    name = found[1] or ""
    if name in _OF_XML or name.startswith("#"):
        return found[0]
    meant = unescape(found[0])
    if meant == found[0] or len(meant) > 2:  # no name of HTML
        return f"&amp;{name}"
    return meant.replace("&", "&amp;").replace("<", "&lt;")
