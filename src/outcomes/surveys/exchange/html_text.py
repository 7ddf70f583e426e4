"""HTML in the texts of other tools, as the plain text that a respondent would read."""

import re
from html.parser import HTMLParser

_UNSEEN = {"script", "style", "head", "title", "template", "iframe", "object", "svg", "select"}
_BREAKS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "ul"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "embed", "source", "wbr", "col", "area"}


def plain_text(html: str) -> str:
    """Say what a respondent reads of a text that may hold HTML: no tags, scripts or entities.

    Args:
        html: The text as the other tool stores it.

    Returns:
        The words, with a line break where the page breaks the line; empty where nothing is left,
        for example of a text that is only a picture or a script.
    """
    reader = _Words()
    reader.feed(_closed_scripts(html))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.words).split("\n"))
    text = "\n".join(line for line in lines if line)
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable()).strip()


def _closed_scripts(html: str) -> str:
    """Cut out scripts first, also one that is never closed."""
    return re.sub(r"<\s*(script|style)\b.*?(<\s*/\s*\1\b[^>]*>|$)", " ", html, flags=re.I | re.S)


class _Words(HTMLParser):
    """Gathers what stands between the tags that are shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self.unseen.append(tag)
        elif tag in _BREAKS:
            self.words.append("\n")
        elif tag == "img" and not self.unseen:
            self.words.append(f" {dict(attrs).get('alt') or ''} ")
        elif tag in {"td", "th"}:
            self.words.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            while self.unseen and self.unseen.pop() != tag:
                pass
        elif tag in _BREAKS and tag not in _VOID:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words.append(data)
