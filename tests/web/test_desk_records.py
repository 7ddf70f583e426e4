"""Engagement records at the desk: one form for every kind, corrected with a history, no names."""

import pytest

from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.engagement_records import read_records, record_versions
from outcomes.pipeline.record_importing import import_records

EVENT = {
    "day": "2025-02-03",
    "place": "eastbank",
    "its-name": "open evening at the library",
    "its-sort": "community event",
    "its-participants": "24",
    "its-partners": "YMCA; Hillside Church",
}
NEW = "/desk/records/event/new"
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def ann(signed_in):
    return signed_in("coordinator", name="Ann")


def address_of(browser, kind="event"):
    """The address of the first record that the list shows."""
    text = browser.get(f"/desk/records/{kind}").text
    start = text.index(f'<th scope="row" class="plain"><a href="/desk/records/{kind}/')
    return text[start:].split('href="', 1)[1].split('"', 1)[0]


def test_a_record_is_written_with_the_name_of_who_wrote_it(ann, study, desk, send):
    done = send(ann, NEW, EVENT)
    assert done.status_code == 303
    (record,) = read_records(study).to_dict("records")
    assert (record["by"], record["day"], record["place"]) == ("Ann", "2025-02-03", "eastbank")
    assert record["body"]["partners"] == ["YMCA", "Hillside Church"]
    assert record["body"]["participants"] == 24
    shown = ann.get("/desk/records/event").text
    assert "Saved: event" in shown
    assert "open evening at the library" in shown
    assert "Ann" in shown
    assert "wrote a record" in [row.action for row in read_audit(desk.engine)]


def test_outputs_and_outcomes_stand_in_tables_of_their_own(ann):
    text = ann.get("/desk/records").text
    done, then = text.index("What the agency does"), text.index("What people then do")
    assert done < text.index("/desk/records/event/new") < then
    assert then < text.index("/desk/records/letter/new")


@pytest.mark.parametrize("role", ["coder", "interviewer"])
def test_others_than_coordinators_and_analysts_see_no_records(signed_in, role):
    browser = signed_in(role)
    for path in ("/desk/records", "/desk/records/event", NEW):
        assert browser.get(path).status_code == 403
    assert signed_in("analyst").get("/desk/records").status_code == 200


@pytest.mark.parametrize("code", list(shipped_kinds()))
def test_every_kind_has_a_form_with_a_label_for_every_field(ann, code):
    kind = shipped_kinds()[code]
    text = ann.get(f"/desk/records/{code}/new").text
    for field in kind.fields:
        assert f'name="its-{field.name}"' in text
        assert field.label.split("'")[0] in text
    assert ann.get(f"/desk/records/{code}").status_code == 200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"its-name": ""}, "it is needed"),
        ({"its-participants": "many"}, "is not a whole number"),
        ({"day": "2025-02-05"}, "lies in the future"),
        ({"day": ""}, "it is needed"),
        ({"day": "20250203"}, "is not a date"),  # months are cut out of the day as it is stored
        ({"day": "2025-W06-1"}, "is not a date"),
        ({"place": "westbank"}, "This is no place of the study"),
        ({"community": "canal"}, "this is no community of the study"),
        ({"its-sort": "riot"}, "is not one of the answers"),
        ({"its-partners": "Rosa Gutierrez"}, "does not say that it is an organisation"),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(
    ann, study, send, change, sentence
):
    refused = send(ann, NEW, EVENT | change)
    assert refused.status_code == 400
    assert sentence in refused.text
    assert "Nothing was saved yet" in refused.text
    if "its-name" not in change:
        assert "open evening at the library" in refused.text
    assert read_records(study).empty


def test_a_name_in_a_text_is_flagged_with_the_reason_and_a_draft_and_cannot_be_kept(
    ann, study, send
):
    told = {"its-name": "evening with pastor John Smith"}
    refused = send(ann, NEW, EVENT | told)
    assert "a name after a title" in refused.text
    assert "evening with [name]" in refused.text
    assert 'aria-invalid="true"' in refused.text
    assert send(ann, NEW, EVENT | told | {"override": "yes"}).status_code == 400
    assert read_records(study).empty
    assert send(ann, NEW, EVENT | {"its-name": "evening with the pastor"}).status_code == 303


def test_a_correction_is_a_new_version_and_the_history_stays(ann, signed_in, study, send):
    send(ann, NEW, EVENT)
    bob, address = signed_in("analyst", name="Bob"), address_of(ann)
    done = send(bob, address, EVENT | {"version": "1", "its-participants": "26"})
    assert done.status_code == 303
    (record,) = read_records(study).to_dict("records")
    assert (record["body"]["participants"], record["by"]) == (26, "Bob")
    (versions,) = record_versions(study, "event").values()
    assert [(each.number, each.by, each.body["participants"]) for each in versions] == [
        (1, "Ann", 24), (2, "Bob", 26),
    ]  # fmt: skip
    shown = ann.get(address).text
    assert "Version 1" in shown
    assert "Version 2" in shown


