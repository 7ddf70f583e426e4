"""Forms sent by tablets, in the bytes that ODK Collect and Enketo send, and what they are told."""

import asyncio
import base64
import json
import random
import shutil
import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import text
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.collecting import collect_answers
from outcomes.pipeline.users import add_user, change_password, shut
from outcomes.settings import Wave
from outcomes.store import read_facts
from outcomes.store.submissions import NotSaved, Stored, Submission, count_instances, parts_of
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.exchange.tablet_form import tablet_form, tablet_form_version
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.keyed_codes import respondent_of
from outcomes.surveys.merged import merged_answers
from outcomes.surveys.parts import Item
from outcomes.web import passwords
from outcomes.web.desk_state import Desk
from outcomes.web.openrosa.basic_sign_in import TabletSignIn

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
SHIPPED = sorted(SURVEYS.glob("*.yaml"))
ACADEMY = read_instrument(SURVEYS / "academy.yaml")
VERSION = tablet_form_version(ACADEMY)
PASSWORD = "heron violet ladder 52"
UUID = "5c1c7a2e-3a5b-4c58-9b1f-2f6f6f0c9d21"
OKHTTP = "f6b9d3a4-51a0-4f9b-8a44-1fdc0a9ef6f1"
Post = Callable[..., Any]


def basic(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def filled(
    inside: str = "<about_trust><trust_1>4</trust_1></about_trust>",
    *,
    form: str = "spring-pre",
    instance: str = UUID,
    version: str = VERSION,
    replaces: str = "",
) -> bytes:
    """A finished form in the one line that Collect writes."""
    edit = f"<deprecatedID>uuid:{replaces}</deprecatedID>" if replaces else ""
    return (
        f'<?xml version=\'1.0\' ?><data id="{form}" version="{version}" '
        'xmlns:ev="http://www.w3.org/2001/xml-events" xmlns:orx="http://openrosa.org/xforms" '
        'xmlns:odk="http://www.opendatakit.org/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<notice_text />{inside}<thanks_text /><meta><instanceID>uuid:{instance}</instanceID>"
        f"{edit}</meta></data>"
    ).encode()


def okhttp(xml: bytes, *more: bytes) -> tuple[bytes, dict[str, str]]:
    """What Collect's HTTP client makes of it: a length in each part, and a uuid as boundary."""
    parts = [
        b'Content-Disposition: form-data; name="xml_submission_file"; '
        b'filename="Citizens academy_2025-02-04_12-00-00.xml"\r\nContent-Type: text/xml\r\n'
        b"Content-Length: %d\r\n\r\n%b\r\n" % (len(xml), xml),
        *more,
    ]
    mark = OKHTTP.encode()
    body = b"".join(b"--%b\r\n%b" % (mark, part) for part in parts) + b"--%b--\r\n" % mark
    return body, {
        "Content-Type": f"multipart/form-data; boundary={OKHTTP}",
        "User-Agent": "org.odk.collect.android/v2025.1.2 Dalvik/2.1.0 (Linux; U; Android 14)",
        "X-OpenRosa-Version": "1.0",
        "Date": "Tue, 04 Feb 2025 05:00:00 GMT",
    }


def enketo(xml: bytes) -> tuple[bytes, dict[str, str]]:
    """What a browser makes of Enketo's FormData."""
    mark = b"----WebKitFormBoundaryw7YGzb5vQmLm6T2F"
    body = (
        b'--%b\r\nContent-Disposition: form-data; name="xml_submission_file"; '
        b'filename="xml_submission_file"\r\nContent-Type: text/xml\r\n\r\n%b\r\n--%b--\r\n'
    ) % (mark, xml, mark)
    return body, {
        "Content-Type": f"multipart/form-data; boundary={mark.decode()}",
        "X-OpenRosa-Version": "1.0",
    }


PHOTO = (
    b'Content-Disposition: form-data; name="door.jpg"; filename="door.jpg"\r\n'
    b"Content-Type: image/jpeg\r\nContent-Length: 4\r\n\r\n\xff\xd8\xff\xe0\r\n"
)
INCOMPLETE = (
    b'Content-Disposition: form-data; name="*isIncomplete*"\r\nContent-Length: 3\r\n\r\nyes\r\n'
)


def user(desk: Desk, name: str, *roles: str) -> None:
    hashed = passwords.hashed(PASSWORD)
    add_user(desk.engine, name=name, roles=roles, password=hashed, by="Tests")


@pytest.fixture
def post(client: TestClient, desk: Desk) -> Post:
    """post(xml) -> the answer to a form that Collect sends in the name of Inez, interviewer."""
    user(desk, "Inez", "interviewer")

    def post(
        xml: bytes, *more: bytes, way: Callable[..., tuple[bytes, dict[str, str]]] = okhttp
    ) -> Any:
        body, headers = way(xml, *more)
        return client.post(
            "/openrosa/submission?deviceID=collect%3Ax",
            content=body,
            headers=headers | basic("Inez"),
        )

    return post


def message(response: Any) -> str:
    root = etree.fromstring(response.content)
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert response.headers["x-openrosa-version"] == "1.0"
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    return str(root[0].text)


def form_of(desk: Desk, instance: str = UUID) -> Stored:
    (found,) = (part for part in parts_of(desk.engine, instance) if part.part == "form")
    return found


@pytest.mark.parametrize("way", [okhttp, enketo])
def test_a_form_is_received_once_and_known_again(way: Any, post: Post, desk: Desk) -> None:
    first, again = post(filled(), way=way), post(filled(), way=way)
    assert (first.status_code, again.status_code) == (201, 202)
    assert message(first) == "Received and saved. Thank you."
    assert message(again).startswith("This form was received before.")
    stored = form_of(desk)
    assert json.loads(stored.body) == {"answers": {"trust_1": "4"}, "code": {}}
    assert (stored.wave, stored.place, stored.way) == ("spring-pre", "agency", "tablet")
    assert (stored.day, stored.editor, stored.version) == ("2025-02-04", "Inez", 1)
    assert stored.instrument_hash == content_hash(ACADEMY)
    assert (stored.instrument, stored.instrument_version) == ("academy", "1")


def test_the_same_id_with_other_answers_is_a_conflict_and_changes_nothing(
    post: Post, desk: Desk
) -> None:
    post(filled())
    other = post(filled("<trust_1>1</trust_1>"))
    assert other.status_code == 409
    assert "other answers" in message(other)
    assert json.loads(form_of(desk).body)["answers"] == {"trust_1": "4"}


def test_files_are_counted_and_left_out_and_a_form_in_several_posts_is_one(
    post: Post, desk: Desk
) -> None:
    first, second = post(filled(), PHOTO, INCOMPLETE), post(filled(), PHOTO)
    assert (first.status_code, second.status_code) == (201, 202)
    assert json.loads(form_of(desk).body)["notes"] == ["files left out: 1"]


def test_the_code_of_a_card_is_hashed_before_anything_is_stored(
    post: Post, desk: Desk, study: Any
) -> None:
    (code,) = make_codes(1, seed=3)
    inside = (
        f"<participant_code>{code}</participant_code>"
        "<self_code><mother_letter>Q</mother_letter></self_code>"
    )
    assert post(filled(inside, form="fall-pre")).status_code == 201
    stored = form_of(desk)
    assert stored.respondent == respondent_of(desk.key, code)
    assert list(json.loads(stored.body)["code"]) == ["mother_letter"]
    kept = b"".join(
        path.read_bytes() for path in (study.root / "data").rglob("*") if path.is_file()
    )
    assert code.encode() not in kept
    assert code.replace("-", "").encode() not in kept


def test_a_code_that_is_not_sound_loses_no_answer(post: Post, desk: Desk) -> None:
    inside = "<participant_code>hello</participant_code><trust_1>2</trust_1>"
    assert post(filled(inside, form="fall-pre")).status_code == 201
    body = json.loads(form_of(desk).body)
    assert body["answers"] == {"trust_1": "2"}
    assert body["notes"] == ["the code of the card was not sound"]
    assert "hello" not in form_of(desk).body


def test_a_form_that_comes_after_its_wave_closed_is_kept_and_marked(post: Post, desk: Desk) -> None:
    assert post(filled(form="spring-post")).status_code == 201
    assert json.loads(form_of(desk).body)["notes"] == ["the wave was not open when it came"]


def test_a_form_of_an_earlier_version_is_kept_and_marked(post: Post, desk: Desk) -> None:
    inside = "<trust_1>4</trust_1><dropped_since>yes</dropped_since>"
    assert post(filled(inside, version="0.9-01234567")).status_code == 201
    stored = form_of(desk)
    body = json.loads(stored.body)
    assert body["notes"] == ["answered with another version of the form"]
    assert body["other"] == {"dropped_since": "yes"}
    assert (stored.instrument_version, stored.instrument_hash) == ("0.9", "01234567")


def test_a_form_carries_the_place_that_it_was_fetched_for(post: Post, desk: Desk) -> None:
    assert post(filled("", form="residents-pre--eastbank")).status_code == 201
    assert (form_of(desk).wave, form_of(desk).place) == ("residents-pre", "eastbank")


NEW = "77777777-3a5b-4c58-9b1f-2f6f6f0c9d21"
NEWER = "88888888-3a5b-4c58-9b1f-2f6f6f0c9d21"


@pytest.mark.parametrize("original_first", [True, False])
def test_an_edit_on_the_tablet_stands_in_the_place_of_the_first_form(
    original_first: bool, post: Post, desk: Desk, study: Any
) -> None:
    original, edit = filled(), filled("<trust_1>1</trust_1>", instance=NEW, replaces=UUID)
    again = filled("<trust_1>2</trust_1>", instance=NEWER, replaces=NEW)
    sent = (original, edit, again) if original_first else (edit, again, original)
    assert [post(xml).status_code for xml in sent] == [201, 201, 201]
    assert post(edit).status_code == 202
    assert [part.part for part in parts_of(desk.engine, NEW)] == ["form", "replaced"]
    assert collect_answers(study, "spring-pre").new == 1
    (answers,) = read_facts(study.store, "answers")["answers"]
    assert answers["trust_1"] == "2"
    assert count_instances(desk.engine, "spring-pre").finished == 1


def test_an_edit_after_the_answers_were_collected_corrects_them(
    post: Post, desk: Desk, study: Any
) -> None:
    post(filled())
    collect_answers(study, "spring-pre")
    for trust, instance, replaces in (("1", NEW, UUID), ("2", NEWER, NEW)):
        edit = f"<trust_1>{trust}</trust_1>"
        assert post(filled(edit, instance=instance, replaces=replaces)).status_code == 201
        collect_answers(study, "spring-pre")
        (answers,) = read_facts(study.store, "answers")["answers"]
        assert answers["trust_1"] == trust


def test_an_edit_cannot_push_out_a_form_of_the_web_or_of_another_wave(
    post: Post, desk: Desk
) -> None:
    post(filled(form="fall-pre"))
    row = {"wave": "spring-pre", "instance": NEWER, "part": "end", "way": "web"}
    stored = form_of(desk)
    fields = {name: getattr(stored, name) for name in Submission.__slots__}
    desk.writer.submit(Submission(**fields | row)).result(10)
    for old in (UUID, NEWER):
        new = str(uuid.uuid4())
        assert post(filled("<trust_1>1</trust_1>", instance=new, replaces=old)).status_code == 201
        assert [part.part for part in parts_of(desk.engine, old)] != ["form", "replaced"]
        assert len(parts_of(desk.engine, old)) == 1


def test_an_edit_of_a_form_that_was_withdrawn_is_withdrawn_with_it(post: Post, desk: Desk) -> None:
    post(filled())
    stored = form_of(desk)
    fields = {name: getattr(stored, name) for name in Submission.__slots__}
    desk.writer.submit(Submission(**fields | {"part": "withdrawn", "digest": "w"})).result(10)
    edit = filled("<trust_1>1</trust_1>", instance=NEW, replaces=UUID)
    response = post(edit)
    assert (response.status_code, "withdrawn" in message(response)) == (202, True)
    parts = parts_of(desk.engine, NEW)
    assert parts[-1].part == "withdrawn"
    assert merged_answers(ACADEMY, parts).withdrawn
    assert post(filled()).status_code == 202


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (okhttp(filled())[0][:-60], 400, "did not arrive whole"),
        (okhttp(filled())[0][:20], 400, "did not arrive whole"),
        (b"", 400, "did not arrive whole"),
        (b"nonsense", 400, "did not arrive whole"),
        (okhttp(filled()[:-30])[0], 400, "not whole, or not XML"),
        (okhttp(filled().replace(b">4<", b">\xff<"))[0], 400, "not written in UTF-8"),
        (okhttp(filled(instance="7"))[0], 400, "not a uuid"),
        (okhttp(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')[0], 400, "document type"),
        (okhttp(filled(form="nobody's"))[0], 404, "no form"),
        (okhttp(b"").__getitem__(0).replace(b"xml_submission_file", b"other"), 400, "there are 0"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_broken_is_refused_with_a_sentence_and_nothing_is_stored(
    body: bytes, status: int, words: str, client: TestClient, desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    headers = okhttp(b"")[1] | basic("Inez")
    response = client.post("/openrosa/submission", content=body, headers=headers)
    assert response.status_code == status
    assert words in message(response)
    with desk.engine.connect() as connection:
        assert connection.execute(text("select count(*) from submissions")).scalar() == 0


def test_two_forms_in_one_post_are_refused(post: Post) -> None:
    twice = okhttp(filled())[0].split(b"\r\n", 1)[1].rsplit(b"--" + OKHTTP.encode(), 1)[0]
    response = post(filled(), twice)
    assert (response.status_code, "there are 2" in message(response)) == (400, True)


def test_what_is_too_large_is_refused_also_where_no_length_was_announced(
    client: TestClient, desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    body, headers = okhttp(filled("<why>" + "x" * 10_500_000 + "</why>"))
    for content in (body, iter([body[:1000], body[1000:]])):
        response = client.post(
            "/openrosa/submission", content=content, headers=headers | basic("Inez")
        )
        assert response.status_code == 413
        assert "larger than 10 MB" in message(response)


@pytest.mark.parametrize(
    "more",
    [
        {"Content-Type": "text/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_what_is_no_multipart_form_is_refused(
    more: dict[str, str], client: TestClient, desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    body, headers = okhttp(filled())
    response = client.post(
        "/openrosa/submission", content=body, headers=headers | basic("Inez") | more
    )
    assert response.status_code == 415
    assert message(response)


def test_the_request_before_a_submission_is_answered_with_204_and_the_limit(
    client: TestClient, desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    for url in ("/openrosa/submission", "/submission"):
        response = client.head(url, headers=basic("Inez"))
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["x-openrosa-version"] == "1.0"
        assert response.headers["x-openrosa-accept-content-length"] == "10000000"
    other = client.get("/openrosa/submission", headers=basic("Inez"))
    assert (other.status_code, other.headers["allow"]) == (405, "HEAD, POST")


def test_nobody_gets_in_without_the_right_name_and_password(client: TestClient, desk: Desk) -> None:
    user(desk, "Inez", "interviewer")
    wrong: list[dict[str, str]] = [
        {},
        basic("Inez", "not the password"),
        basic("Nobody"),
        {"Authorization": "Basic !!!"},
        {"Authorization": 'Digest username="Inez"'},
        {"Authorization": "Basic " + base64.b64encode(b"Inez").decode()},
    ]
    body, headers = okhttp(filled())
    for each in wrong:
        for response in (
            client.post("/openrosa/submission", content=body, headers=headers | each),
            client.head("/openrosa/submission", headers=each),
        ):
            assert response.status_code == 401
            assert response.headers["www-authenticate"].startswith("Basic realm=")
    assert client.head("/openrosa/submission", headers=basic("inez")).status_code == 204


def test_a_role_that_collects_no_answers_is_refused(client: TestClient, desk: Desk) -> None:
    for role, status in {
        "coder": 403,
        "analyst": 403,
        "coordinator": 204,
        "administrator": 204,
    }.items():
        user(desk, f"A {role}", role)
        assert client.head("/openrosa/submission", headers=basic(f"A {role}")).status_code == status


def test_a_password_may_not_travel_through_an_open_network(
    another: Callable[..., TestClient], desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    tablet = another("192.168.1.20")
    response = tablet.get("/openrosa/formList", headers=basic("Inez"))
    assert response.status_code == 403
    assert "--trusted-network" in message(response)
    desk.trusted_network = True
    assert tablet.get("/openrosa/formList", headers=basic("Inez")).status_code == 200


def test_guessing_is_stopped_and_a_tablet_with_an_old_password_is_no_guesser(
    client: TestClient, desk: Desk
) -> None:
    user(desk, "Inez", "interviewer")
    old = basic("Inez", "the password of last year")
    assert {client.head("/submission", headers=old).status_code for _ in range(30)} == {401}
    codes = [
        client.head("/submission", headers=basic("Inez", f"guess {n}")).status_code
        for n in range(12)
    ]
    assert codes[-1] == 429
    assert "retry-after" in client.head("/submission", headers=basic("Inez", "one more")).headers


def test_a_password_is_checked_once_and_a_change_of_the_account_is_seen(
    client: TestClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    user(desk, "Inez", "interviewer")
    checks = []
    right = passwords.is_right
    monkeypatch.setattr(
        "outcomes.web.openrosa.basic_sign_in.is_right",
        lambda stored, password: checks.append(1) or right(stored, password),
    )
    for _ in range(5):
        assert client.head("/submission", headers=basic("Inez")).status_code == 204
    assert len(checks) == 1
    now = [1000.0]
    sign_in = client.app.state.tablet_forms.sign_in
    sign_in._clock = lambda: now[0]
    sign_in._known.clear()
    client.head("/submission", headers=basic("Inez"))
    now[0] += 61
    assert client.head("/submission", headers=basic("Inez")).status_code == 204
    assert len(checks) == 2  # looked up again, and not hashed again
    change_password(desk.engine, "Inez", password=passwords.hashed("another one 77"), by="Inez")
    now[0] += 61
    assert client.head("/submission", headers=basic("Inez")).status_code == 401
    assert client.head("/submission", headers=basic("Inez", "another one 77")).status_code == 204
    user(desk, "Ann", "administrator")
    shut(desk.engine, "Inez", by="Ann")
    now[0] += 61
    assert client.head("/submission", headers=basic("Inez", "another one 77")).status_code == 401


def test_forty_tablets_at_once_cost_one_check_of_the_password(
    app: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    user(desk, "Inez", "interviewer")
    checks = []
    right = passwords.is_right
    monkeypatch.setattr(
        "outcomes.web.openrosa.basic_sign_in.is_right",
        lambda stored, password: checks.append(1) or right(stored, password),
    )
    headers = [(b"authorization", basic("Inez")["Authorization"].encode())]
    scope = {"type": "http", "headers": headers, "client": ("127.0.0.1", 5000)}
    sign_in = TabletSignIn(desk)

    async def all_at_once() -> list[str]:
        users = await asyncio.gather(*(sign_in.user(HTTPConnection(scope)) for _ in range(40)))
        return [each.name for each in users]

    assert asyncio.run(all_at_once()) == ["Inez"] * 40
    assert len(checks) == 1
    signed_in = [row for row in read_audit(desk.engine) if row.action == "signed in from a tablet"]
    assert [row.user for row in signed_in] == ["Inez"]


def test_a_password_with_accents_may_come_in_either_of_the_two_ways(
    client: TestClient, desk: Desk
) -> None:
    hashed = passwords.hashed("garza añil 52 peldaños")
    add_user(desk.engine, name="Íñigo", roles=["interviewer"], password=hashed, by="Tests")
    for encoding in ("utf-8", "latin-1"):
        given = base64.b64encode("Íñigo:garza añil 52 peldaños".encode(encoding)).decode()
        response = client.head("/submission", headers={"Authorization": f"Basic {given}"})
        assert response.status_code == 204


def test_a_store_that_fails_is_answered_with_503_so_that_the_tablet_keeps_the_form(
    post: Post, desk: Desk, study: Any
) -> None:
    assert post(filled()).status_code == 201
    holder = sqlite3.connect(study.store.url.database, isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        response = post(filled(instance=NEW))
    finally:
        holder.close()
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert "not saved" in message(response)
    assert post(filled(instance=NEW)).status_code == 201


def test_an_instrument_that_broke_on_this_computer_is_no_fault_of_the_tablet(
    post: Post, desk: Desk, study: Any
) -> None:
    study.instrument_path("academy").write_text("id: academy\n", encoding="utf-8")
    response = post(filled())
    assert (response.status_code, "academy.yaml" in message(response)) == (503, True)
    shutil.copyfile(SURVEYS / "academy.yaml", study.instrument_path("academy"))
    assert post(filled()).status_code == 201


def test_the_writer_that_is_not_there_acknowledges_nothing(post: Post, desk: Desk) -> None:
    desk.writer.stop()
    assert post(filled()).status_code == 503
    with pytest.raises(NotSaved):
        desk.writer.submit(None).result(5)  # type: ignore[arg-type]


def answer_for(item: Item, instrument: Instrument, chance: random.Random) -> str:
    if item.choice_list:
        names = [choice.name for choice in instrument.choices[item.choice_list]]
        return chance.choice(names)
    return {"integer": "7", "decimal": "2.5", "date": "2025-02-03"}.get(item.type, "Más & <luz>")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_comes_back_as_it_was_filled_in(
    path: Path, study: Any, app: Any, desk: Desk, another: Callable[..., TestClient]
) -> None:
    instrument = read_instrument(path)
    with (study.root / "study.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[waves]]\nlabel = "tablets"\ninstrument = "{path.stem}"\ngroup = "tablets"\n'
            'occasion = "post"\nopens = 2025-02-03\ncloses = 2025-02-07\n'
        )
    user(desk, "Inez", "interviewer")
    with another() as tablet:
        xform = tablet.get("/openrosa/forms/tablets.xml", headers=basic("Inez")).content
        root = etree.fromstring(xform).find(".//{*}instance")[0]
        chance, given = random.Random(path.stem), {}
        items = {item.name: item for item in instrument.items if item.asked}
        for node in root.iter():
            name = etree.QName(node).localname
            if name in items:
                node.text = given[name] = answer_for(items[name], instrument, chance)
            elif name == "instanceID":
                node.text = f"uuid:{UUID}"
        body, headers = okhttp(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
        sent = tablet.post("/submission", content=body, headers=headers | basic("Inez"))
        assert sent.status_code == 201
        merged = merged_answers(instrument, parts_of(desk.engine, UUID), occasion="post")
    assert merged.given == given
    assert len(given) > 4
    assert merged.finished
    assert "notes" not in json.loads(form_of(desk).body)


def test_what_the_tests_send_is_what_the_form_asks_for() -> None:
    wave = Wave(
        **{"label": "spring-pre", "instrument": "academy", "group": "g", "occasion": "pre"},
        **{"opens": "2025-02-03", "closes": "2025-02-07"},
    )
    root = etree.fromstring(tablet_form(ACADEMY, wave).xml).find(".//{*}instance")[0]
    sent = etree.fromstring(filled())
    assert (root.get("id"), root.get("version")) == (sent.get("id"), sent.get("version"))
