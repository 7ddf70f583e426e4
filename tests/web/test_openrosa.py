"""What tablets fetch: the list of forms, the forms, their keys, and Collect's settings."""

import base64
import hashlib
import json
import re
import socket
import urllib.request
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree
from starlette.testclient import TestClient

from outcomes.pipeline.fielding import close_wave, open_wave
from outcomes.pipeline.users import account, add_user, change_password, shut
from outcomes.surveys.keyed_codes import receipt_of
from outcomes.web import passwords
from outcomes.web.desk_state import Desk
from outcomes.web.openrosa import collect_settings_qr, connecting_steps, tablet_address
from outcomes.web.openrosa.basic_sign_in import tablet_key
from outcomes.web.openrosa.collect_settings import collect_settings

PASSWORD = "heron violet ladder 52"
INEZ = {"Authorization": "Basic " + base64.b64encode(f"Inez:{PASSWORD}".encode()).decode()}
LIST = "{http://openrosa.org/xforms/xformsList}"
OPEN = {
    "spring-pre",
    "fall-pre",
    "residents-pre",
    "residents-pre--eastbank",
    "residents-pre--northgate",
}


@pytest.fixture(autouse=True)
def inez(desk: Desk) -> None:
    """An interviewer."""
    hashed = passwords.hashed(PASSWORD)
    add_user(desk.engine, name="Inez", roles=["interviewer"], password=hashed, by="Tests")


