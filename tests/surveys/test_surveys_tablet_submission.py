"""What a tablet sends back: read safely, sorted by item, with every code hashed."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from outcomes.errors import DataError
from outcomes.settings import Wave
from outcomes.surveys.exchange.tablet_form import tablet_form
from outcomes.surveys.exchange.tablet_submission import (
    canonical_content,
    read_submitted_form,
    sealed_form,
    tablet_questions,
)
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.keyed_codes import hashed_elements, respondent_of

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
ACADEMY = read_instrument(SURVEYS / "academy.yaml")
KEY = hashlib.sha256(b"a study key").digest()
UUID = "0b7f2b3c-9a1e-4d55-8a53-3f0c4e1d2a11"
CARD = "0S6F-857"


def xml(inside: str, *, meta: str = f"<instanceID>uuid:{UUID}</instanceID>") -> bytes:
    return (
        '<?xml version=\'1.0\' ?><data id="spring-pre" version="1-01234567" '
        'xmlns:orx="http://openrosa.org/xforms" xmlns:jr="http://openrosa.org/javarosa">'
        f"{inside}<orx:meta>{meta.replace('<', '<orx:').replace('<orx:/', '</orx:')}</orx:meta>"
        "</data>"
    ).encode()


def sealed(inside: str, instrument: Instrument = ACADEMY, **more: Any) -> Any:
    return sealed_form(
        read_submitted_form(xml(inside)), tablet_questions(instrument), key=KEY, **more
    )


def test_an_answer_belongs_to_the_item_of_its_name_whatever_group_it_stands_in() -> None:
    for text in (
        "<about_trust><trust_1>4</trust_1></about_trust>",
        "<a><b><trust_1>4</trust_1></b></a>",
        '<trust_1 xmlns="http://example.org/form">4</trust_1>',
        "<trust_1>\n  4\n</trust_1>",
    ):
        found = sealed(text)
        assert found.answers == {"trust_1": "4"}
        assert found.other == {}


def test_several_choices_are_parted_by_one_space_and_a_date_has_no_time() -> None:
    form = ACADEMY.model_copy(
        update={
            "items": (
                *ACADEMY.items,
                ACADEMY.items[0].model_copy(update={"name": "since", "type": "date"}),
            )
        }
    )
    found = sealed("<since_class>1\n 3</since_class><since>2025-02-03T10:00:00Z</since>", form)
    assert found.answers == {"since_class": "1 3", "since": "2025-02-03"}


def test_what_no_item_is_called_is_kept_apart() -> None:
    found = sealed("<trust_1>4</trust_1><old_item>yes</old_item><x><old_item>no</old_item></x>")
    assert found.answers == {"trust_1": "4"}
    assert found.other == {"old_item": "yes", "old_item (2)": "no"}


def test_what_is_shown_or_worked_out_on_the_tablet_is_no_answer() -> None:
    calculated = ACADEMY.items[0].model_copy(update={"name": "sum", "type": "calculate"})
    form = ACADEMY.model_copy(update={"items": (*ACADEMY.items, calculated)})
    found = sealed(
        "<notice_text>read</notice_text><sum>7</sum><fielded_wave>spring-pre</fielded_wave>"
        "<generated_table_list_label_13>x</generated_table_list_label_13>"
        "<reserved_name_for_field_list_labels_14>1</reserved_name_for_field_list_labels_14>",
        form,
    )
    assert found.answers == found.other == {}


def test_nothing_of_the_device_or_the_clock_is_kept() -> None:
    found = sealed(
        "<deviceid>collect:abc</deviceid><start>2025-02-03T10:00:00</start>"
        "<phonenumber>555 0100</phonenumber><username>Ann</username>"
    )
    assert found.answers == found.other == {}


def test_the_code_of_a_card_is_only_there_as_its_hash() -> None:
    found = sealed(f"<participant_code> {CARD.lower()} </participant_code>")
    assert found.respondent == respondent_of(KEY, CARD)
    assert found.notes == ()
    assert CARD[:4].lower() not in repr(found).lower().replace(found.respondent, "")


def test_a_code_that_is_not_sound_loses_no_answer() -> None:
    found = sealed("<participant_code>0S6F-858</participant_code><trust_1>2</trust_1>")
    assert found.answers == {"trust_1": "2"}
    assert found.notes == ("the code of the card was not sound",)
    assert found.respondent == sealed("<trust_1>2</trust_1>").respondent
    assert "0S6F" not in repr(found)


def test_a_form_without_a_card_is_a_respondent_of_its_own() -> None:
    form = read_submitted_form(xml("<trust_1>4</trust_1>"))
    other = replace(form, instance="11111111-9a1e-4d55-8a53-3f0c4e1d2a11")
    first, second = (
        sealed_form(each, tablet_questions(ACADEMY), key=KEY) for each in (form, other)
    )
    assert first.respondent != second.respondent
    edit = replace(other, replaces=form.instance)
    assert sealed_form(edit, tablet_questions(ACADEMY), key=KEY).respondent == first.respondent
    assert sealed_form(edit, tablet_questions(ACADEMY), key=KEY, known_as="r1").respondent == "r1"


def test_the_self_made_code_is_hashed_element_by_element() -> None:
    found = sealed(
        "<self_code><mother_letter>m</mother_letter><mother_month>6</mother_month></self_code>"
    )
    assert ACADEMY.code
    whole = hashed_elements(KEY, ACADEMY.code, {"mother_letter": "M", "mother_month": "6"})
    assert found.code == {name: value for name, value in whole.items() if value}
    assert set(found.code) == {"mother_letter", "mother_month"}


def test_a_self_made_code_of_an_earlier_version_is_never_kept_plain() -> None:
    inside = "<self_code><shoe_size>44</shoe_size><mother_letter>M</mother_letter></self_code>"
    for form in (ACADEMY, ACADEMY.model_copy(update={"code": None})):
        found = sealed(inside, form)
        assert found.other == found.answers == {}
        assert found.notes == ("the self-made code of an earlier version was left out",)


def test_the_digest_tells_other_content_and_not_another_way_to_write_it() -> None:
    plain = sealed("<trust_1>4</trust_1><trust_2>3</trust_2>").digest
    assert sealed("<trust_2>3</trust_2>\n <trust_1> 4</trust_1><trust_3/>").digest == plain
    assert sealed("<trust_1>4</trust_1><trust_2>2</trust_2>").digest != plain
    assert sealed("<g><trust_1>4</trust_1></g><trust_2>3</trust_2>").digest != plain


def test_the_canonical_content_holds_the_form_and_the_instance() -> None:
    form = read_submitted_form(xml("<trust_1>4</trust_1>"))
    assert canonical_content(form) != canonical_content(replace(form, version="2"))
    assert canonical_content(form) != canonical_content(replace(form, form_id="other"))


def test_an_edit_names_the_form_in_whose_place_it_stands() -> None:
    old = "11111111-9a1e-4d55-8a53-3f0c4e1d2a11"
    meta = f"<instanceID>uuid:{UUID}</instanceID><deprecatedID>uuid:{old}</deprecatedID>"
    form = read_submitted_form(xml("<trust_1>4</trust_1>", meta=meta))
    assert (form.instance, form.replaces) == (UUID, old)


@pytest.mark.parametrize(
    ("meta", "problem"),
    [
        ("", "there is no instanceID"),
        ("<instanceID></instanceID>", "there is no instanceID"),
        ("<instanceID>uuid:12</instanceID>", "the instanceID is not a uuid"),
        (f"<instanceID>mac:{UUID}</instanceID>", "the instanceID is not a uuid"),
        (f"<instanceID>uuid:{{{UUID}}}</instanceID>", "the instanceID is not a uuid"),
        (
            f"<instanceID>uuid:{UUID}</instanceID><deprecatedID>17</deprecatedID>",
            "the deprecatedID is not a uuid",
        ),
    ],
)
def test_a_form_that_could_not_be_known_again_is_refused(meta: str, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_submitted_form(xml("<trust_1>4</trust_1>", meta=meta))


def test_small_and_capital_letters_of_a_uuid_are_the_same() -> None:
    form = read_submitted_form(xml("", meta=f"<instanceID>uuid:{UUID.upper()}</instanceID>"))
    assert form.instance == UUID


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE data [<!ENTITY a "haha">%s]>
<data id="spring-pre"><trust_1>&z;</trust_1></data>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(98, 123)
)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (b"", "not whole, or not XML"),
        (b"hello", "not whole, or not XML"),
        (xml("<trust_1>4</trust_1>")[:-20], "not whole, or not XML"),
        (xml("<trust_1>4</trust_1>").replace(b"4", b"\xff"), "not written in UTF-8"),
        (xml("<trust_1>4</trust_1>").decode().encode("utf-16"), "not written in UTF-8"),
        (LAUGHS, "has a document type"),
        (
            b'<!DOCTYPE data [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="a">&x;</data>',
            "has a document type",
        ),
        (b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>', "not XML"),
        (b"<a>" * 5000 + b"</a>" * 5000, "not whole, or not XML"),
        (xml("").replace(b' id="spring-pre"', b""), "does not say which form it is"),
    ],
)
def test_what_is_broken_or_hostile_is_refused_in_a_sentence(sent: bytes, problem: str) -> None:
    with pytest.raises(DataError, match=problem):
        read_submitted_form(sent)


def test_a_form_may_say_what_it_is_by_its_namespace() -> None:
    text = xml("").replace(b'id="spring-pre"', b'xmlns="spring-pre"')
    assert read_submitted_form(text).form_id == "spring-pre"


@pytest.mark.parametrize("path", sorted(SURVEYS.glob("*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("occasion", ["pre", "post"])
def test_every_node_of_every_shipped_form_is_known_when_it_comes_back(
    path: Path, occasion: str
) -> None:
    instrument = read_instrument(path)
    wave = Wave(
        **{"label": "w", "instrument": path.stem, "group": "g", "occasion": occasion},
        **{"opens": "2025-02-03", "closes": "2025-02-07"},
    )
    root = etree.fromstring(tablet_form(instrument, wave).xml).find(".//{*}instance")[0]
    filled = []
    for node in root.iter():
        if len(node) == 0 and node.tag.endswith("}instanceID"):
            node.text = f"uuid:{UUID}"
        elif len(node) == 0:
            node.text = "5"
            filled.append(etree.QName(node).localname)
    found = sealed_form(
        read_submitted_form(etree.tostring(root)), tablet_questions(instrument), key=KEY
    )
    asked = {item.name for item in instrument.items if item.asked} & set(filled)
    assert set(found.answers) == asked
    assert len(asked) > 3
    assert found.other == {}
    assert (
        set(found.code) <= {each.name for each in instrument.code.elements}
        if instrument.code
        else not found.code
    )
