"""What stands around every page: headers, the gate before the desk, what goes wrong."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.store.submissions import NotSaved
from outcomes.web import rate_limits, respond
from outcomes.web.access import allowed
from outcomes.web.app import make_app
from outcomes.web.desk.routes import ROUTES as DESK
from outcomes.web.pages import download, page, see_other
from outcomes.web.rate_limits import LIMITS, RateLimits, TooManyTries

SECRET = "what a respondent wrote"


def raising(error):
    async def endpoint(request):
        raise error

    return endpoint


async def half(request):
    async def broken(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError(SECRET)

    return broken


ERRORS = {
    "data": (DataError("item trust_3 has no answer 9. Allowed: 1, 2"), 400),
    "not-saved": (NotSaved("the disk is full"), 503),
    "store": (OperationalError("SELECT", {"a": SECRET}, Exception("disk I/O error")), 503),
    "tries": (TooManyTries(61), 429),
    "http": (HTTPException(404, "There is no wave 'x'. Allowed: y"), 404),
    "bug": (KeyError(SECRET), 500),
}


@pytest.fixture
def app(app):
    for name, (error, _) in ERRORS.items():
        app.router.routes.append(Route(f"/{name}", raising(error)))
    app.router.routes.append(Route("/half", half))
    return app


@pytest.mark.parametrize("path", ["/desk/set-up", "/nowhere", "/bug", "/static/desk.css", "/store"])
def test_every_reply_carries_the_headers_that_keep_it_private(client, path):
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_static_file_may_be_kept_because_its_address_changes_with_it(client):
    shown = client.get("/desk/set-up").text
    address = shown.split('rel="stylesheet" href="')[1].split('"')[0]
    found = client.get(address)
    assert found.status_code == 200
    assert "immutable" in found.headers["cache-control"]
    assert len(found.content) < 15_000


@pytest.mark.parametrize("name", list(ERRORS))
def test_what_goes_wrong_is_a_page_and_what_was_sent_is_neither_shown_nor_logged(
    client, capsys, name
):
    answer = client.get(f"/{name}")
    assert answer.status_code == ERRORS[name][1]
    assert "<h1>" in answer.text
    assert "<!doctype html>" in answer.text
    assert SECRET not in answer.text + capsys.readouterr().err


def test_an_unsaved_page_says_so_in_english_and_spanish_and_when_to_try_again(client):
    answer = client.get("/not-saved")
    assert "Not saved: keep this page" in answer.text
    assert 'lang="es"' in answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert int(client.get("/tries").headers["retry-after"]) == 61
    assert "2 minutes" in client.get("/tries").text


def test_an_unforeseen_fault_has_a_number_that_the_log_knows(client, capsys):
    number = client.get("/bug").text.split("<strong>")[1].split("<")[0]
    logged = capsys.readouterr().err
    assert f"fault {number}: KeyError" in logged
    assert "test_frame_pages.py" in logged


def test_a_sentence_of_ours_is_shown_with_signs_made_harmless(client):
    assert "There is no wave &#39;x&#39;" in client.get("/http").text


def test_a_reply_that_breaks_half_way_is_logged_once_without_what_it_held(client, capsys):
    client.get("/half")
    assert "RuntimeError" in (logged := capsys.readouterr().err)
    assert SECRET not in logged


def test_without_a_certificate_the_desk_answers_only_on_its_own_computer(client, another):
    for path in ("/desk", "/desk/sign-in", "/desk/set-up", "/kiosk/spring-pre"):
        refused = another("192.168.1.20").get(path)
        assert refused.status_code == 403, path
        assert "only on the computer" in refused.text
    assert another("::1").get("/desk/set-up").status_code == 200
    passed_on = client.get("/desk/set-up", headers={"x-forwarded-for": "192.168.1.20"})
    assert passed_on.status_code == 403
    assert another("192.168.1.20").get("/nowhere").status_code == 404  # not hidden by the gate


FOR_STAFF = [
    (method, route.path)
    for route in (*respond.ROUTES, *DESK)
    if isinstance(route, Route) and route.path.startswith(("/desk", "/kiosk"))
    for method in sorted(route.methods - {"HEAD"})
    if route.path not in {"/desk/sign-in", "/desk/set-up", "/desk/sign-out"}
]


def filled(path):
    path = re.sub(r"\{label\}|\{wave\}", "spring-pre", path)
    path = path.replace("{kind}", "event")
    return re.sub(r"\{\w+\}", "eastbank", path)


@pytest.mark.parametrize(("method", "path"), FOR_STAFF)
def test_no_page_of_the_desk_is_open_to_strangers(client, web, desk, method, path):
    web.session_of(desk, "administrator", name="Boss")
    answer = client.request(method, filled(path))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/sign-in")


@pytest.mark.parametrize("path", [path for method, path in FOR_STAFF if method == "POST"])
def test_no_page_of_the_desk_takes_a_form_without_the_token_of_its_page(signed_in, desk, path):
    browser = signed_in("administrator", name="Boss")
    before = read_audit(desk.engine)
    refused = 400 if path.endswith("/compare") else 403  # 400: there is no such sheet to compare
    assert browser.post(filled(path), data={"do": "shut"}).status_code == refused
    assert read_audit(desk.engine) == before


def test_the_bare_address_leads_staff_to_the_desk_and_tells_others_where_to_look(client, another):
    assert client.get("/").headers["location"] == "/desk"
    lost = another("192.168.1.20").get("/")
    assert lost.status_code == 404
    assert "poster" in lost.text


def test_a_session_cookie_is_not_looked_at_where_it_could_be_listened_to(
    client, another, desk, web, app
):
    @allowed()
    async def for_staff(request):
        return PlainTextResponse("staff")

    app.router.routes.append(Route("/elsewhere", for_staff))
    for address, status in (("127.0.0.1", 200), ("192.168.1.20", 303)):
        browser = another(address)
        browser.cookies.set("desk-session", web.session_of(desk, "coder", name="Cody"))
        assert browser.get("/elsewhere").status_code == status


@pytest.mark.parametrize("options", [{"trusted_network": True}, {"secure": True}])
def test_with_https_or_a_trusted_network_the_desk_answers_everywhere(study, web, options):
    with web.computer(make_app(study, **options), "192.168.1.20") as browser:
        assert browser.get("/desk/set-up").status_code == 200


def test_a_generated_study_says_so_on_every_page_of_the_desk(client, study, signed_in):
    assert "invented" not in client.get("/desk/set-up").text
    settings = study.root / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[study]", '[study]\ngenerated = "All is invented."', 1))
    assert "All is invented." in client.get("/desk/set-up").text
    assert "All is invented." in signed_in("coder").get("/desk/password").text


def test_a_broken_study_toml_disturbs_nobody_and_staff_are_told(signed_in, desk, study):
    browser = signed_in("coordinator")
    settings = study.root / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + "\n[[waves]]\nlabel = 5\n", encoding="utf-8")
    assert desk.study.wave("spring-pre").instrument == "academy"
    shown = browser.get("/desk/password")
    assert shown.status_code == 200
    assert "study.toml cannot be read just now" in shown.text
    settings.write_text(text.replace("Walks in Marlow Falls", "Renamed"), encoding="utf-8")
    assert desk.study.settings.study.name == "Renamed"
    assert "cannot be read" not in browser.get("/desk/password").text
    assert desk.study.store is desk.engine


def test_an_instrument_is_read_again_when_its_file_changes(desk, study):
    first = desk.instrument("spring-pre")
    assert desk.instrument("spring-pre") is first
    path = study.instrument_path("academy")
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert desk.instrument("spring-pre") is not first


def test_a_day_is_the_day_in_the_time_zone_of_the_study(study):
    late = datetime(2025, 2, 5, 3, 0, tzinfo=UTC)  # still the 4th in New York
    assert str(make_app(study, now=lambda: late).state.desk.today()) == "2025-02-04"


def test_a_sentence_travels_to_the_next_page_once(client, app):
    async def go(request):
        return see_other("/desk/set-up", "Ready: 3 “cards” & <more>.")

    app.router.routes.append(Route("/go", go))
    client.get("/go")
    assert "Ready: 3 “cards” &amp; &lt;more&gt;." in client.get("/desk/set-up").text
    assert "Ready" not in client.get("/desk/set-up").text


def test_a_download_has_a_name_that_every_computer_takes(client, app):
    async def give(request):
        return download(b"%PDF", name='Fall/class "ñ".pdf', kind="application/pdf")

    app.router.routes.append(Route("/give", give))
    found = client.get("/give")
    assert found.headers["content-disposition"] == 'attachment; filename="Fall-class---.pdf"'


def test_a_page_that_forgot_a_word_fails_instead_of_showing_a_gap(client, app):
    async def gap(request):
        return page(request, "desk/sign_in.html")

    app.router.routes.append(Route("/gap", gap))
    assert client.get("/gap").status_code == 500


def test_tries_are_forgotten_after_a_while_and_nobodys_name_is_kept():
    clock = [0.0]
    limits = RateLimits(clock=lambda: clock[0])
    for _ in range(LIMITS["code"].tries):
        limits.spend("code", "192.168.1.20")
    limits.spend("code", "192.168.1.21")
    with pytest.raises(TooManyTries) as refused:
        limits.spend("code", "192.168.1.20")
    assert refused.value.wait == LIMITS["code"].seconds
    assert "192.168" not in str(vars(limits))
    clock[0] = LIMITS["code"].seconds + 1
    limits.spend("code", "192.168.1.20")


def test_a_try_that_worked_does_not_count():
    limits = RateLimits(clock=lambda: 0.0)
    for _ in range(3 * LIMITS["code"].tries):
        limits.spend("code", "a")
        limits.give_back("code", "a")


def test_a_flood_of_different_names_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(rate_limits, "MOST_KEPT", 50)
    limits = RateLimits(clock=lambda: 0.0)
    for number in range(500):
        limits.spend("sign-in name", f"name{number}")
    assert len(limits._tries) == 50