def listed(response: Any) -> dict[str, dict[str, str]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/xml; charset=utf-8"
    assert response.headers["x-openrosa-version"] == "1.0"
    root = etree.fromstring(response.content)
    assert root.tag == f"{LIST}xforms"
    forms = [{node.tag.removeprefix(LIST): node.text for node in form} for form in root]
    return {form["formID"]: form for form in forms}


def test_the_list_shows_the_waves_that_are_open_with_their_places(client: TestClient) -> None:
    forms = listed(client.get("/openrosa/formList?deviceID=collect%3Ax", headers=INEZ))
    assert set(forms) == OPEN
    assert forms["residents-pre--eastbank"]["name"].startswith("Eastbank: ")
    needed = {"formID", "name", "version", "hash", "downloadUrl", "manifestUrl"}
    assert all(set(form) == needed for form in forms.values())


def test_a_wave_that_is_closed_leaves_the_list_but_its_form_can_still_be_fetched(
    client: TestClient, desk: Desk
) -> None:
    close_wave(desk.study, "spring-pre", user="Ann", today=desk.today())
    assert set(listed(client.get("/formList", headers=INEZ))) == OPEN - {"spring-pre"}
    assert client.get("/openrosa/forms/spring-pre.xml", headers=INEZ).status_code == 200
    open_wave(desk.study, "spring-pre", user="Ann", today=desk.today())
    assert set(listed(client.get("/formList", headers=INEZ))) == OPEN


@pytest.mark.parametrize("root", ["/openrosa", ""])
@pytest.mark.parametrize("name", ["formList", "xformsList"])
def test_what_the_list_names_can_be_fetched_and_has_the_hash_that_it_says(
    root: str, name: str, client: TestClient
) -> None:
    for form_id, form in listed(client.get(f"{root}/{name}", headers=INEZ)).items():
        assert form["downloadUrl"] == f"http://testserver/openrosa/forms/{form_id}.xml"
        found = client.get(form["downloadUrl"], headers=INEZ)
        assert form["hash"] == "md5:" + hashlib.md5(found.content).hexdigest()
        data = etree.fromstring(found.content).find(".//{*}instance")[0]
        assert (data.get("id"), data.get("version")) == (form_id, form["version"])
        media = client.get(form["manifestUrl"], headers=INEZ)
        manifest = etree.fromstring(media.content)
        assert manifest.tag == "{http://openrosa.org/xforms/xformsManifest}manifest"
        assert len(manifest) == 0


def test_the_list_can_be_asked_for_one_form(client: TestClient) -> None:
    assert set(listed(client.get("/formList?formID=fall-pre", headers=INEZ))) == {"fall-pre"}
    assert listed(client.get("/formList?formID=spring-post", headers=INEZ)) == {}


def test_a_new_wording_gives_a_new_version_and_a_new_hash(client: TestClient, study: Any) -> None:
    before = listed(client.get("/formList", headers=INEZ))["spring-pre"]
    path = study.instrument_path("academy")
    text = path.read_text(encoding="utf-8").replace("tell people the truth", "tell us the truth")
    path.write_text(text, encoding="utf-8")
    after = listed(client.get("/formList", headers=INEZ))["spring-pre"]
    assert before["version"] != after["version"]
    assert before["hash"] != after["hash"]
    assert b"tell us the truth" in client.get(after["downloadUrl"], headers=INEZ).content


def test_a_wave_whose_instrument_is_broken_does_not_keep_the_others_from_the_list(
    client: TestClient, study: Any
) -> None:
    study.instrument_path("academy").write_text("id: academy\n", encoding="utf-8")
    forms = listed(client.get("/formList", headers=INEZ))
    assert set(forms) == {form for form in OPEN if form.startswith("residents")}
    assert client.get("/openrosa/forms/spring-pre.xml", headers=INEZ).status_code == 503


def test_a_form_that_does_not_exist_is_not_found(client: TestClient) -> None:
    for url in ("forms/nothing.xml", "forms/nothing/manifest", "forms/spring-pre--nowhere.xml"):
        assert client.get(f"/openrosa/{url}", headers=INEZ).status_code == 404


def test_without_a_password_nothing_is_given_out(client: TestClient) -> None:
    for url in ("formList", "forms/spring-pre.xml", "forms/spring-pre/manifest"):
        response = client.get(f"/openrosa/{url}")
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Basic ")


def test_a_tablet_is_let_in_by_the_key_that_it_scanned(client: TestClient, desk: Desk) -> None:
    owner = account(desk.engine, "Inez")
    assert owner
    root = tablet_address("http://testserver/", key=desk.key, owner=owner)
    assert root == f"http://testserver/openrosa/key/{tablet_key(desk.key, owner)}"
    form = listed(client.get(f"{root}/formList"))["spring-pre"]
    assert form["downloadUrl"] == f"{root}/forms/spring-pre.xml"
    assert client.get(form["downloadUrl"]).status_code == 200
    assert client.get(form["manifestUrl"]).status_code == 200
    assert client.head(f"{root}/submission").status_code == 204
    assert client.get("/openrosa/key/wrong/formList").status_code == 401


def test_a_key_ends_with_the_password_or_the_account(
    another: Callable[..., TestClient], client: TestClient, desk: Desk
) -> None:
    owner = account(desk.engine, "Inez")
    assert owner
    first = tablet_address("", key=desk.key, owner=owner)
    change_password(desk.engine, "Inez", password=passwords.hashed("another one 77"), by="Inez")
    assert client.get(f"{first}/formList").status_code == 401
    changed = account(desk.engine, "Inez")
    assert changed
    second = tablet_address("", key=desk.key, owner=changed)
    assert client.get(f"{second}/formList").status_code == 200
    shut(desk.engine, "Inez", by="Ann")
    client.app.state.tablet_forms.sign_in._known.clear()  # what a minute does
    assert client.get(f"{second}/formList").status_code == 401


def test_a_key_opens_nothing_but_the_forms(client: TestClient, desk: Desk) -> None:
    owner = account(desk.engine, "Inez")
    assert owner
    key = tablet_key(desk.key, owner)
    for url in (f"/openrosa/key/{key}/desk", f"/openrosa/key/{key}/openrosa/formList"):
        assert client.get(url).status_code == 404
    assert key not in (owner.password, receipt_of(desk.key, owner.name))


def test_the_list_names_https_addresses_behind_https(
    another: Callable[..., TestClient], client: TestClient, desk: Desk
) -> None:
    desk.secure = True
    forms = listed(another("192.168.1.20").get("/openrosa/formList", headers=INEZ))
    assert forms["spring-pre"]["downloadUrl"].startswith("https://testserver/openrosa/forms/")


def test_collect_can_read_its_settings_out_of_the_code() -> None:
    packed = collect_settings("https://survey.example.org/openrosa", "Inez", project="Walks")
    settings = json.loads(zlib.decompress(base64.b64decode(packed)))
    assert settings["general"]["server_url"] == "https://survey.example.org/openrosa"
    assert settings["general"]["username"] == "Inez"
    assert settings["admin"] == {}
    assert settings["project"] == {"name": "Walks", "icon": "W"}
    assert "password" not in json.dumps(settings)
    keyed = collect_settings("https://survey.example.org/openrosa/key/abc", "Inez")
    assert "username" not in json.loads(zlib.decompress(base64.b64decode(keyed)))["general"]


def test_the_settings_are_drawn_as_a_square_that_can_stand_in_a_page() -> None:
    drawing = collect_settings_qr("https://survey.example.org/openrosa", "Inez")
    root = etree.fromstring(drawing.encode())
    assert etree.QName(root).localname == "svg"
    assert "style=" not in drawing
    assert root.get("viewBox")


def test_the_steps_say_what_to_type_and_warn_of_a_key() -> None:
    plain = connecting_steps("https://survey.example.org/openrosa", "Inez")
    keyed = connecting_steps("https://survey.example.org/openrosa/key/abc", "Inez")
    assert any("the user name Inez and your password" in step for step in plain)
    assert "Keep the square and the address to yourself" in keyed[-1]
    assert all(step.endswith(".") for step in (*plain, *keyed))


def test_a_real_server_answers_tablets_with_one_date_and_no_name_of_its_own(served: Any) -> None:
    hashed = passwords.hashed(PASSWORD)
    request = urllib.request.Request(f"{served.url}/openrosa/submission", headers=INEZ)
    request.method = "HEAD"
    assert hashed
    with urllib.request.urlopen(request) as response:
        assert response.status == 204
        assert len(response.headers.get_all("date")) == 1
        assert re.match(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT", response.headers["date"])
        assert response.headers["x-openrosa-version"] == "1.0"


def test_a_tablet_that_hangs_up_in_the_middle_leaves_nothing_behind(served: Any) -> None:
    host, _, port = served.url.removeprefix("http://").partition(":")
    head = (
        "POST /openrosa/submission HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: {INEZ['Authorization']}\r\nContent-Length: 5000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\nContent-Disp"
    )
    with socket.create_connection((host, int(port)), timeout=10) as tablet:
        tablet.sendall(head.encode())
    with socket.create_connection((host, int(port)), timeout=10) as tablet:
        tablet.sendall(b"HEAD /submission HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert tablet.recv(100).startswith(b"HTTP/1.1 401")
