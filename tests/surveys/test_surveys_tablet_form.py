"""The form that a tablet gets: every shipped instrument, with the code of the card."""

import random
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from pyxform.validators.odk_validate import (
    ODK_VALIDATE_PATH,
    ODKValidateError,
    check_xform,
)

from outcomes.errors import DataError
from outcomes.settings import Place, Wave
from outcomes.surveys.code_cards import ALPHABET, check_code, make_codes
from outcomes.surveys.exchange.tablet_form import (
    TabletForm,
    card_constraint,
    tablet_form,
    tablet_form_version,
)
from outcomes.surveys.expressions import read_xform
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.odk_values import truth
from outcomes.surveys.xpath import bind_expression
from outcomes.surveys.xpath_scope import Reading

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"
SHIPPED = {path.stem: read_instrument(path) for path in sorted(SURVEYS.glob("*.yaml"))}
EACH = pytest.mark.parametrize("instrument", SHIPPED.values(), ids=SHIPPED)
HERE = "/data/participant_code"


def wave(**changes: object) -> Wave:
    return Wave.model_validate(
        {
            **{"label": "spring-pre", "instrument": "academy", "group": "spring"},
            **{"occasion": "pre", "opens": "2025-02-03", "closes": "2025-02-07"},
            **changes,
        }
    )


EASTBANK = Place(code="eastbank", name="Eastbank", role="focus", start=date(2025, 7, 1))


def small(*items: dict[str, object], **more: object) -> Instrument:
    return Instrument.model_validate(
        {
            **{"id": "short", "version": 1, "title::en": "A short survey", "languages": ["en"]},
            **{"population": "residents", "licence": "MIT", "notice::en": "You choose."},
            "source": {"construct": "trust", "items": "own items"},
            "missing": [-9],
            "items": [{"type": "integer", "label::en": "x", **item} for item in items],
            **more,
        }
    )


def paths(form: TabletForm) -> list[str]:
    return list(read_xform(form.xml).items)


def accepted(code: str, constraint: str = card_constraint()) -> bool:
    """Whether the tablet takes what was typed, by the expression that it works out."""
    bound = bind_expression(constraint, here=HERE, items=frozenset([HERE]), groups=frozenset())
    return truth(bound.work(Reading(values={HERE: code}, now=None, stored={})))


@EACH
def test_odk_validate_takes_the_form_of_every_shipped_instrument(
    instrument: Instrument, tmp_path: Path
) -> None:
    if shutil.which("java") is None or not Path(ODK_VALIDATE_PATH).exists():
        pytest.skip("ODK Validate needs Java, which is not on this machine")
    path = tmp_path / "form.xml"
    path.write_bytes(tablet_form(instrument, wave(entry="code card")).xml)
    assert check_xform(str(path)) == []


