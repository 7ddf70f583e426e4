"""Bodies of submissions: the quick way to take one apart says what the thorough one says."""

import random

import pytest

from outcomes.web.openrosa.multipart import (
    any_envelope,
    boundary_of,
    envelope,
    usual_envelope,
)
from outcomes.web.openrosa.replies import Refused

MARK = b"f6b9d3a4-51a0-4f9b-8a44-1fdc0a9ef6f1"
XML = b'<data id="w"><a>1</a>\r\n<b>--f6b9</b></data>'
NAME = b'Content-Disposition: form-data; name="xml_submission_file"; filename="f.xml"\r\n'
TYPE = b"Content-Type: text/xml\r\nContent-Length: 40\r\n"
PHOTO = b'Content-Disposition: form-data; name="p"; filename="p.jpg"\r\n\r\n\xff\r\n'


def body(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    return b"".join(b"--%b\r\n%b" % (MARK, part) for part in parts) + b"--" + MARK + end


def form(xml: bytes = XML, *, head: bytes = NAME + TYPE) -> bytes:
    return head + b"\r\n" + xml + b"\r\n"


USUAL = [
    body(form()),
    body(form(), end=b"--"),
    body(form(head=NAME)),
    body(form(head=TYPE + NAME)),
    body(form(head=NAME.lower())),
    body(form(b"")),
    body(form(XML + b"\r\n--f6b9d3a4\r\n")),
]
UNUSUAL = [
    body(form(), PHOTO),
    body(PHOTO, form()),
    body(form(), form()),
    body(form(head=b"")),
    body(form(head=NAME.replace(b"f.xml", b'f\\".xml'))),
    body(form(head=NAME.replace(b"xml_sub", b"sub"))),
    body(form(head=NAME + NAME)),
    body(form(head=b"X: 1\r\n folded\r\n" + NAME)),
    b"before\r\n" + body(form()),
    body(form()) + b"after",
    body(form())[:-4],
    body(form())[:30],
    b"",
]


def thorough(given: bytes) -> object:
    try:
        return any_envelope(given, boundary=MARK)
    except Refused as error:
        return str(error)


@pytest.mark.parametrize("given", USUAL)
def test_what_tablets_send_is_taken_apart_the_quick_way(given: bytes) -> None:
    found = usual_envelope(given, boundary=MARK)
    assert found is not None
    assert found == thorough(given) == envelope(given, boundary=MARK)


@pytest.mark.parametrize("given", UNUSUAL)
def test_what_is_unusual_is_left_to_the_thorough_way(given: bytes) -> None:
    assert usual_envelope(given, boundary=MARK) is None


def test_the_quick_way_never_says_anything_else_than_the_thorough_one() -> None:
    chance = random.Random(11)
    pieces = [b"\r\n", b"--", MARK, b"\r", b"\n", b":", b'"', b";", b" ", b"a", NAME, TYPE, PHOTO]
    taken = 0
    for _ in range(6000):
        given = chance.choice(USUAL + UNUSUAL)
        for _ in range(chance.randint(0, 2)):
            at = chance.randint(0, len(given))
            gone = chance.choice((0, 0, 1, 2, 5))
            given = given[:at] + chance.choice(pieces) + given[at + gone :]
        found = usual_envelope(given, boundary=MARK)
        if found is not None:
            taken += 1
            assert found == thorough(given), given
    assert taken > 500


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        (b"multipart/form-data; boundary=" + MARK, MARK),
        (b'multipart/form-data; boundary="a-b"', b"a-b"),
        (b"Multipart/Form-Data;charset=utf-8; boundary=x", b"x"),
        (b'multipart/form-data; boundary="a b"', b"a b"),
    ],
)
def test_the_boundary_is_found_however_it_is_written(kind: bytes, boundary: bytes) -> None:
    assert boundary_of({b"content-type": kind}) == boundary


@pytest.mark.parametrize(
    "kind", [b"", b"text/xml", b"multipart/form-data", b"multipart/mixed; boundary=x"]
)
def test_a_body_without_a_boundary_is_refused(kind: bytes) -> None:
    with pytest.raises(Refused, match="multipart/form-data"):
        boundary_of({b"content-type": kind})
