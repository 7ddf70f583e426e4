from datetime import date
from pathlib import Path

import pytest

from outcomes.errors import DataError, FileError
from outcomes.pipeline.plan_freezing import NAME, content, freeze, read_frozen
from outcomes.study import Study, open_study

MAY, JUNE = date(2025, 5, 2), date(2025, 6, 2)


def changed(study: Study, old: str, new: str) -> Study:
    path = study.root / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return open_study(study.root)


@pytest.fixture
def study(study_folder: Path) -> Study:
    return open_study(study_folder)


def test_the_frozen_plan_holds_all_that_was_planned_and_is_read_back(study: Study) -> None:
    frozen = freeze(study, today=MAY)
    assert read_frozen(study) == [frozen]
    assert frozen.plan == content(study)
    assert frozen.plan["primary_outcome"] == "tips_received"
    assert frozen.plan["places"] == ["eastbank: focus from 2025-07-01", "northgate: comparison"]
    assert (frozen.number, frozen.frozen_on, frozen.reason) == (1, MAY, "")


def test_the_same_plan_on_the_same_day_has_the_same_fingerprint_and_no_other(study: Study) -> None:
    mark = freeze(study, today=MAY).fingerprint
    (study.root / NAME).unlink()
    assert freeze(study, today=MAY).fingerprint == mark
    (study.root / NAME).unlink()
    assert freeze(study, today=JUNE).fingerprint != mark
    (study.root / NAME).unlink()
    assert freeze(changed(study, "complaints", "crime_reports"), today=MAY).fingerprint != mark


def test_a_frozen_plan_stays_unless_a_reason_is_given_and_every_version_is_kept(
    study: Study,
) -> None:
    first = freeze(study, today=MAY)
    other = changed(study, "complaints", "crime_reports")
    with pytest.raises(DataError, match=r"frozen on 2025-05-02 and stays.*--amend"):
        freeze(other, today=JUNE)
    second = freeze(other, amend="  the complaints\nsystem was replaced ", today=JUNE)
    assert second.reason == "the complaints system was replaced"
    assert read_frozen(other) == [first, second]


@pytest.mark.parametrize(
    "question",
    ['Do "tips" \\ rise?', "¿Suben los avisos?", "Do tips rise?\tOr fall \x7f?", "# not = [toml]"],
)
def test_any_words_come_back_as_they_were(study: Study, question: str) -> None:
    import json

    old = '"Do people pass on more tips once officers walk there?"'
    new = json.dumps(question).replace("\x7f", "\\u007f")
    frozen = freeze(changed(study, old, new), today=MAY)
    assert read_frozen(study)[0].plan["question"] == question
    assert read_frozen(study) == [frozen]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tips_received", "complaints"),
        ("frozen_on = 2025-05-02", "frozen_on = 2025-01-02"),
        ('reason = ""', 'reason = "why not"'),
        ("level = 0.95", "level = 0.9"),
        ("number = 1", "number = 2"),
        ("number = 1", ""),
    ],
)
def test_a_frozen_plan_that_was_changed_by_hand_is_refused(
    study: Study, old: str, new: str
) -> None:
    freeze(study, today=MAY)
    path = study.root / NAME
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(FileError, match="version 1: it is not what its fingerprint says"):
        read_frozen(study)
    with pytest.raises(FileError, match="version 1"):
        freeze(study, amend="more", today=JUNE)


def test_a_fingerprint_vouches_for_every_version_before_it(study: Study) -> None:
    marks = []
    for first_day in (date(2025, 4, 2), MAY):
        freeze(study, today=first_day)
        other = changed(study, "complaints", "crime_reports")
        marks.append(freeze(other, amend="one", today=JUNE).fingerprint)
        (study.root / NAME).unlink()
        study = changed(other, "crime_reports", "complaints")
    assert marks[0] != marks[1]


def test_a_version_cannot_be_taken_out_of_the_middle(study: Study) -> None:
    freeze(study, today=MAY)
    freeze(changed(study, "complaints", "crime_reports"), amend="one", today=JUNE)
    path = study.root / NAME
    text = path.read_text(encoding="utf-8")
    last = text.index("[[versions]]", text.index("[[versions]]") + 1)
    path.write_text(text[last:].replace("number = 2", "number = 1"), encoding="utf-8")
    with pytest.raises(FileError, match="fingerprint"):
        read_frozen(study)


@pytest.mark.parametrize("text", ["versions = 3", "[versions", "", "versions = [1]"])
def test_a_file_that_is_no_frozen_plan_is_said_to_be_none(study: Study, text: str) -> None:
    (study.root / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match="not a frozen plan any more"):
        read_frozen(study)


def test_what_cannot_be_frozen_is_refused_and_nothing_is_written(study: Study) -> None:
    with pytest.raises(DataError, match="nothing to amend"):
        freeze(study, amend="why", today=MAY)
    assert not (study.root / NAME).exists()
    freeze(study, today=JUNE)
    with pytest.raises(DataError, match="as it was frozen"):
        freeze(study, amend="why", today=JUNE)
    with pytest.raises(DataError, match="clock"):
        freeze(changed(study, "complaints", "crime_reports"), amend="why", today=MAY)
    bare = study.root / "study.toml"
    text = bare.read_text(encoding="utf-8")
    start, end = text.index("[plan]"), text.index("[[places]]")
    bare.write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(DataError, match=r"no \[plan\]"):
        freeze(open_study(study.root), today=JUNE)
