"""Outlets of this machine for tests of polling: each has a host name, some misbehave on purpose."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from outcomes.media.feed_worker import FeedReaders
from outcomes.media.fetch import Limits
from outcomes.pipeline.polling import Means
from outcomes.study import Study, open_study

NOW = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
Serve = Callable[[socket.socket, str], None]


def item(
    number: int, *, title: str = "", guid: str = "", link: str = "", date: str | None = None
) -> str:
    day = "Mon, 03 Aug 2026 10:00:00 GMT" if date is None else date
    said = title or f"Story {number} of the walks in Eastbank"
    url = link or f"https://x.example/story-{number}"
    dated = f"<pubDate>{day}</pubDate>" if day else ""
    return (
        f"<item><title>{said}</title><link>{url}</link><guid>{guid or url}</guid>{dated}"
        f"<description>Officers walked, and people told them of {number}.</description></item>"
    )


def rss(*items: str, before: str = "") -> bytes:
    inside = "".join(items)
    return (
        f"<?xml version='1.0'?>{before}<rss version='2.0'><channel><title>News</title>{inside}"
        "</channel></rss>"
    ).encode()


def answer(
    body: bytes, *lines: str, status: str = "200 OK", length: int = -1, at: datetime = NOW
) -> bytes:
    head = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body) if length < 0 else length}",
        f"Date: {format_datetime(at, usegmt=True)}",
        *lines,
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


def sends(content: bytes) -> Serve:
    return lambda line, asked: line.sendall(content)


def drips(content: bytes) -> Serve:
    def serve(line: socket.socket, asked: str) -> None:
        for byte in content:
            line.sendall(bytes([byte]))
            time.sleep(0.05)

    return serve


@dataclass
class Outlets:
    """What each path of the server answers, and what it was asked."""

    port: int = 0
    paths: dict[str, Serve] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)  # host, path, the whole

    def url(self, host: str, path: str = "/feed") -> str:
        return f"http://{host}.example:{self.port}{path}"

    def puts(self, host: str, path: str = "/feed", *, to: Serve | bytes) -> str:
        """Let a host answer so; the address of it."""
        self.paths[f"{host}.example{path}"] = sends(to) if isinstance(to, bytes) else to
        return self.url(host, path)

    def count(self, host: str, path: str = "/feed") -> int:
        return sum(each[:2] == (f"{host}.example", path) for each in self.asked)


@contextmanager
def outlets() -> Iterator[Outlets]:
    listening = socket.create_server(("127.0.0.1", 0), backlog=200)
    found = Outlets(port=listening.getsockname()[1])
    threads: list[threading.Thread] = []

    def one(line: socket.socket) -> None:
        with line:
            line.settimeout(5)
            try:
                asked = line.recv(65536).decode("latin-1")
                path = asked.split(" ")[1]
                host = asked.split("Host: ", 1)[1].split(":")[0]
                found.asked.append((host, path, asked))
                nothing = sends(answer(b"", status="404 Not Found"))
                found.paths.get(host + path, nothing)(line, asked)
            except (OSError, IndexError):
                pass  # the client hung up, as it should

    def accept() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threads.append(threading.Thread(target=one, args=(line,)))
            threads[-1].start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield found
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listening.close()
        for thread in threads:
            thread.join()


def listed(folder: Path, feeds: Sequence[str], *, more: str = "", news: str = "") -> Study:
    """A study whose outlets have these feeds, one each."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8").partition("[news]")[0]
    lines = ["[news]", 'contact = "desk@marlow.example"', "allow_private = true", news]
    for number, url in enumerate(feeds):
        lines += ["[[outlets]]", f'name = "Outlet {number}"', 'scope = "local"']
        lines += ["[[outlets.feeds]]", f'url = "{url}"', more]
    path.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    return open_study(folder)


def means(
    now: datetime = NOW, *, readers: FeedReaders | None = None, seconds: float = 10.0
) -> Means:
    """What a test polls with: a clock that stands, and hosts that are all this machine."""
    return Means(
        clock=lambda: now,
        by=lambda host, port: ["127.0.0.1"],
        gap=0.0,
        limits=Limits(seconds=seconds),
        readers=readers,
        chance=lambda: 0.5,
    )
