"""The whole poll, 200 feeds at once with 40 hostile ones: robots.txt, fetch, read, store.

Run: python benchmarks/poll_feeds.py [--feeds 200] [--faults 40]. The servers are one process of
this machine, each feed with a host name and 30 stories of its own; half of the good ones answer
after 0.3 seconds. The peer is feedparser as its manual shows it, feedparser.parse(url), one feed
after the other, and only on the good feeds, for it does not come back from the hostile ones; it
reads no robots.txt and stores nothing.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import feedparser
from fetch_feeds import ENTRIES, answer, at_once, faults, rss

from outcomes.pipeline.polling import Means, poll
from outcomes.pipeline.polling_words import PollRound, poll_log
from outcomes.study import Study, open_study

MOST_MEMORY = 300  # MB


async def serve() -> None:
    stories, bad = rss(ENTRIES), faults()
    nothing = at_once(answer(b"", status="404 Not Found"))

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        kind, _, number = asked.split(" ")[1].strip("/").partition("/")
        now = format_datetime(datetime.now(UTC), usegmt=True)
        body = stories.replace(b"//x.example", f"//x{number}.example".encode())
        good = at_once(answer(body, f"Date: {now}"))
        try:
            if kind == "slowly":
                await asyncio.sleep(0.3)
            send = nothing if kind == "robots.txt" else bad.get(kind.replace("_", " "), good)
            await send(writer)
        except OSError:
            pass  # the client hung up
        finally:
            writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0, backlog=500)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def addresses(port: int, *, feeds: int, hostile: int) -> tuple[list[str], list[str]]:
    kinds = [kind.replace(" ", "_") for kind in faults()]
    good = [
        f"http://good-{n}.example:{port}/{'slowly' if n % 2 else 'at-once'}/{n}"
        for n in range(feeds - hostile)
    ]
    bad = [f"http://bad-{n}.example:{port}/{kinds[n % len(kinds)]}/{n}" for n in range(hostile)]
    return good, bad


def study_of(folder: Path, urls: list[str]) -> Study:
    folder.mkdir()
    lines = [
        '[study]\nname = "A trial"\nagency = "None"\nfirst = 2026-01-01\nlast = 2026-12-31',
        '\n[news]\ncontact = "https://localhost/"\nallow_private = true\n',
    ]
    for number, url in enumerate(urls):
        lines.append(f'[[outlets]]\nname = "Outlet {number}"\nscope = "local"\n')
        lines.append(f'[[outlets.feeds]]\nurl = "{url}"\n')
    (folder / "study.toml").write_text("\n".join(lines), encoding="utf-8")
    return open_study(folder)


def most_memory() -> int:
    """MB; not what getrusage tells, which counts the process that started this one, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def seconds_of_processor() -> float:
    both = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in both)


def ours(folder: Path, urls: list[str], *, good: set[str]) -> tuple[PollRound, float, float, float]:
    """The account, seconds in all, seconds until the last good feed was stored, processor."""
    study = study_of(folder, urls)
    waiting, last = set(good), [0.0]
    cpu, start = seconds_of_processor(), time.monotonic()

    def say(line: str) -> None:
        found = next((url for url in waiting if f"{url}: " in line), None)
        if found:
            waiting.remove(found)
            last[0] = time.monotonic() - start

    done = poll(study, means=Means(by=lambda host, port: ["127.0.0.1"]), say=say)
    return done, time.monotonic() - start, last[0], seconds_of_processor() - cpu


