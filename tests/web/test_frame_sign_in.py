import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.users import account, accounts, add_user, shut
from outcomes.store.desk_tables import SESSIONS
from outcomes.store.engine import reading
from outcomes.web import passwords
from outcomes.web.rate_limits import LIMITS
from outcomes.web.sessions import IDLE, LONGEST, signed_in, start_session, stored_token

GOOD = "heron violet ladder 52"


@pytest.fixture
def ann(desk):
    return add_user(
        desk.engine, name="Ann", roles=["coordinator"], password=passwords.hashed(GOOD), by="Tests"
    )


def sign_in(send, browser, name="Ann", password=GOOD, url="/desk/sign-in"):
    return send(browser, url, {"name": name, "password": password})


def set_up(send, browser, token, /, **other):
    fields = {"token": token, "name": "Rosa Diaz", "password": GOOD, "again": GOOD} | other
    return send(browser, "/desk/set-up", fields)


def test_the_first_administrator_sets_the_desk_up_with_the_code_that_the_server_printed(
    client, desk, send
):
    assert client.get("/desk/sign-in").headers["location"] == "/desk/set-up"
    done = set_up(send, client, desk.set_up_token.upper())
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    (made,) = accounts(desk.engine)
    assert (made.name, made.roles) == ("Rosa Diaz", ("administrator", "coordinator"))
    assert "Rosa Diaz" in client.get("/desk/users").text


def test_set_up_is_shut_for_ever_once_there_is_a_user(client, another, desk, send):
    set_up(send, client, desk.set_up_token)
    intruder = another()
    assert intruder.get("/desk/set-up").headers["location"] == "/desk/sign-in"
    shown = intruder.get("/desk/sign-in")
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)[1]
    fields = {"csrf": token, "token": desk.set_up_token, "name": "Eve", "password": GOOD,
              "again": GOOD}  # fmt: skip
    refused = intruder.post("/desk/set-up", data=fields)
    assert refused.status_code == 400
    assert "set up already" in refused.text
    assert [each.name for each in accounts(desk.engine)] == ["Rosa Diaz"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"token": "0" * 16}, "not the one that the server printed"),
        ({"token": ""}, "not the one that the server printed"),
        ({"again": GOOD + "!"}, "differ"),
        ({"password": "short", "again": "short"}, "has 5 characters"),
        ({"name": "!"}, "is not a user name"),
    ],
)
def test_set_up_says_what_is_wrong_and_makes_nobody(client, desk, send, other, sentence):
    refused = set_up(send, client, desk.set_up_token, **other)
    assert refused.status_code == 400
    assert sentence in refused.text
    assert GOOD not in refused.text
    assert accounts(desk.engine) == []


def test_staff_sign_in_and_out_and_the_audit_log_knows(client, desk, send, ann):
    done = sign_in(send, client)
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    out = send(client, "/desk/sign-out", page="/desk/password")
    assert out.headers["location"] == "/desk/sign-in"
    assert "You are signed out." in client.get("/desk/sign-in").text
    assert "/desk/sign-in" in client.get("/desk/password").headers["location"]
    assert [row.action for row in read_audit(desk.engine)] == ["added a user", "signed in"]


def test_under_https_the_cookie_travels_only_through_https(study, web, send):
    from outcomes.web.app import make_app

    app = make_app(study, secure=True)
    add_user(
        study.store, name="Ann", roles=["analyst"], password=passwords.hashed(GOOD), by="Tests"
    )
    with web.computer(app, "192.168.1.20") as browser:
        browser.base_url = "https://testserver"
        done = sign_in(send, browser)
    assert "__Host-desk-session=" in done.headers["set-cookie"]
    assert "Secure" in done.headers["set-cookie"]


def test_a_wrong_password_and_an_unknown_name_get_the_same_words(client, send, ann):
    wrong = sign_in(send, client, password="another one 99")
    unknown = sign_in(send, client, name="Nobody", password="another one 99")
    assert wrong.status_code == unknown.status_code == 401
    said = [re.search(r'id="fault"><p>(.*?)</p>', each.text)[1] for each in (wrong, unknown)]
    assert said[0] == said[1]


def test_a_name_that_nobody_has_is_not_written_down_for_it_may_be_a_password(
    client, desk, send, ann
):
    sign_in(send, client, name=GOOD, password="")
    assert GOOD not in str(read_audit(desk.engine))
    sign_in(send, client, password="")
    assert read_audit(desk.engine)[-1].action == "sign-in refused"


def test_too_many_wrong_passwords_of_one_name_must_wait_also_for_the_right_one(
    client, another, send, ann
):
    for _ in range(LIMITS["sign-in name"].tries):
        assert sign_in(send, client, password="wrong").status_code == 401
    held = sign_in(send, another("127.0.0.2"))
    assert held.status_code == 429
    assert 0 < int(held.headers["retry-after"]) <= LIMITS["sign-in name"].seconds
    assert "Please wait" in held.text


def test_too_many_wrong_passwords_from_one_computer_must_wait_whatever_the_name(client, send, ann):
    for number in range(LIMITS["sign-in address"].tries):
        sign_in(send, client, name=f"name{number}", password="wrong")
    assert sign_in(send, client).status_code == 429


def test_signing_in_often_and_rightly_is_no_guessing(client, send, ann):
    for _ in range(LIMITS["sign-in name"].tries + 2):
        assert sign_in(send, client).status_code == 303
        send(client, "/desk/sign-out", page="/desk/password")


