"""A class that looks back: its answers reach the evaluation, and no change of the scale."""

import csv

import pytest

from linked_class import answers_file, class_folder
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.publishing import publishable
from outcomes.pipeline.surveys import import_answers

PEOPLE = [(f"CARD{number:02}", None) for number in range(16)]


def filled(folder, example, *, back):
    """A class whose first five began at the top of understanding, and looked back at the end."""
    folder.mkdir()
    (folder / "study.toml").write_text(example, encoding="utf-8")
    study = class_folder(folder)
    for seed, wave in enumerate(("spring-pre", "spring-post")):
        path = answers_file(study, wave, PEOPLE, shift=seed, seed=seed)
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for number, row in enumerate(rows):
            if wave == "spring-pre" and number < 5:
                row.update({f"understanding_{k}": "1" if k == 3 else "5" for k in range(1, 6)})
            if wave == "spring-post" and back:
                row["looking_back"] = str(1 + number % 2)
        with path.open("w", newline="", encoding="utf-8") as file:
            sheet = csv.DictWriter(file, list(rows[0]))
            sheet.writeheader()
            sheet.writerows(rows)
        import_answers(study, path, wave=wave)
    return study, evaluate(study)


@pytest.fixture(scope="module")
def classes(tmp_path_factory, example_settings):
    folder = tmp_path_factory.mktemp("looking-back")
    return {
        back: filled(folder / f"back-{back}", example_settings, back=back)[1]
        for back in (True, False)
    }


def of(found, analysis, measure="understanding"):
    return [
        each for each in found.estimates if (each.analysis, each.measure) == (analysis, measure)
    ]


def test_what_people_say_looking_back_is_set_beside_what_they_answered_then(classes):
    (shift,) = of(classes[True], "response shift")
    assert (shift.place, shift.period, shift.n) == ("spring", "spring-pre to spring-post", 16)
    assert shift.high < 0
    assert "I know what an officer does on a normal shift." in shift.term


def test_no_change_of_the_scale_holds_it(classes):
    with_it, without = (
        [(each.value, each.low, each.n) for each in of(classes[back], "prepost")]
        for back in (True, False)
    )
    assert with_it == without
    assert not of(classes[False], "response shift")
    assert not any(row["analysis"] == "response_shift" for row in classes[False].untold)


def test_how_many_began_at_the_top_is_told_and_warned_of(classes):
    before, after = of(classes[True], "ceiling")
    assert (before.value, before.n, before.period) == (5 / 16, 16, "spring-pre")
    assert after.period == "spring-post"
    assert "31% had the best score there is before already" in " ".join(before.warnings)
    lead = of(classes[True], "prepost")[0]
    assert any("31% had the best score there is" in text for text in lead.warnings)
    assert not of(classes[True], "ceiling", "trust")[0].warnings


def test_none_of_it_leaves_the_agency(classes):
    left = {each.analysis for each in publishable(classes[True].estimates, smallest=10)}
    assert "prepost" in left
    assert not {name for name in left if name.startswith(("response shift", "ceiling"))}
