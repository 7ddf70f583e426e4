"""An outlet's web site on this machine, and a study that knows its articles from a feed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from outcomes.media.sightings import Sighting
from outcomes.pipeline.article_keeping import keep_sightings
from outcomes.store import Source, begin_import
from outcomes.study import Study, open_study

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
OUTLET = "Marlow Falls Courier"
NEWS = """
[news]
contact = "desk@marlow.example"
allow_private = true
text_months = 12
"""
WORDS = (
    "Officers of the Marlow Falls Police Department walked through Eastbank on {day} evening. "
    "Residents showed them the broken lights of the park, and the captain promised an answer "
    "within the week. The neighborhood association had asked for the walk in a letter to the "
    "city council, which members had read aloud at their last meeting. "
)


def article_page(number: int = 1, *, head: str = "", day: str = "2026-03-31") -> str:
    """A page with an article of a few hundred words."""
    paragraphs = "".join(
        f"<p>Part {part} of report {number}. {WORDS.format(day='Tuesday')}</p>" for part in range(6)
    )
    return (
        f"<html lang='en'><head><title>Walk {number} through Eastbank ends well</title>"
        f"<meta property='article:published_time' content='{day}T18:00:00+00:00'>{head}</head>"
        f"<body><article><h1>Walk {number} through Eastbank ends well</h1>{paragraphs}</article>"
        "</body></html>"
    )


PAYWALL = (
    "<html lang='en'><head><title>Chief speaks of the budget</title></head><body><article>"
    "<h1>Chief speaks of the budget</h1><p>The chief spoke on Monday.</p>"
    "<p>Subscribe now to continue reading.</p></article></body></html>"
)


class Site:
    """What the outlet answers, by path; and what it was asked for."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.url = ""

    def says(self, path: str, body: str, *, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body.encode())


@contextmanager
def web_site() -> Iterator[Site]:
    site = Site()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, headers, body = site.answers.get(self.path, (404, {}, b"not here"))
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def news_study(folder: Path, *, news: str = NEWS, outlet: str = "") -> Study:
    """The small study, with rules for news."""
    settings = folder / "study.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'scope = "local"', f'scope = "local"{outlet}'
    )
    settings.write_text(text + news, encoding="utf-8")
    return open_study(folder)


def from_feed(study: Study, *sightings: Sighting, now: datetime = NOW) -> None:
    """Store sightings as a poll does."""
    with study.store.begin() as connection:
        number = begin_import(connection, Source(step="media poll", read=len(sightings)), now=now)
        keep_sightings(connection, list(sightings), now=now, import_id=number, on_change="version")


def entry(url: str, *, title: str = "Walk in Eastbank", day: str = "2026-03-31") -> Sighting:
    """An entry of the outlet's feed."""
    return Sighting(
        outlet=OUTLET,
        url=url,
        guid=url,
        title=title,
        summary=f"In brief: {title}.",
        text_from="feed",
        published=day,
        published_raw=day,
        published_from="feed" if day else "",
    )