def test_odk_validate_would_find_a_broken_form(tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("ODK Validate needs Java, which is not on this machine")
    path = tmp_path / "form.xml"
    sound = tablet_form(SHIPPED["event_slip"], wave()).xml
    path.write_bytes(sound.replace(b'ref="/data/notice_text"', b'ref="/data/no_such_node"'))
    with pytest.raises(ODKValidateError, match="no_such_node"):
        check_xform(str(path))


@EACH
def test_the_notice_comes_first_and_then_the_card(instrument: Instrument) -> None:
    names = [path.rpartition("/")[2] for path in paths(tablet_form(instrument, wave()))]
    assert names[0] == "notice_text"
    assert names[1:4] == ["fielded_wave", "fielded_place", "participant_code"]
    body = etree.fromstring(tablet_form(instrument, wave()).xml).find("{*}body")
    shown = [control.get("ref") for control in body.iter("{*}input")]
    assert shown[:2] == ["/data/notice_text", "/data/participant_code"]


@pytest.mark.parametrize("occasion", ["pre", "post", "follow-up"])
def test_what_is_asked_on_other_occasions_is_left_out(occasion: str) -> None:
    academy = SHIPPED["academy"]
    found = {
        path.rpartition("/")[2] for path in paths(tablet_form(academy, wave(occasion=occasion)))
    }
    asked = {item.name for item in academy.items if not item.waves or occasion in item.waves}
    assert found & {item.name for item in academy.items} == asked


def test_an_item_that_others_refer_to_stays_but_is_never_shown() -> None:
    form = small(
        {"name": "later", "waves": ["post"], "required": True, "group": "after"},
        {"name": "gone", "waves": ["post"]},
        {"name": "why", "relevant": "${later} > 3"},
        groups={"after": {"label::en": "Afterwards"}},
    )
    binds = read_xform(tablet_form(form, wave()).xml)
    assert binds.sources["/data/after/later", "relevant"] == "false()"
    assert binds.sources["/data/after", "relevant"] == "false()"
    assert ("/data/after/later", "required") not in binds.sources
    assert binds.sources["/data/why", "relevant"].split() == ["/data/after/later", ">", "3"]
    assert "/data/gone" not in binds.items
    after = read_xform(tablet_form(form, wave(occasion="post")).xml)
    assert ("/data/after", "relevant") not in after.sources
    assert "/data/gone" in after.items


def test_a_code_that_means_no_answer_passes_every_constraint() -> None:
    form = small({"name": "age", "constraint": ". > 17", "constraint_message::en": "Adults."})
    binds = read_xform(tablet_form(form, wave()).xml)
    bound = bind_expression(
        binds.sources["/data/age", "constraint"],
        **{"here": "/data/age", "items": frozenset(["/data/age"]), "groups": frozenset()},
    )
    results = {
        age: truth(bound.work(Reading(values={"/data/age": age}, now=None, stored={})))
        for age in (5.0, 18.0, -9.0)
    }
    assert results == {5.0: False, 18.0: True, -9.0: True}


def test_the_card_is_required_only_where_the_wave_needs_one() -> None:
    kinds = {"open link": None, "code card": "true()"}
    for entry, required in kinds.items():
        binds = read_xform(tablet_form(SHIPPED["academy"], wave(entry=entry)).xml)
        assert binds.sources.get((HERE, "required")) == required


def test_the_tablet_takes_the_codes_that_were_printed_however_they_are_typed() -> None:
    for code in make_codes(40, seed=1):
        assert accepted(code)
        assert accepted(code.lower())
        assert accepted(code.replace("-", " "))
        assert accepted(code.replace("-", "").replace("0", "O").replace("1", "l"))


def test_the_tablet_finds_the_slips_that_the_server_would_find() -> None:
    chance = random.Random(7)
    refused = 0
    for code in make_codes(30, seed=2):
        at = chance.randrange(7)
        tidy = code.replace("-", "")
        wrong = tidy[:at] + chance.choice(ALPHABET) + tidy[at + 1 :]
        at = chance.randrange(6)
        swapped = tidy[:at] + tidy[at + 1] + tidy[at] + tidy[at + 2 :]
        for typed in (wrong, swapped, tidy[:-1], tidy + "2", tidy[:-1] + "A", "?" + tidy[1:]):
            try:
                check_code(typed)
            except DataError:
                sound = False
                refused += 1
            else:
                sound = True
            assert accepted(typed) == sound, typed
    assert refused > 120


def test_a_form_names_its_wave_its_place_and_its_version() -> None:
    academy = SHIPPED["academy"]
    form = tablet_form(academy, wave(), place=EASTBANK)
    root = etree.fromstring(form.xml).find(".//{*}instance")[0]
    assert form.form_id == root.get("id") == "spring-pre--eastbank"
    assert form.version == root.get("version") == tablet_form_version(academy)
    assert re.fullmatch(r"1-[0-9a-f]{8}", form.version)
    assert form.name == "Eastbank: Citizens' academy: how you see the police (spring-pre)"
    changed = academy.model_copy(update={"licence": "other words"})
    assert tablet_form_version(changed) != form.version
    sources = read_xform(form.xml).sources
    assert sources["/data/fielded_wave", "calculation"] == "'spring-pre'"
    assert sources["/data/fielded_place", "calculation"] == "'eastbank'"


def test_the_same_instrument_gives_the_same_bytes_so_that_no_tablet_fetches_it_twice() -> None:
    first, again = (tablet_form(SHIPPED["neighborhood"], wave()) for _ in range(2))
    assert (first.xml, first.md5) == (again.xml, again.md5)


def test_the_card_is_asked_for_in_the_languages_of_the_instrument() -> None:
    text = tablet_form(SHIPPED["academy"], wave()).xml.decode()
    assert "The code on your card" in text
    assert "El código de su tarjeta" in text


def test_an_item_of_the_same_name_does_not_take_the_place_of_the_card() -> None:
    form = tablet_form(small({"name": "participant_code"}), wave())
    assert {"/data/participant_code", "/data/participant_code_"} <= set(paths(form))


def test_an_instrument_that_pyxform_refuses_is_refused_in_a_sentence() -> None:
    broken = small({"name": "age", "relevant": "${nobody} = 1"})
    with pytest.raises(DataError, match="short for spring-pre"):
        tablet_form(broken, wave())
