"""The power of a study's own plan, by each design that a plan can name."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from linked_class import ROOT, answers_file, class_folder, fill_class
from outcomes.errors import DataError
from outcomes.pipeline.engagement import import_walks
from outcomes.pipeline.plan_power import power_of_plan
from outcomes.pipeline.plan_power_words import draw, power_sentences
from outcomes.pipeline.records import import_counts
from outcomes.pipeline.surveys import import_answers
from outcomes.sheets import Reading
from outcomes.study import Study, open_study

RUNS = 150
PLACES = [f"place-{number}" for number in range(8)]
SETTINGS = """\
[study]
name = "Walks"
agency = "Police"
first = 2024-01-01
last = 2025-12-31

[plan]
question = "Do people pass on more tips once officers walk there?"
output = "walk_minutes"
primary_outcome = "tips_received"
smallest_effect = 6
"""


def study_of(root: Path, design: str, *, starts: dict[str, str], places: int = 8) -> Study:
    """Counts of tips of each place in 2024 and 2025."""
    root.mkdir()
    blocks = [
        f'\n[[places]]\ncode = "{code}"\nname = "{code}"\nrole = '
        + (f'"focus"\nstart = {starts[code]}\n' if code in starts else '"comparison"\n')
        for code in PLACES[:places]
    ]
    plan = SETTINGS + f'design = "{design}"\n'
    (root / "study.toml").write_text(plan + "".join(blocks), encoding="utf-8")
    shutil.copyfile(ROOT / "walk_rules.toml", root / "walk_rules.toml")
    rng = np.random.default_rng(1)
    rows = [
        {
            "place": place,
            "month": f"{year}-{month:02}",
            "measure": "tips_received",
            "value": int(rng.poisson(20)),
        }
        for place in PLACES[:places]
        for year in (2024, 2025)
        for month in range(1, 13)
    ]
    pd.DataFrame(rows).to_csv(root / "counts.csv", index=False)
    opened = open_study(root)
    import_counts(opened, root / "counts.csv", reading=Reading())
    return opened


def at(day: str, *, of: int = 4) -> dict[str, str]:
    return dict.fromkeys(PLACES[:of], day)


@pytest.mark.parametrize(
    ("design", "starts", "places", "setting"),
    [
        (
            "staggered",
            at("2025-03-01") | {"place-3": "2025-06-15"},
            8,
            "4 places that start at 2 dates and 4 that never do, over 24 months",
        ),
        ("interrupted", at("2025-03-01"), 8, "one series of 14 months before and 10 after"),
        ("few-treated", at("2025-03-01", of=1), 3, "1 treated and 2 other places, 14 months"),
        ("few-treated", at("2025-03-01", of=1), 8, "1 treated and 7 other places, 14 months"),
    ],
)
def test_the_plan_is_simulated_by_its_own_design(
    tmp_path: Path, design: str, starts: dict[str, str], places: int, setting: str
) -> None:
    study = study_of(tmp_path / "study", design, starts=starts, places=places)
    found = power_of_plan(study, runs=RUNS)
    assert f"with {setting}" in found.detectable.term
    assert found.effect == 6
    assert found.detectable.measure == "tips_received"
    assert power_sentences(found)[0].startswith("Tips received: smallest change")
    draw(found, picture=study.reports / "power.svg")
    assert "Tips received: what" in found.title


def test_the_month_of_the_first_start_is_no_past(tmp_path: Path) -> None:
    """Walks begin in December: eleven months are left to learn from, one fewer than enough."""
    study = study_of(tmp_path / "study", "staggered", starts=at("2024-12-01"))
    found = power_of_plan(study, runs=RUNS)
    assert found.detectable.warnings[0].startswith("the past is only 11 periods of 8 places")


def test_doses_are_those_on_record_and_the_past_ends_where_they_begin(tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", "dose", starts=at("2025-03-01"))
    with pytest.raises(DataError, match="is on record, so nothing shows how far doses"):
        power_of_plan(study, runs=RUNS)
    rng = np.random.default_rng(2)
    walks = pd.DataFrame(
        [
            {
                "place": place,
                "type": "unit",
                "start": f"2025-{month:02}-{1 + 2 * number:02} 09:10",
                "minutes": int(rng.integers(20, 90)),
                "coordinator": "unit",
                "sergeants": 0,
                "officers": 2,
                "partners": 0,
                "reached": 5,
            }
            for number, place in enumerate(PLACES)
            for month in range(1, 13)
        ]
    )
    walks.to_csv(study.root / "walks.csv", index=False)
    import_walks(study, study.root / "walks.csv")
    found = power_of_plan(study, runs=RUNS)
    assert "with 8 places that get different doses over 24 months" in found.detectable.term
    assert f"at the mean dose of {walks['minutes'].mean():.4g}" in found.detectable.unit
    assert found.detectable.warnings == ()  # all 12 months of 2024 are the past


CLASS = """\
[study]
name = "Classes"
agency = "Police"
first = 2025-01-01
last = 2025-12-31