def test_two_who_correct_at_once_do_not_undo_each_other(ann, study, send):
    send(ann, NEW, EVENT)
    address = address_of(ann)
    send(ann, address, EVENT | {"version": "1", "its-participants": "26"})
    late = send(ann, address, EVENT | {"version": "1", "its-participants": "30"})
    assert late.status_code == 400
    assert "meanwhile" in late.text
    same = send(ann, address, EVENT | {"version": "2", "its-participants": "26"})
    assert "nothing is changed" in same.text
    assert read_records(study)["body"][0]["participants"] == 26


def test_the_same_record_is_not_written_twice(ann, study, send):
    send(ann, NEW, EVENT)
    again = send(ann, NEW, EVENT | {"its-name": "Open evening at the library"})
    assert again.status_code == 400
    assert "there is such a record already" in again.text
    send(ann, NEW, EVENT | {"its-name": "picnic"})
    address = address_of(ann)
    name = "picnic" if "picnic" not in ann.get(address).text else "open evening at the library"
    assert send(ann, address, EVENT | {"version": "1", "its-name": name}).status_code == 400
    assert len(read_records(study)) == 2


def test_a_renamed_record_leaves_its_name_to_another(ann, study, send):
    send(ann, NEW, EVENT)
    send(ann, address_of(ann), EVENT | {"version": "1", "its-name": "picnic"})
    assert send(ann, NEW, EVENT).status_code == 303
    assert sorted(body["name"] for body in read_records(study)["body"]) == [
        "open evening at the library", "picnic",
    ]  # fmt: skip


def test_a_withdrawn_record_counts_no_more_and_can_come_back(ann, study, send):
    send(ann, NEW, EVENT)
    address = address_of(ann)
    out = {"do": "withdraw", "version": "1"}
    assert "it is needed" in send(ann, address, out).text
    assert "a common first name" in send(ann, address, out | {"why": "maria said so"}).text
    assert len(read_records(study)) == 1
    assert send(ann, address, out | {"why": "written twice"}).status_code == 303
    assert read_records(study).empty
    shown = ann.get(address).text
    assert "written twice" in shown
    assert "Withdraw this record" not in shown
    send(ann, address, EVENT | {"version": "2"})
    assert len(read_records(study)) == 1


def test_a_record_of_the_desk_that_comes_in_a_file_is_known(ann, study, send, tmp_path):
    send(ann, NEW, EVENT)
    path = tmp_path / "events.csv"
    path.write_text(
        "day,place,name,sort,participants,partners\n2025-02-03,eastbank,"
        "open evening at the library,community event,24,YMCA; Hillside Church\n"
    )
    told = import_records(study, path, kind="event")
    assert (told.new, told.known) == (0, 1)
    assert read_records(study)["by"].tolist() == ["Ann"]


def test_several_boxes_are_kept_together(ann, study, send):
    told = {"day": "2025-02-03", "place": "agency", "its-what": ["calendar", "plan"]}
    assert send(ann, "/desk/records/plan_shared/new", told).status_code == 303
    assert read_records(study)["body"][0] == {"what": ["plan", "calendar"]}


@pytest.mark.parametrize("path", ["/desk/records/kings", "/desk/records/event/0123456789abcdef"])
def test_what_is_not_there_is_said_to_be_missing(ann, path):
    assert ann.get(path).status_code == 404


def test_nobody_stumbles_over_the_pages_of_records(served, new_page, axe, web):
    session = web.session_of(served.desk, "coordinator", name="Ann")
    page = new_page(width=320, served=served, session=session, javascript=True)
    for path in ("/desk/records", NEW, "/desk/records/notice/new", "/desk/records/review/new"):
        page.goto(served.url + path)
        assert axe(page) == [], path
        assert not page.evaluate(TOO_WIDE), path
    page.goto(served.url + NEW)
    page.fill("#its-name", "evening with pastor John Smith")
    page.select_option("#place", "eastbank")
    page.fill("#its-participants", "4")
    page.get_by_role("button", name="Save").click()
    web.expect(page.get_by_role("alert")).to_be_visible()
    assert axe(page) == []
    page.fill("#its-name", "evening with the pastor")
    page.get_by_role("button", name="Save").click()
    web.expect(page.get_by_text("Saved: event")).to_be_visible()
    page.get_by_role("link", name="look at it or correct it").first.click()
    assert axe(page) == []
    assert not page.evaluate(TOO_WIDE)
