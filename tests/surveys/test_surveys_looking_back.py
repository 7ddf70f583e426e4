"""Items that ask afterwards how people were before: declared, and never mistaken for a pretest."""

from pathlib import Path

import pytest
import yaml

from outcomes.errors import FileError
from outcomes.surveys.exchange.yaml_text import to_yaml
from outcomes.surveys.instrument import content_hash
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.looking_back import looking_back

ACADEMY = Path(__file__).resolve().parents[2] / "surveys" / "academy.yaml"


def changed(tmp_path, *, scales=None, **keys):
    """The shipped survey with other keys of the item that looks back."""
    content = yaml.safe_load(ACADEMY.read_text(encoding="utf-8"))
    item = next(item for item in content["items"] if item["name"] == "looking_back")
    item.update(keys)
    for key in [key for key, value in keys.items() if value is None]:
        del item[key]
    content["scales"].update(scales or {})
    path = tmp_path / "academy.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_the_shipped_survey_says_what_its_item_looks_back_on():
    (found,) = looking_back(read_instrument(ACADEMY))
    assert (found.item, found.on) == ("looking_back", "understanding_1")
    assert (found.scale, found.measure, found.turned) == ("understanding", "understanding", False)
    assert found.question == "I know what an officer does on a normal shift."


def test_declaring_it_leaves_answers_that_were_given_before_as_they_are(tmp_path):
    """No word and no score changes, so waves that are stored are still read by the same text."""
    without = read_instrument(changed(tmp_path, looks_back_on=None))
    assert content_hash(without) == content_hash(read_instrument(ACADEMY))
    assert looking_back(without) == []


def test_it_is_kept_where_the_survey_is_written_anew(tmp_path):
    path = tmp_path / "academy.yaml"
    path.write_text(to_yaml(read_instrument(ACADEMY)), encoding="utf-8")
    assert looking_back(read_instrument(path)) == looking_back(read_instrument(ACADEMY))


def test_a_reversed_question_is_turned_for_both(tmp_path):
    (found,) = looking_back(read_instrument(changed(tmp_path, looks_back_on="understanding_3")))
    assert found.turned


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"looks_back_on": "understandin_1"}, "there is no item called 'understandin_1'"),
        ({"waves": ["pre", "post"]}, "it is asked before the class too"),
        ({"waves": None}, "it is asked before the class too"),
        ({"looks_back_on": "class_1"}, "class_1 is not asked both before and after the class"),
        ({"looks_back_on": "class_1"}, "class_1 is in no scale that names a measure"),
        ({"type": "text"}, "its answers are text, those of understanding_1 are select_one agree"),
        (
            {"scales": {"more": {"label": "More", "items": ["looking_back"]}}},
            "a scale counts it, so that an answer which looks back would pass for one of its time",
        ),
    ],
)
def test_what_could_be_taken_for_a_pretest_or_compared_with_nothing_is_refused(
    tmp_path, keys, told
):
    from outcomes.surveys.faults import faults
    from outcomes.surveys.instrument import Instrument

    path = changed(tmp_path, **keys)
    with pytest.raises(FileError):
        read_instrument(path)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = faults(Instrument.model_validate(content))
    assert any(told in fault.problem for fault in found), [fault.problem for fault in found]
    assert all(fault.mend for fault in found)