def test_after_signing_in_one_comes_to_the_page_that_one_wanted(client, send, ann):
    there = client.get("/desk/password").headers["location"]
    assert sign_in(send, client, url=there).headers["location"] == "/desk/password"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/desk//evil", "/s/x"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(client, send, ann, wanted):
    done = sign_in(send, client, url=f"/desk/sign-in?next={wanted}")
    assert done.headers["location"] == "/desk"


def test_a_sign_in_has_a_new_token_and_voids_the_one_that_the_browser_had(
    client, another, desk, send, ann
):
    sign_in(send, client)
    first = client.cookies["desk-session"]
    shown = another().get("/desk/sign-in")  # the form, although this browser is signed in
    client.cookies.delete("form")
    client.cookies.set("form", shown.cookies["form"])
    token = re.search(r'value="([0-9a-f]{64})"', shown.text)[1]
    client.post("/desk/sign-in", data={"csrf": token, "name": "Ann", "password": GOOD})
    assert client.cookies["desk-session"] != first
    assert client.get("/desk/password").status_code == 200
    assert signed_in(desk.engine, first, now=desk.now()) is None


def test_the_store_knows_only_a_hash_of_a_session(client, desk, send, ann):
    sign_in(send, client)
    token = client.cookies["desk-session"]
    with reading(desk.engine) as connection:
        (row,) = connection.execute(select(SESSIONS)).all()
    assert row.token == stored_token(token)
    assert token not in str(row)


def test_a_session_ends_after_an_hour_without_use(desk, ann):
    start, minute = desk.now(), timedelta(minutes=1)
    token = start_session(desk.engine, "Ann", now=start)
    assert signed_in(desk.engine, token, now=start + IDLE - minute).name == "Ann"
    assert signed_in(desk.engine, token, now=start + 2 * IDLE - 3 * minute).name == "Ann"
    assert signed_in(desk.engine, token, now=start + 4 * IDLE) is None


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(desk, ann):
    start = desk.now()
    token = start_session(desk.engine, "Ann", now=start)
    for half_hours in range(24):
        now = start + half_hours * IDLE / 2
        assert signed_in(desk.engine, token, now=now) is not None, now
    assert signed_in(desk.engine, token, now=start + LONGEST) is None


def test_nobody_lengthens_a_session_by_changing_its_token(desk, ann):
    token = start_session(desk.engine, "Ann", now=desk.now())
    body, _, ends = token.rpartition(".")
    assert signed_in(desk.engine, f"{body}.{int(ends) + 9999}", now=desk.now()) is None
    assert signed_in(desk.engine, f"{body}.", now=desk.now()) is None


def test_a_shut_account_is_signed_out_at_once_and_cannot_come_back(client, desk, send, ann):
    sign_in(send, client)
    shut(desk.engine, "Ann", by="Tests")
    assert client.get("/desk/password").status_code == 303
    client.cookies.clear()
    assert sign_in(send, client).status_code == 401


def test_ones_own_password_needs_the_old_one_and_signs_out_all_other_devices(
    client, another, send, ann
):
    other = another()
    sign_in(send, client)
    sign_in(send, other)
    fresh = "copper window river 8"
    wrong = {"old": "not it", "password": fresh, "again": fresh}
    assert send(client, "/desk/password", wrong).status_code == 400
    assert send(client, "/desk/password", wrong | {"old": GOOD}).status_code == 303
    assert client.get("/desk/password").status_code == 200
    assert other.get("/desk/password").status_code == 303
    other.cookies.clear()
    assert sign_in(send, other).status_code == 401
    assert sign_in(send, other, password=fresh).status_code == 303


def test_a_form_of_a_session_that_ended_says_that_nothing_was_saved(client, desk, send, ann):
    sign_in(send, client)
    shown = client.get("/desk/password").text
    shut(desk.engine, "Ann", by="Tests")
    sent = client.post("/desk/password", data={"csrf": re.search(r"[0-9a-f]{64}", shown)[0]})
    assert sent.status_code == 303
    assert "what you sent was not saved" in client.get("/desk/sign-in").text


def test_a_password_is_hashed_again_when_the_parameters_have_changed(
    client, desk, send, ann, monkeypatch
):
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(2, 16, 1))
    assert sign_in(send, client).status_code == 303
    found = account(desk.engine, "Ann")
    assert "m=16,t=2" in found.password
    assert found.roles == ("coordinator",)
    assert found.version == 2


def test_passwords_are_hashed_with_argon2id_as_its_standard_advises():
    strong = PasswordHasher()
    assert (strong.type.name, strong.memory_cost, strong.time_cost) == ("ID", 65536, 3)
    assert passwords.is_right(strong.hash("abc"), "abc")
    assert not passwords.is_right("no hash", "abc")


@pytest.mark.parametrize(
    "bad",
    ["elevenchars", "password1234", "Password!Password!", "aaaaaaaaaaaaaaaa", "qwertyuiop123",
     "123456789012", "Rosa Diaz 123", "adminadminadmin", "x" * 201],
)  # fmt: skip
def test_a_password_that_others_would_try_early_is_refused(bad):
    with pytest.raises(DataError):
        passwords.check_new(bad, again=bad, name="Rosa Diaz")


@pytest.mark.parametrize(
    "good", [GOOD, "correct horse battery", "k7#Lw!92bQ-tz", "tres gatos cantan"]
)
def test_words_that_have_nothing_to_do_with_each_other_are_a_password(good):
    passwords.check_new(good, again=good, name="Rosa Diaz")
