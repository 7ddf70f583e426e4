"""The desk gives an analyst the answers as files of another program, and writes it down."""

import io
import zipfile

import pyreadstat
import pytest

from outcomes.pipeline.audit import read_audit
from outcomes.store.submissions import Submission
from outcomes.surveys.instrument import content_hash

URL = "/desk/waves/residents-pre/export"


@pytest.fixture
def answered(desk):
    """One finished form."""
    instrument = desk.instrument("residents-pre")
    item = next(each for each in instrument.items if each.type.startswith("select_one"))
    for part, body in (("start", "{}"), ("page/a", f'{{"answers": {{"{item.name}": "1"}}}}'),
                       ("end", "{}")):  # fmt: skip
        desk.writer.submit(
            Submission(
                wave="residents-pre",
                place="eastbank",
                instance="i1",
                part=part,
                respondent="r1",
                body=body,
                digest=part,
                way="web",
                language="en",
                instrument=instrument.id,
                instrument_version=instrument.version,
                instrument_hash=content_hash(instrument),
                day="2025-02-04",
            )
        ).result()
    return instrument


def archive(reply):
    assert reply.status_code == 200, reply.text
    return zipfile.ZipFile(io.BytesIO(reply.content))


def test_an_analyst_gets_spss_files_in_every_language_with_a_codebook(
    signed_in, send, desk, answered, tmp_path
) -> None:
    reply = send(signed_in("analyst"), URL, {"what": "data", "to": "spss"})
    assert 'filename="residents-pre-spss.zip"' in reply.headers["content-disposition"]
    with archive(reply) as files:
        expected = {f"residents-pre-{each}.sav" for each in answered.languages}
        assert set(files.namelist()) == expected | {
            "residents-pre-codebook.html", "residents-pre-codebook.json",
        }  # fmt: skip
        path = tmp_path / "x.sav"
        path.write_bytes(files.read("residents-pre-en.sav"))
    table, about = pyreadstat.read_sav(str(path))
    assert len(table) == 1
    assert "r1" not in set(table["link_id"])
    assert about.variable_value_labels["place"]
    (line,) = [one for one in read_audit(desk.engine) if one.action == "exported answers"]
    assert (line.user, line.about) == ("Analyst", "residents-pre")
    assert line.detail == "1 rows; 0 columns that describe the person, 0 of free text"


def test_what_describes_the_person_comes_only_when_asked_for_and_is_counted(
    signed_in, send, desk, answered
) -> None:
    fields = {"what": "data", "to": "csv", "describing": "yes"}
    with archive(send(signed_in("analyst"), URL, fields)) as files:
        header = files.read("residents-pre.csv").decode("utf-8-sig").splitlines()[0].split(",")
    person = {each.name for each in answered.items if each.privacy == "describes the person"}
    assert person
    assert person <= set(header)
    assert f"{len(person)} columns that describe the person" in read_audit(desk.engine)[-1].detail


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"what": "data", "to": "excel"}, "Choose for which program."),
        ({"what": "data"}, "Choose for which program."),
        ({"what": "data", "to": "stata"}, "holds no answers yet"),
    ],
)
def test_a_choice_that_cannot_be_met_is_answered_on_the_page(
    signed_in, send, desk, fields, fault
) -> None:
    reply = send(signed_in("analyst"), URL, fields)
    assert reply.status_code == 400
    assert fault in reply.text
    assert "exported answers" not in [one.action for one in read_audit(desk.engine)]


def test_only_an_analyst_may(signed_in, answered) -> None:
    assert signed_in("coordinator").post(URL, data={"what": "data"}).status_code == 403


@pytest.mark.parametrize("width", [320, 1200])
def test_nobody_stumbles_over_the_page(served, new_page, axe, web, width) -> None:
    session = web.session_of(served.desk, "analyst", name="Ana")
    page = new_page(width=width, served=served, session=session)
    page.goto(served.url + URL)
    web.expect(page.get_by_label("Stata (.dta)")).to_be_visible()
    assert axe(page) == []
    wider = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wider)
