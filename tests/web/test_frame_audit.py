import threading
from dataclasses import asdict

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update

from outcomes.cli.serve import audit
from outcomes.errors import DataError
from outcomes.pipeline.audit import _chained, break_in, read_audit, record
from outcomes.store.desk_tables import AUDIT


@pytest.fixture
def log(desk):
    for number in range(1, 7):
        record(desk.engine, user="Ann", action="exported answers", about=f"wave-{number}",
               detail=f"{number} rows")  # fmt: skip
    return desk.engine


def changed(engine, statement):
    with engine.begin() as connection:
        connection.execute(statement)
    return break_in(read_audit(engine))


def test_an_untouched_log_is_unbroken_and_an_empty_one_too(desk, log):
    assert break_in(read_audit(log)) is None
    assert break_in([]) is None


@pytest.mark.parametrize("column", ["at", "user", "action", "about", "detail", "chain"])
def test_a_changed_row_breaks_the_log_there_whatever_was_changed(log, column):
    assert changed(log, update(AUDIT).where(AUDIT.c.id == 3).values({column: "other"})) == 3


def test_a_row_taken_out_breaks_the_log_at_the_next_one(log):
    assert changed(log, delete(AUDIT).where(AUDIT.c.id == 3)) == 4
    assert changed(log, delete(AUDIT).where(AUDIT.c.id < 4)) == 4


def test_an_added_row_breaks_the_log(log):
    with log.begin() as connection:
        row = connection.execute(select(AUDIT).where(AUDIT.c.id == 6)).mappings().one()
    assert changed(log, insert(AUDIT).values({**row, "id": 7})) == 7


def test_a_changed_row_with_a_hash_of_its_own_made_anew_breaks_the_log_at_the_next_one(log):
    row = asdict(read_audit(log)[2]) | {"user": "Eve"}
    before = read_audit(log)[1].chain
    chain = _chained(before, {name: row[name] for name in row if name != "chain"})
    changes = {"user": "Eve", "chain": chain}
    assert changed(log, update(AUDIT).where(AUDIT.c.id == 3).values(changes)) == 4


def test_a_row_taken_out_breaks_the_log_even_where_the_others_are_numbered_anew(log):
    changed(log, delete(AUDIT).where(AUDIT.c.id == 3))
    for number in (4, 5, 6):
        changed(log, update(AUDIT).where(AUDIT.c.id == number).values(id=number - 1))
    assert break_in(read_audit(log)) == 3


def test_rows_written_at_the_same_time_make_one_chain(desk):
    def write(name):
        for number in range(5):
            record(desk.engine, user=name, action="signed in", about=f"{number}")

    threads = [threading.Thread(target=write, args=(f"user{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = read_audit(desk.engine)
    assert len(rows) == 20
    assert break_in(rows) is None


def test_what_does_not_fit_is_refused_before_anything_is_written(desk):
    with pytest.raises(DataError, match="40 characters"):
        record(desk.engine, user="Ann", action="x" * 41, about="")
    assert read_audit(desk.engine) == []


def test_the_page_says_unbroken_shows_the_newest_first_and_who_exported_what(signed_in, log):
    record(log, user="Ann", action="opened a wave", about="spring-pre")
    shown = signed_in("administrator", name="Boss").get("/desk/audit").text
    assert "Unbroken" in shown
    assert shown.index("opened a wave") < shown.index("wave-6") < shown.index("wave-1")
    exports = signed_in("administrator", name="Boss").get("/desk/audit?only=exports").text
    assert "wave-3" in exports
    assert "opened a wave" not in exports


def test_the_page_says_where_the_log_is_broken(signed_in, log):
    changed(log, update(AUDIT).where(AUDIT.c.id == 2).values(user="Eve"))
    shown = signed_in("administrator", name="Boss").get("/desk/audit").text
    assert "Broken at row 2" in shown
    assert "Unbroken" not in shown


def test_a_long_log_is_shown_in_pages(signed_in, desk):
    with desk.engine.begin() as connection:
        row = {"at": "2025-02-04T17:00:00+00:00", "user": "Ann", "action": "signed in",
               "detail": "", "chain": ""}  # fmt: skip
        rows = [{**row, "id": n, "about": f"row-{n}-"} for n in range(1, 251)]
        connection.execute(insert(AUDIT), rows)
    browser = signed_in("administrator", name="Boss")
    first, second = browser.get("/desk/audit").text, browser.get("/desk/audit?start=200").text
    assert "row-250-" in first
    assert "row-3-" not in first
    assert "Older" in first
    assert "row-3-" in second
    assert "Newer" in second
    assert browser.get("/desk/audit?start=%22x").status_code == 200


def test_the_command_shows_the_log_and_says_whether_it_is_broken(study, log):
    good = CliRunner().invoke(audit, ["--study", str(study.root), "--last", "2"])
    assert good.exit_code == 0
    assert "6 rows, unbroken" in good.output
    assert "wave-6" in good.output
    assert "wave-4" not in good.output
    changed(log, update(AUDIT).where(AUDIT.c.id == 5).values(about="wave-1"))
    bad = CliRunner().invoke(audit, ["--study", str(study.root)])
    assert "broken at row 5" in str(bad.exception)
