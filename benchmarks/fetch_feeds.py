"""200 feeds at once on this machine, 40 of them hostile: do the good ones wait for the others?

Run: python benchmarks/fetch_feeds.py [--feeds 200] [--faults 40] [--seconds 20]. The servers are
one process of this machine, each feed with a host name of its own; half of the good ones answer
after 0.3 seconds. The peer is what a short script does: urllib and feedparser in as many threads,
and only on the good feeds, for on the hostile ones it does not come back.
"""

import argparse
import asyncio
import gzip
import resource
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import feedparser

from outcomes.media.feed_worker import FeedReaders, ReadFeed
from outcomes.media.fetch import Fetched, Limits, fetch
from outcomes.media.politeness import HostTurns
from outcomes.media.rounds import in_turns

AGENT = "outcomes/benchmark (fetch_feeds; +https://localhost/)"
ENTRIES = 30
Send = Callable[[asyncio.StreamWriter], Awaitable[None]]


def rss(entries: int, before: str = "") -> bytes:
    story = "Police said on Monday that the road would be open again by the evening. " * 8
    items = "".join(
        f"<item><title>Story {n}</title><link>https://x.example/{n}</link><guid>{n}</guid>"
        f"<pubDate>Mon, 03 Aug 2026 10:00:00 GMT</pubDate><description>{story}</description></item>"
        for n in range(entries)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel>{before}{items}</channel></rss>".encode()
    )


def answer(body: bytes, *lines: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *lines]
    return "\r\n".join([*head, "", ""]).encode() + body


def at_once(content: bytes) -> Send:
    async def send(line: asyncio.StreamWriter) -> None:
        line.write(content)
        await line.drain()

    return send


def drip(content: bytes) -> Send:
    async def send(line: asyncio.StreamWriter) -> None:
        for byte in content:
            line.write(bytes([byte]))
            await line.drain()
            await asyncio.sleep(1)

    return send


async def endless(line: asyncio.StreamWriter) -> None:
    line.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        line.write(bytes(65536))
        await line.drain()


async def silent(line: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def reset(line: asyncio.StreamWriter) -> None:
    line.transport.abort()


def faults() -> dict[str, Send]:
    flood = "<item " + " ".join(f'a{n}="1"' for n in range(30_000)) + "/>"
    feed = rss(ENTRIES)
    return {
        "slow headers": drip(answer(feed)),
        "slow body": drip(b"HTTP/1.1 200 OK\r\n\r\n" + feed),
        "silent": silent,
        "endless": endless,
        "zip bomb": at_once(answer(gzip.compress(bytes(300_000_000)), "Content-Encoding: gzip")),
        "reset": reset,
        "garbage": at_once(b"\x16\x03\x01 this is no HTTP\r\n\r\n"),
        "redirects": at_once(answer(b"", "Location: /redirects", status="302 Found")),
        "attributes": at_once(answer(rss(ENTRIES, flood))),
        "20,000 items": at_once(answer(rss(20_000)[:9_900_000])),
    }


async def serve() -> None:
    good, bad = answer(rss(ENTRIES)), faults()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split(" ")[1].strip("/")
        try:
            if asked.startswith("slowly"):
                await asyncio.sleep(0.3)
            await bad.get(asked.replace("_", " "), at_once(good))(writer)
        except OSError:
            pass  # the client hung up
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@dataclass(frozen=True, kw_only=True)
class Done:
    """One feed, fetched and read."""

    fetched: Fetched
    read: ReadFeed | None
    at: float  # seconds after the start of the round


def addresses(port: int, *, feeds: int, hostile: int) -> tuple[list[str], list[str]]:
    kinds = [kind.replace(" ", "_") for kind in faults()]
    paths = [("slowly" if n % 2 else "at-once") for n in range(feeds - hostile)]
    good = [f"http://good-{n}.example:{port}/{path}" for n, path in enumerate(paths)]
    bad = [f"http://bad-{n}.example:{port}/{kinds[n % len(kinds)]}" for n in range(hostile)]
    return good, bad


def ours(urls: list[str], *, seconds: float) -> dict[str, Done]:
    start = time.monotonic()
    found: dict[str, Done] = {}
    with FeedReaders(processes=2) as readers:

        def work(url: str) -> Done:
            fetched = fetch(
                url,
                agent=AGENT,
                allow_private=True,
                by=lambda host, port: ["127.0.0.1"],
                limits=Limits(seconds=seconds),
            )
            read = readers.read(fetched.body) if not fetched.reason else None
            return Done(fetched=fetched, read=read, at=time.monotonic() - start)

        for url, done in in_turns(urls, work, address=str, turns=HostTurns(), at_once=len(urls)):
            found[url] = done
    return found


def plain(urls: list[str]) -> float:
    def work(url: str) -> int:
        path = url.split(":", 2)[2]
        with urllib.request.urlopen(f"http://127.0.0.1:{path}", timeout=10) as line:
            return len(feedparser.parse(line.read()).entries)

    start = time.monotonic()
    with ThreadPoolExecutor(len(urls)) as threads:
        if set(threads.map(work, urls)) != {ENTRIES}:
            raise SystemExit("the peer lost entries")
    return time.monotonic() - start


def tell(good: list[str], bad: list[str], found: dict[str, Done], *, seconds: float) -> bool:
    whole = [url for url in good if (read := found[url].read) and len(read.entries) == ENTRIES]
    print(f"good feeds read whole: {len(whole)} of {len(good)}")
    print(f"the last good one after {max(found[url].at for url in good):.1f} s")
    print(f"the last of all after {max(done.at for done in found.values()):.1f} s")
    kinds: dict[str, Counter[str]] = {}
    for url in bad:
        done = found[url]
        said = done.fetched.reason or (done.read.reason if done.read else "") or "read"
        kinds.setdefault(url.rsplit("/", 1)[1], Counter())[said] += 1
    for kind, reasons in kinds.items():
        print(f"  {kind:14s}", ", ".join(f"{reason} {n}" for reason, n in reasons.items()))
    latest = max(done.fetched.seconds for done in found.values())
    print(f"longest fetch: {latest:.1f} s of {seconds:g}")
    return len(whole) == len(good) and latest < seconds + 1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--faults", type=int, default=40)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--serve", action="store_true", help="be the servers")
    given = options.parse_args()
    if given.serve:
        asyncio.run(serve())
        return
    servers = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE)
    try:
        port = int(servers.stdout.readline()) if servers.stdout else 0
        good, bad = addresses(port, feeds=given.feeds, hostile=given.faults)
        cpu = time.process_time()
        found = ours([*bad, *good], seconds=given.seconds)
        kept = tell(good, bad, found, seconds=given.seconds)
        print(f"processor time of this process: {time.process_time() - cpu:.1f} s")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"most memory of this process: {most} MB")
        print(
            f"good feeds alone: ours {max(d.at for d in ours(good, seconds=20).values()):.1f} s,",
            end=" ",
        )
        print(f"urllib and feedparser in threads {plain(good):.1f} s")
    finally:
        servers.kill()
        servers.wait()
        if servers.stdout:
            servers.stdout.close()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
