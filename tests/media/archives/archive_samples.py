"""Invented articles in the forms of several services."""

import gzip
from pathlib import Path

SEEN = "2026-01-06T12:00:00Z"  # when the crawler was there

DOCX_PARAGRAPHS = [
    "User Name: somebody",
    "Job Number: 1",
    "Officers walk in Eastbank",
    "Marlow Falls Courier",
    "January 5, 2026 Monday",
    "Copyright 2026 Marlow Falls Courier All Rights Reserved",
    "Length: 5 words",
    "Byline: Ann Writer",
    "Body",
    "",
    "Two officers walked \u2013 and talked.",
]

NEWSBANK_SHORT = """\
Officers walk in Eastbank
January 5, 2026 | Marlow Falls Courier (IN)
Author: Ann Writer | Section: Local | Page: A1
12 Words

Two officers walked \u2013 and talked, \u201cslowly\u201d.

Record: 1A2B3C4D5F
Copyright: Copyright (c) 2026 Courier
"""


def _graph(number: int, collection: str, domain: str, url: str, extras: str) -> str:
    cells = [f"20260105101500-{number}", "20260105101500", collection, domain, url]
    return "\t".join([*cells, *[""] * 21, extras]) + "\n"


GKG = (
    _graph(
        1,
        "1",
        "courier.example",
        "https://courier.example/1",
        "<PAGE_PRECISEPUBTIMESTAMP>20260105081500</PAGE_PRECISEPUBTIMESTAMP>"
        "<PAGE_TITLE>Officers &amp; neighbors walk</PAGE_TITLE>",
    )
    + _graph(2, "1", "daily.example", "https://daily.example/2", "<PAGE_TITLE>Council</PAGE_TITLE>")
    + _graph(3, "2", "BBC Monitoring", "BBC 1/2", "")
)


def as_rtf(paragraphs: list[str]) -> str:
    """Write paragraphs as RTF, the first words of the last story as a link."""
    lines = "".join(f"{_escaped(line)}\\par\n" for line in paragraphs)
    linked = lines.replace(
        "Two officers",
        '{\\field{\\*\\fldinst{HYPERLINK "http://x.example" }}{\\fldrslt{Two officers}}}',
    )
    return (
        "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}{\\info{\\author Somebody}}\n"
        f"{linked}}}"
    )


def _escaped(line: str) -> str:
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in line)


def article_page(title: str, *, day: str = "2026-01-05") -> bytes:
    """Write the web page of an invented article."""
    dated = (
        f'<meta property="article:published_time" content="{day}T09:00:00-05:00">' if day else ""
    )
    story = "".join(
        f"<p>Paragraph {number}: two officers walked along Weaver Street and spoke with the owners "
        "of shops, who said that they had not seen an officer on foot there for many years.</p>"
        for number in range(1, 7)
    )
    return (
        f"<html><head><title>{title}</title>{dated}</head><body><article><h1>{title}</h1>"
        f"{story}</article></body></html>"
    ).encode()


class CrawlFile:
    """A made-up file of Common Crawl News; warcio's own writer leaves temporary files open."""

    def __init__(self, path: Path, *, packed: bool = True) -> None:
        self.path, self._packed = path, packed
        self._content = b""
        self._record("warcinfo", "", b"software: x\r\n", kind="application/warc-fields")

    def add(
        self,
        url: str,
        body: bytes,
        *,
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> "CrawlFile":
        """Add what a server answered."""
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *(f"{k}: {v}" for k, v in headers)]
        block = "\r\n".join([*lines, "", ""]).encode() + body
        self._record("response", url, block, kind="application/http; msgtype=response")
        return self

    def save(self, *, cut: int = 0) -> Path:
        """Write the file, without its last bytes where it is to be cut."""
        self.path.write_bytes(self._content[: len(self._content) - cut])
        return self.path

    def _record(self, what: str, url: str, block: bytes, *, kind: str) -> None:
        lines = ["WARC/1.0", f"WARC-Type: {what}", f"WARC-Date: {SEEN}", f"Content-Type: {kind}"]
        lines += [f"WARC-Target-URI: {url}"] if url else []
        head = "\r\n".join([*lines, f"Content-Length: {len(block)}", "", ""]).encode()
        record = head + block + b"\r\n\r\n"
        self._content += gzip.compress(record) if self._packed else record