def alone(folder: str, urls: list[str], good: list[str]) -> None:
    """One run in a process of its own, so that its memory is its own; prints JSON."""
    done, whole, last, cpu = ours(Path(folder), urls, good=set(good))
    reasons: dict[str, Counter[str]] = {}
    for each in done.accounts:
        if each.feed not in good:
            kind = each.feed.split("/")[3]
            reasons.setdefault(kind, Counter())[each.reason or "read"] += 1
    most = most_memory()
    log = poll_log(
        open_study(Path(folder)), last=len(urls)
    )  # only now: tables take memory of their own
    parts = log["stored"] + log["duplicate"] + log["skipped"].map(lambda each: sum(each.values()))
    read = [each for each in done.accounts if each.feed in good and each.stored == ENTRIES]
    told = {
        "seconds": whole, "last good": last, "cpu": cpu, "memory": most,
        "read": len(read), "sum holds": bool((log["entries"] == parts).all()), "kinds": reasons,
        "longest": float(log["seconds"].max()),
    }  # fmt: skip
    print(json.dumps(told))


def peer(urls: list[str]) -> None:
    cpu, start = seconds_of_processor(), time.monotonic()
    for url in urls:
        found = feedparser.parse("http://127.0.0.1:" + url.split(":", 2)[2])
        if len(found.entries) != ENTRIES:
            raise SystemExit("the peer lost entries")
    most = most_memory()
    told = {"seconds": time.monotonic() - start, "cpu": seconds_of_processor() - cpu}
    print(json.dumps(told | {"memory": most}))


def run(role: str, *lists: list[str], folder: str = "") -> dict[str, object]:
    command = [sys.executable, __file__, "--role", role, "--folder", folder]
    given = json.dumps(lists)
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def measure(port: int, *, feeds: int, hostile: int) -> bool:
    good, bad = addresses(port, feeds=feeds, hostile=hostile)
    with tempfile.TemporaryDirectory() as folder:
        mixed = run("ours", [*bad, *good], good, folder=f"{folder}/mixed")
        only = run("ours", good, good, folder=f"{folder}/good")
    other = run("peer", good)
    for kind, reasons in mixed["kinds"].items():  # type: ignore[attr-defined]
        print(f"  {kind:14s}", ", ".join(f"{reason} {n}" for reason, n in reasons.items()))
    print(f"entries = stored + known + left out, in every poll: {mixed['sum holds']}")
    print("| | good feeds stored whole | last good one | all | memory | processor a feed |")
    print("|---|---|---|---|---|---|")
    for name, found, count in (
        (f"{feeds} feeds, {hostile} hostile", mixed, feeds),
        (f"the {len(good)} good ones", only, len(good)),
        ("the same, feedparser.parse(url)", other, len(good)),
    ):
        last = found.get("last good", found["seconds"])
        print(
            f"| {name} | {found.get('read', len(good))} of {len(good)} | {last:.1f} s "
            f"| {found['seconds']:.1f} s | {found['memory']} MB "
            f"| {1000 * found['cpu'] / count:.0f} ms |"  # type: ignore[operator]
        )
    print(f"longest fetch {mixed['longest']:.1f} s of 20")
    ratio = other["seconds"] / only["seconds"]  # type: ignore[operator]
    print(f"on the good feeds, {ratio:.1f} times as fast as feedparser one by one")
    kept = mixed["read"] == len(good) and mixed["sum holds"]
    return bool(kept and mixed["memory"] < MOST_MEMORY)  # type: ignore[operator]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=200)
    options.add_argument("--faults", type=int, default=40)
    options.add_argument("--role", choices=["servers", "ours", "peer"])
    options.add_argument("--folder", default="")
    given = options.parse_args()
    if given.role == "servers":
        asyncio.run(serve())
    elif given.role == "ours":
        alone(given.folder, *json.load(sys.stdin))
    elif given.role == "peer":
        peer(*json.load(sys.stdin))
    if given.role:
        return
    servers = subprocess.Popen(
        [sys.executable, __file__, "--role", "servers"], stdout=subprocess.PIPE
    )
    try:
        port = int(servers.stdout.readline()) if servers.stdout else 0
        kept = measure(port, feeds=given.feeds, hostile=given.faults)
    finally:
        servers.kill()
        servers.wait()
        if servers.stdout:
            servers.stdout.close()
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
