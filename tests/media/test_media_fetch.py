"""Fetching comes back in time, whatever a server does; the servers here misbehave on purpose."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from outcomes.errors import DataError
from outcomes.media import fetch as fetching
from outcomes.media import wire
from outcomes.media.conditional import Validators
from outcomes.media.fetch import REASONS, Fetched, Limits, fetch, user_agent

FEED = b"<rss version='2.0'><channel><title>T</title><item><title>a</title></item></channel></rss>"
AGENT = "outcomes/test (Marlow Falls; +desk@marlow.example)"
QUICK = Limits(seconds=0.6, wire_bytes=300_000, body_bytes=300_000)
PATIENT = Limits(seconds=20, wire_bytes=300_000, body_bytes=300_000)  # for a crowded machine
LATE = QUICK.seconds + 1.0
Serve = Callable[[socket.socket, bytes], None]


def answer(body: bytes = FEED, *lines: str, status: str = "200 OK", length: int = -1) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length < 0 else length}", *lines]
    return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


def sends(*pieces: bytes, pause: float = 0.0) -> Serve:
    def serve(line: socket.socket, asked: bytes) -> None:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(pause)

    return serve


def drip(content: bytes) -> Serve:
    return sends(*(bytes([byte]) for byte in content), pause=0.02)


def endless(first: bytes, again: bytes) -> Serve:
    def serve(line: socket.socket, asked: bytes) -> None:
        line.sendall(first)
        while True:
            line.sendall(again)

    return serve


def reset(line: socket.socket, asked: bytes) -> None:
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def silent(line: socket.socket, asked: bytes) -> None:
    time.sleep(1.5)


@contextmanager
def server(serve: Serve, *, secure: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server on this machine that does to each connection what it is told."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def one(line: socket.socket) -> None:
        with line:
            line.settimeout(3)
            try:
                if secure:
                    with secure.wrap_socket(line, server_side=True) as safe:
                        serve(safe, safe.recv(65536))
                else:
                    serve(line, line.recv(65536))
            except OSError:
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
        yield f"{'https' if secure else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        accepting.join()
        listening.close()
        for thread in threads:
            thread.join()


def get(url: str, *, limits: Limits = PATIENT, **options: object) -> Fetched:
    return fetch(url, agent=AGENT, allow_private=True, limits=limits, **options)  # type: ignore[arg-type]


def got(serve: Serve, *, limits: Limits = PATIENT) -> Fetched:
    with server(serve) as url:
        return get(f"{url}/feed?a=1", limits=limits)


def test_a_feed_is_fetched_whole_and_the_outlet_is_told_who_asks():
    asked: list[bytes] = []

    def serve(line: socket.socket, question: bytes) -> None:
        asked.append(question)
        line.sendall(answer(FEED, "ETag: W/1", "X-Two: a", "X-Two: b"))

    with server(serve) as url:
        found = get(f"{url}/feed?a=1#part", validators=Validators(etag='"x"', last_modified="then"))
    assert (found.status, found.body, found.reason, found.hops) == (200, FEED, "", ())
    assert found.headers["etag"] == "W/1"
    assert found.headers["x-two"] == "a, b"
    assert found.url == f"{url}/feed?a=1"
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "GET /feed?a=1 HTTP/1.1"
    assert f"User-Agent: {AGENT}" in lines
    assert f"Host: {url.removeprefix('http://')}" in lines
    assert 'If-None-Match: "x"' in lines
    assert "If-Modified-Since: then" in lines
    assert not any(line.startswith(("Cookie", "Authorization")) for line in lines)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(50_000_000), 9)
OPEN = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("serve", "reason"),
    [
        pytest.param(drip(answer()), "deadline", id="slow headers"),
        pytest.param(sends(answer(b""), *[b"a"] * 90, pause=0.02), "", id="body after its length"),
        pytest.param(
            sends(answer(b"", length=90), *[b"a"] * 90, pause=0.02), "deadline", id="slow body"
        ),
        pytest.param(
            sends(CHUNKED, *[b"1\r\na\r\n"] * 90, pause=0.02), "deadline", id="slow chunks"
        ),
        pytest.param(sends(OPEN, *[b"a"] * 90, pause=0.02), "deadline", id="slow without length"),
        pytest.param(silent, "deadline", id="silent"),
        pytest.param(endless(OPEN, bytes(65536)), "too-large", id="endless body"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), "broken", id="endless headers"),
        pytest.param(
            endless(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 60000 + b"\r\n"),
            "too-large",
            id="huge headers",
        ),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "too-large", id="continue"),
        pytest.param(sends(answer(FEED, length=999)), "short", id="short body"),
        pytest.param(sends(CHUNKED + b"fff\r\nabc"), "short", id="cut chunk"),
        pytest.param(sends(CHUNKED + b"zz\r\nabc\r\n"), "short", id="no chunk at all"),
        pytest.param(reset, "short", id="reset"),
        pytest.param(sends(), "short", id="hangs up"),
        pytest.param(sends(b"\x16\x03\x01 not http at all\r\n\r\n"), "broken", id="garbage"),
        pytest.param(sends(b"HTTP/1.1 abc OK\r\n\r\n"), "broken", id="no status"),
        pytest.param(sends(answer(BOMB, "Content-Encoding: gzip")), "too-large", id="zip bomb"),
        pytest.param(
            sends(answer(gzip.compress(BOMB), "Content-Encoding: gzip, gzip")),
            "too-large",
            id="zip bomb in a zip",
        ),
        pytest.param(sends(answer(FEED, "Content-Encoding: gzip")), "encoding", id="no gzip"),
        pytest.param(sends(answer(FEED, "Content-Encoding: br")), "encoding", id="brotli unasked"),
        pytest.param(
            sends(answer(FEED, "Content-Encoding: " + ", ".join(["gzip"] * 9))),
            "encoding",
            id="nine times compressed",
        ),
    ],
)
def test_a_server_that_misbehaves_costs_its_seconds_and_no_more(serve: Serve, reason: str):
    found = got(serve, limits=QUICK if reason == "deadline" else PATIENT)
    assert found.reason == reason
    assert found.seconds < LATE
    assert len(found.body) <= QUICK.body_bytes
    assert found.sentence == REASONS[found.reason]


def test_the_deadline_is_one_for_all_and_not_anew_for_every_piece():
    limits = Limits(seconds=1.5)
    found = got(sends(OPEN, b"a", b"", pause=1.2), limits=limits)
    assert found.reason == "deadline"
    assert found.seconds < 2.3


def test_what_came_before_an_answer_broke_off_is_kept():
    assert got(sends(answer(FEED, length=999))).body == FEED
    slow = sends(OPEN + FEED, *[b" "] * 90, pause=0.02)
    assert got(slow, limits=QUICK).body.startswith(FEED)
    assert len(got(endless(OPEN, bytes(65536))).body) > QUICK.body_bytes / 2


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("X-GZIP", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),  # as some servers mean it
        ("gzip, gzip", gzip.compress(gzip.compress(FEED))),
        ("identity", FEED),
    ],
    ids=["gzip", "its old name", "deflate", "raw deflate", "gzip twice", "not at all"],
)
def test_a_compressed_feed_is_read(coding: str, body: bytes):
    found = got(sends(answer(body, f"Content-Encoding: {coding}")))
    assert (found.reason, found.body) == ("", FEED)


def test_two_hundred_headers_are_no_reason_to_lose_a_feed():
    found = got(sends(answer(FEED, *(f"X-{n}: {n}" for n in range(200)))))
    assert (found.reason, found.body, found.headers["x-199"]) == ("", FEED, "199")


def test_an_answer_of_another_status_is_an_answer():
    found = got(sends(answer(b"gone", status="404 Not Found")))
    assert (found.status, found.reason, found.body) == (404, "", b"gone")
    assert found.sentence == "the server answered 404"
    assert got(sends(answer(b"", status="304 Not Modified"))).status == 304


def moved(to: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {to}", status=status)


def by_path(pages: dict[str, bytes]) -> Serve:
    def serve(line: socket.socket, asked: bytes) -> None:
        line.sendall(pages[asked.decode().split(" ")[1]])

    return serve


def test_redirects_are_followed_and_named():
    pages = {"/a": moved("b?x=1", "301 x"), "/b?x=1": moved("/caf\u00e9"), "/caf%C3%A9": answer()}
    pages["/b?x=1"] = pages["/b?x=1"].replace("\u00e9".encode("latin-1"), "\u00e9".encode())
    with server(by_path(pages)) as url:
        found = get(f"{url}/a")
        refused = get(f"{url}/a", may_follow=lambda address: "x=1" not in address)
    assert (found.status, found.body, found.url) == (200, FEED, f"{url}/caf%C3%A9")
    assert found.hops == (f"{url}/a", f"{url}/b?x=1")
    assert (refused.reason, refused.status, refused.hops) == ("not-followed", 301, (f"{url}/a",))


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("/start", "redirects"),
        ("file:///etc/passwd", "address"),
        ("ftp://x.example/", "address"),
        ("http://name:word@x.example/", "address"),
        ("http://[::1", "address"),
        ("http://x.example:99999/", "address"),
        ("//", "redirects"),
        ("http://" + "a" * 3000, "address"),
        ("http://127.0.0.1:1/", "no-connection"),
    ],
)
def test_a_redirect_that_leads_nowhere_ends_the_fetch(to: str, reason: str):
    with server(sends(moved(to))) as url:
        found = get(f"{url}/start")
    assert found.reason == reason
    assert len(found.hops) == 1


def test_a_chain_of_redirects_has_an_end():
    pages = {f"/{n}": moved(f"/{n + 1}") for n in range(9)}
    with server(by_path(pages)) as url:
        found = get(f"{url}/0")
    assert (found.reason, len(found.hops)) == ("redirects", 6)


@pytest.mark.parametrize(
    "machine",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1",
        "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
        "::127.0.0.1", "2001:db8::1", "not an address",
    ],
)  # fmt: skip
def test_a_machine_of_a_private_network_is_never_asked(machine: str):
    found = fetch("http://x.example/", agent=AGENT, by=lambda host, port: ["1.1.1.1", machine])
    assert (found.reason, found.status) == ("private", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost"])
def test_no_way_of_writing_this_machine_is_let_through(host: str):
    assert fetch(f"http://{host}:1/", agent=AGENT).reason in {"private", "no-name"}


def test_public_machines_are_told_from_private_ones():
    public = ("1.1.1.1", "2606:4700::1", "::ffff:1.1.1.1", "64:ff9b::101:101")
    assert all(fetching.is_public(machine) for machine in public)


def test_a_redirect_into_a_private_network_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "is_public", lambda machine: machine == "127.0.0.1")
    machines = {"inner.example": ["10.0.0.7"]}
    with server(sends(moved("http://inner.example/"))) as url:
        found = fetch(
            url,
            agent=AGENT,
            limits=PATIENT,
            by=lambda host, port: machines.get(host, ["127.0.0.1"]),
        )
    assert (found.reason, found.hops) == ("private", (f"{url}/",))


def test_a_name_that_changes_its_meaning_after_the_check_gains_nothing():
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.7"]

    with server(sends(answer())) as url:
        found = get(url.replace("127.0.0.1", "feed.example"), by=rebinding)
    assert (found.body, asked) == (FEED, ["feed.example"])


def test_the_next_machine_of_a_host_is_tried():
    with server(sends(answer())) as url:
        found = get(
            url.replace("127.0.0.1", "feed.example"), by=lambda host, port: ["127.0.0.2"] * 2
        )
        other = get(
            url.replace("127.0.0.1", "feed.example"),
            by=lambda host, port: ["127.0.0.2", "127.0.0.1"],
        )
    assert found.reason == "no-connection"
    assert other.body == FEED


def test_a_look_up_that_never_answers_is_left_behind():
    done = threading.Event()

    def never(host: str, port: int) -> Sequence[str]:
        done.wait(5)
        return []

    found = get("http://feed.example/", by=never, limits=QUICK)
    done.set()
    assert found.reason == "deadline"
    assert found.seconds < LATE


def test_a_host_that_is_not_there_is_said_so():
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    def strange(host: str, port: int) -> Sequence[str]:
        raise UnicodeError

    assert get("http://feed.example/", by=unknown).reason == "no-name"
    assert get("http://feed.example/", by=strange).reason == "no-name"
    assert get("http://feed.example/", by=lambda host, port: []).reason == "no-name"


@pytest.mark.parametrize(
    "url",
    ["", "feed.example", "file:///etc/passwd", "http://", "http://a:b@x.example/", "http://[x"],
)
def test_what_is_no_web_address_is_an_answer_too(url: str):
    assert fetch(url, agent=AGENT).reason == "address"


@pytest.mark.parametrize("serve", [silent, sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")])
def test_a_handshake_that_does_not_come_is_cut(serve: Serve):
    with server(serve) as url:
        found = get(url.replace("http:", "https:"), limits=QUICK)
    assert found.reason in {"deadline", "no-connection"}
    assert found.seconds < LATE


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_must_be_trusted_and_name_the_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=feed.example",
         "-addext", "subjectAltName=DNS:feed.example", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(certificate, key)
    with server(sends(answer()), secure=secure) as url:

        def named(name: str) -> Fetched:
            return get(url.replace("127.0.0.1", name), by=lambda host, port: ["127.0.0.1"])

        wire._certificates.cache_clear()
        assert named("feed.example").reason == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        wire._certificates.cache_clear()
        found, other = named("feed.example"), named("other.example")
        wire._certificates.cache_clear()
    assert (found.reason, found.body) == ("", FEED)
    assert other.reason == "certificate"


@pytest.mark.parametrize("agent", ["", " ", "a\r\nX: y", "caf\u00e9"])
def test_an_agent_that_cannot_be_sent_is_ours_to_mend(agent: str):
    with pytest.raises(DataError, match="agent"):
        fetch("http://x.example/", agent=agent)


def test_the_agent_names_the_project_and_a_contact():
    assert user_agent(project="Marlow Falls", contact="desk@marlow.example").endswith(
        " (Marlow Falls; +desk@marlow.example)"
    )
    for project, contact in [("", "a@b.example"), ("x", "call me"), ("x\n", "a@b\n.example")]:
        with pytest.raises(DataError):
            user_agent(project=project, contact=contact)
