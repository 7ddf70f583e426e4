"""What a form may send, and what is answered to all else: always a page, never anything stored."""

import asyncio
import http.client
import socket
import time

import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route

from outcomes.web import bodies
from outcomes.web.pages import read_form


async def take(request):
    form = await read_form(request, most_bytes=50_000)
    uploads = {name: [each.name, len(each.content)] for name, each in form.uploads.items()}
    request.app.state.taken.append(form)
    return JSONResponse({"fields": form.fields, "uploads": uploads, "names": form.names()})


@pytest.fixture
def app(app):
    app.router.routes.append(Route("/take", take, methods=["POST"]))
    app.state.taken = []
    return app


@pytest.fixture
def token(client, desk, web):
    """Of a browser that was shown a page of ours."""
    desk.set_up_token = "0" * 16
    return web.token_on(client.get("/desk/set-up").text)


def post(client, body, kind="application/x-www-form-urlencoded", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/take", content=body, headers={"content-type": kind, **named})


def multipart(token, *parts, end=b"--edge--\r\n"):
    head = b'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + token.encode()
    return head + b"\r\n" + b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + end


MULTIPART = "multipart/form-data; boundary=edge"


def test_fields_arrive_in_order_with_their_letters_and_lines(client, token):
    body = f"csrf={token}&a=1&b=%C3%B1+%26+x&a=2&c=&d=one%0D%0Atwo"
    fields = post(client, body).json()["fields"][1:]
    assert fields == [["a", "1"], ["b", "ñ & x"], ["a", "2"], ["c", ""], ["d", "one\ntwo"]]


def test_files_arrive_with_their_names_and_no_folders(client, token):
    body = multipart(
        token,
        b'Content-Disposition: form-data; name="a"\r\n\r\n\xc3\xb1',
        b'Content-Disposition: form-data; name="f"; filename="C:\\\\x\\\\../answers.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\na,b\r\n1,2",
        b'Content-Disposition: form-data; name="none"; filename=""\r\n\r\n',
    )
    got = post(client, body, MULTIPART).json()
    assert got["fields"][1:] == [["a", "ñ"]]
    assert got["uploads"] == {"f": ["answers.csv", 8]}


@pytest.mark.parametrize("where", ["after", "before"])
def test_a_form_without_the_token_of_its_page_is_refused(client, app, token, where):
    refused = post(client, "a=1" if where == "after" else f"csrf={'0' * 64}&a=1")
    assert refused.status_code == 403
    assert "nothing was saved" in refused.text
    assert app.state.taken == []


def test_a_token_of_another_browser_is_refused(client, another, token):
    other = another()
    other.get("/desk/set-up")
    assert post(other, f"csrf={token}").status_code == 403
    other.cookies.clear()
    assert post(other, f"csrf={token}").status_code == 403


def test_a_form_that_another_site_sends_is_refused_even_with_the_token(client, token):
    body = f"csrf={token}"
    assert post(client, body, sec_fetch_site="cross-site").status_code == 403
    assert post(client, body, sec_fetch_site="same-site").status_code == 403
    assert post(client, body, origin="http://evil.example").status_code == 403
    assert post(client, body, origin="null").status_code == 200  # so browsers say without referrer
    assert post(client, body, origin="http://testserver").status_code == 200
    assert post(client, body, sec_fetch_site="same-origin", origin="null").status_code == 200


def test_whoever_is_signed_in_needs_the_token_of_the_session(signed_in, client, send, web):
    browser = signed_in("administrator", name="Boss")
    own = web.token_on(browser.get("/desk/users").text)
    out = web.token_on(client.get("/desk/sign-in").text)
    browser.cookies.set("form", client.cookies["form"])
    assert own != out
    fields = {"csrf": out, "do": "shut"}
    assert browser.post("/desk/users/Boss", data=fields).status_code == 403


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "", "application/xml"])
def test_another_content_type_is_not_a_form(client, app, token, kind):
    refused = post(client, f"csrf={token}", kind)
    assert refused.status_code == 415
    assert app.state.taken == []


@pytest.mark.parametrize(
    "bad", [b"a=%FF%FE", b"a=\xff", b"a=%00", b"a=%C3", b"&".join([b"a=1"] * 5001)]
)
def test_a_body_that_is_no_text_is_refused(client, app, token, bad):
    refused = post(client, b"csrf=" + token.encode() + b"&" + bad)
    assert refused.status_code == 400
    assert "nothing was saved" in refused.text
    assert app.state.taken == []


