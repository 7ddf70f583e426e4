import pytest

from outcomes.errors import DataError
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.users import account, accounts, add_user, change_roles, set_up, shut

GOOD = "heron violet ladder 52"
HASH = "not a real hash"


@pytest.fixture
def boss(signed_in):
    return signed_in("administrator", name="Boss")


def test_an_administrator_adds_a_user_with_roles(boss, desk, send):
    fields = {"name": "Lee Park", "roles": ["interviewer", "coder"], "password": GOOD,
              "again": GOOD}  # fmt: skip
    assert send(boss, "/desk/users", fields).status_code == 303
    made = account(desk.engine, "lee  park")
    assert (made.name, made.roles) == ("Lee Park", ("interviewer", "coder"))
    assert GOOD not in made.password
    shown = boss.get("/desk/users").text
    assert "Lee Park is a user now" in shown
    assert "interviewer, coder" in shown


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"name": "boss"}, "is in use"),
        ({"name": "<b>x</b>"}, "is not a user name"),
        ({"roles": []}, "needs a role"),
        ({"roles": ["king"]}, "There is no role"),
        ({"again": "another"}, "differ"),
        ({"password": "kurz", "again": "kurz"}, "at least 12"),
    ],
)
def test_a_user_that_cannot_be_added_is_explained_and_what_was_typed_stays(
    boss, desk, send, other, sentence
):
    fields = {"name": "Lee", "roles": ["coder"], "password": GOOD, "again": GOOD} | other
    refused = send(boss, "/desk/users", fields)
    assert refused.status_code == 400
    assert sentence in refused.text
    assert GOOD not in refused.text
    assert len(accounts(desk.engine)) == 1


def test_roles_change_from_the_next_page_on(boss, signed_in, desk, send):
    ann = signed_in("coordinator", name="Ann")
    assert ann.get("/desk/audit").status_code == 403
    send(boss, "/desk/users/Ann", {"do": "roles", "roles": ["administrator"]})
    assert ann.get("/desk/audit").status_code == 200
    send(boss, "/desk/users/Ann", {"do": "roles", "roles": ["coder"]})
    refused = ann.get("/desk/audit")
    assert refused.status_code == 403
    assert "this page is for an administrator" in refused.text
    assert account(desk.engine, "Ann").version == 3


def test_a_new_password_by_an_administrator_signs_the_user_out(boss, signed_in, another, send):
    ann = signed_in("coordinator", name="Ann")
    fresh = "copper window river 8"
    send(boss, "/desk/users/Ann", {"do": "password", "password": fresh, "again": fresh})
    assert ann.get("/desk/password").status_code == 303
    signed = send(another(), "/desk/sign-in", {"name": "ann", "password": fresh})
    assert signed.headers["location"] == "/desk"


def test_a_shut_account_stays_in_the_list_and_can_be_opened_again(boss, signed_in, desk, send):
    signed_in("coordinator", name="Ann")
    send(boss, "/desk/users/Ann", {"do": "shut"})
    assert account(desk.engine, "Ann").shut
    assert "shut" in boss.get("/desk/users").text
    send(boss, "/desk/users/Ann", {"do": "roles", "roles": ["coder"]})
    assert account(desk.engine, "Ann").roles == ("coder",)


def test_the_last_administrator_can_neither_be_shut_nor_lose_the_role(boss, signed_in, desk, send):
    for fields in ({"do": "shut"}, {"do": "roles", "roles": ["coder"]}):
        refused = send(boss, "/desk/users/Boss", fields)
        assert refused.status_code == 400
        assert "the only administrator" in refused.text
    signed_in("administrator", name="Second")
    assert send(boss, "/desk/users/Boss", {"do": "shut"}).status_code == 303
    with pytest.raises(DataError, match="only administrator"):
        shut(desk.engine, "Second", by="Second")


@pytest.mark.parametrize("role", ["coordinator", "interviewer", "analyst", "coder"])
def test_only_administrators_see_users_and_the_audit_log(signed_in, role):
    browser = signed_in(role)
    for path in ("/desk/users", "/desk/users/Boss", "/desk/audit"):
        assert browser.get(path).status_code == 403
    assert "/desk/users" not in browser.get("/desk/password").text


def test_every_change_of_a_user_is_in_the_audit_log_and_no_hash_is(desk):
    set_up(desk.engine, name="Boss", password=HASH)
    add_user(desk.engine, name="Ann", roles=["coder"], password=HASH, by="Boss")
    change_roles(desk.engine, "Ann", roles=["analyst"], by="Boss")
    shut(desk.engine, "Ann", by="Boss")
    rows = read_audit(desk.engine)
    assert [(row.user, row.action, row.about, row.detail) for row in rows] == [
        ("Boss", "added a user", "Boss", "administrator, coordinator"),
        ("Boss", "added a user", "Ann", "coder"),
        ("Boss", "changed roles", "Ann", "analyst"),
        ("Boss", "shut an account", "Ann", ""),
    ]
    assert HASH not in str(rows)


def test_a_refused_change_leaves_neither_a_user_nor_a_row(desk):
    with pytest.raises(DataError, match="There is no user 'Zoe'"):
        change_roles(desk.engine, "Zoe", roles=["coder"], by="Boss")
    assert accounts(desk.engine) == []
    assert read_audit(desk.engine) == []
