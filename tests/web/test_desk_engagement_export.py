"""The desk gives the engagement record to those who may have it, and writes down who took it."""

import io
import zipfile
from pathlib import Path

import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.store import Source

URL = "/desk/engagement-export"
RULES = Path(__file__).resolve().parents[2] / "walk_rules.toml"


@pytest.fixture
def recorded(desk):
    (desk.study.root / "walk_rules.toml").write_bytes(RULES.read_bytes())
    body = {"note": "people asked for light", "handouts": 5}
    row = record_row("walk_report", key=["1"], day="2025-07-07", place="eastbank", body=body)
    store_records(desk.study, [row], source=Source(step="test", read=1))


def names(reply):
    assert reply.status_code == 200, reply.text
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def exports(desk):
    return [row for row in read_audit(desk.engine) if row.action == "exported engagement"]


def test_an_analyst_gets_the_tables_without_notes_and_is_written_down(
    signed_in, send, desk, recorded
):
    files = names(send(signed_in("analyst"), URL, {"version": "internal"}))
    assert {"walks.csv", "compliance.csv", "measures.csv", "README.txt"} <= {*files}
    assert not any(b"asked for light" in content for content in files.values())
    (row,) = exports(desk)
    assert row.user == "Analyst"
    assert "notes left out" in row.detail


def test_notes_are_for_a_coordinator_and_a_refusal_leaves_no_row(signed_in, send, desk, recorded):
    analyst = signed_in("analyst")
    assert "with notes" not in analyst.get(URL).text
    refused = send(analyst, URL, {"version": "notes"})
    assert refused.status_code == 403
    assert "coordinator" in refused.text
    assert exports(desk) == []
    coordinator = signed_in("coordinator")
    assert "with notes" in coordinator.get(URL).text
    files = names(send(coordinator, URL, {"version": "notes"}))
    assert b"asked for light" in files["records-walk-report.csv"]
    assert "notes in" in exports(desk)[0].detail


def test_the_public_version_holds_sums_only(signed_in, send, desk, recorded):
    files = names(send(signed_in("analyst"), URL, {"version": "public"}))
    assert {*files} == {"measures.csv", "README.txt"}
    assert "public version" in exports(desk)[0].detail


@pytest.mark.parametrize("role", ["interviewer", "coder"])
def test_others_of_the_staff_see_neither_page_nor_link(signed_in, desk, role):
    browser = signed_in(role)
    assert browser.get(URL).status_code == 403
    assert browser.post(URL, data={"version": "public"}).status_code == 403
    assert URL not in browser.get("/desk").text
    assert exports(desk) == []


def test_nobody_gets_a_version_that_there_is_not(signed_in, send, desk):
    assert send(signed_in("analyst"), URL, {"version": "all"}).status_code == 400
    assert exports(desk) == []