@pytest.mark.parametrize(
    ("parts", "end", "kind"),
    [
        ([b'Content-Disposition: form-data; name="a"\r\n\r\n\xff'], b"--edge--\r\n", MULTIPART),
        ([b'Content-Disposition: form-data; name="a"\r\n\r\nx'], b"", MULTIPART),
        ([b'Content-Disposition: form-data; name="a"\r\n\r\nx'], b"--ed", MULTIPART),
        ([b"Content-Type: text/plain\r\n\r\nx"], b"--edge--\r\n", MULTIPART),
        ([b'Content-Disposition: form-data; name="a"\r\n\r\nx'], b"--edge--\r\n",
         "multipart/form-data"),
        ([b'Content-Disposition: form-data; name="a"\r\n\r\nx'], b"--edge--\r\n",
         "multipart/form-data; boundary=" + "x" * 300),
    ],
    ids=["not UTF-8", "cut off", "cut in the end", "no name", "no boundary", "long boundary"],
)  # fmt: skip
def test_a_multipart_form_that_is_not_whole_is_refused(client, app, token, parts, end, kind):
    refused = post(client, multipart(token, *parts, end=end), kind)
    assert refused.status_code == 400
    assert app.state.taken == []


def test_a_body_over_the_limit_is_refused_by_its_length_or_while_it_is_read(client, app, token):
    start = f"csrf={token}&a=".encode()
    assert post(client, start + b"x" * 50_000).status_code == 413

    def pieces():
        yield start
        for _ in range(100):
            yield b"x" * 1000

    refused = post(client, pieces())
    assert refused.status_code == 413
    assert "Not saved" in refused.text
    assert app.state.taken == []
    assert post(client, start + b"x" * 40_000).status_code == 200


def test_whoever_sent_too_much_reads_why_instead_of_a_broken_connection(app, web):
    with web.serving(app) as served:
        connection = http.client.HTTPConnection(served.url.removeprefix("http://"), timeout=10)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/take", body=b"a=" + b"x" * 8_000_000, headers=kind)
        answer = connection.getresponse()
        assert answer.status == 413
        assert b"larger than 50,000 bytes" in answer.read()
        connection.close()
    assert app.state.taken == []


def test_a_body_without_end_is_cut_off(client, app, token, monkeypatch):
    monkeypatch.setattr(bodies, "THROWN_AWAY", 200_000)

    def endless():
        yield f"csrf={token}&a=".encode()
        while True:
            yield b"x" * 50_000

    assert post(client, (piece for _, piece in zip(range(99), endless()))).status_code == 413  # noqa: B905
    assert post(client, b"x" * 200_001).status_code == 413


def request_by_hand(served, body, *, length, wait=5.0):
    """Send a request of which less arrives than it says; give back what is answered."""
    address = served.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=wait) as door:
        head = (
            "POST /take HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {length}\r\n\r\n"
        )
        door.sendall(head.encode() + body)
        reply = http.client.HTTPResponse(door)
        reply.begin()
        return reply.status, reply.read().decode()


def test_a_body_that_comes_too_slowly_is_not_waited_for(app, web, monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS_BETWEEN", 0.2)
    with web.serving(app) as served:
        began = time.monotonic()
        status, text = request_by_hand(served, b"csrf=1&a=", length=1000)
        assert status == 408
        assert time.monotonic() - began < 4
    assert "too slowly" in text
    assert app.state.taken == []


def test_a_body_that_trickles_ends_at_the_longest_time(app, web, monkeypatch):
    monkeypatch.setattr(bodies, "SECONDS", 0.3)

    async def trickle():
        for _ in range(50):
            yield {"type": "http.request", "body": b"x", "more_body": True}
            await asyncio.sleep(0.05)

    async def read():
        from starlette.exceptions import HTTPException
        from starlette.requests import Request

        pieces = trickle()
        scope = {"type": "http", "method": "POST", "headers": [], "path": "/take"}
        with pytest.raises(HTTPException) as refused:
            await bodies.read_body(Request(scope, lambda: anext(pieces)))
        await pieces.aclose()
        return refused.value.status_code

    assert asyncio.run(read()) == 408


def test_a_connection_that_breaks_off_stores_nothing_and_the_server_goes_on(app, web, capsys):
    with web.serving(app) as served:
        address = served.url.removeprefix("http://").split(":")
        for _ in range(3):
            with socket.create_connection((address[0], int(address[1])), timeout=5) as door:
                door.sendall(
                    b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
                    b"Content-Type: application/x-www-form-urlencoded\r\n\r\ncsrf=1"
                )
        connection = http.client.HTTPConnection(*address, timeout=5)
        connection.request("GET", "/desk/set-up")
        assert connection.getresponse().status == 200
        connection.close()
    assert app.state.taken == []
    assert capsys.readouterr().err == ""