[plan]
question = "Do people trust the police more after a class?"
output = "academy_contacts_new"
primary_outcome = "trust"
smallest_effect = 0.3
design = "prepost"

[[waves]]
label = "spring-pre"
instrument = "academy"
group = "spring"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07
"""


def test_a_class_is_simulated_from_classes_that_answered(tmp_path: Path) -> None:
    root = tmp_path / "study"
    root.mkdir()
    (root / "study.toml").write_text(CLASS, encoding="utf-8")
    study = class_folder(root)
    with pytest.raises(DataError, match="no class of the study has answered Trust"):
        power_of_plan(study, runs=RUNS)
    fill_class(study)
    found = power_of_plan(study, runs=RUNS)
    assert "with 25 people before and after" in found.detectable.term
    more = power_of_plan(study, runs=RUNS, people=80)
    assert "with 80 people before and after" in more.detectable.term
    assert more.detectable.value < found.detectable.value
    path = root / "study.toml"
    later = CLASS[CLASS.index("[[waves]]") :].replace("spring", "fall") + "planned = 40\n"
    post = later.replace('"pre"', '"post"').replace("fall-pre", "fall-post")
    path.write_text(path.read_text(encoding="utf-8") + "\n" + later + "\n" + post, encoding="utf-8")
    hoped = power_of_plan(open_study(root), runs=RUNS)
    assert "with 40 people before and after" in hoped.detectable.term


def test_residents_are_simulated_from_waves_before_the_start(tmp_path: Path) -> None:
    root = tmp_path / "study"
    root.mkdir()
    places = "".join(
        f'\n[[places]]\ncode = "{code}"\nname = "{code}"\nrole = '
        + ('"focus"\nstart = 2025-07-01\n' if number < 4 else '"comparison"\n')
        for number, code in enumerate(PLACES)
    )
    text = CLASS.replace('"prepost"', '"crossection"') + 'respondents = "new sample"\n' + places
    (root / "study.toml").write_text(text, encoding="utf-8")
    study = class_folder(root)
    with pytest.raises(DataError, match="no residents have answered Trust"):
        power_of_plan(study, runs=RUNS)
    rows = [(f"R{number:03}", None) for number in range(160)]
    path = answers_file(study, "spring-pre", rows)
    table = pd.read_csv(path, dtype=str)
    table["place"] = [PLACES[number % 8] for number in range(160)]
    table[[name for name in table if not name.startswith("code.")]].to_csv(path, index=False)
    import_answers(study, path, wave="spring-pre")
    found = power_of_plan(study, runs=RUNS)
    assert "4 focus and 4 comparison places, 20 answers in each place and wave" in (
        found.detectable.term
    )
    assert found.detectable.warnings
    more = power_of_plan(study, runs=RUNS, people=200)
    assert more.detectable.value < 0.5 * found.detectable.value


def test_people_are_asked_for_only_where_people_answer(tmp_path: Path) -> None:
    study = study_of(tmp_path / "study", "staggered", starts=at("2025-03-01"))
    with pytest.raises(DataError, match="people are asked for a class or residents"):
        power_of_plan(study, runs=RUNS, people=30)
