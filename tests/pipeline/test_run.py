"""The whole main job, from nothing to a report."""

import json
import shutil

import pandas as pd
import pytest

from outcomes.errors import DataError, OutcomesError
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.folder import new_study, simulate
from outcomes.pipeline.run import run
from outcomes.pipeline.status import remember_inputs, status
from outcomes.report.words import CANNOT_TELL, conclusion
from outcomes.simulate.scenario import Scenario
from outcomes.store import fingerprint, read_facts
from outcomes.study import open_study


@pytest.fixture
def own_example(example, tmp_path):
    shutil.copytree(example.root, tmp_path / "study")
    return open_study(tmp_path / "study")


def estimates_of(study, analysis, measure):
    return [e for e in study.read_estimates() if (e.analysis, e.measure) == (analysis, measure)]


def test_the_example_gives_every_kind_of_answer(example):
    found = {estimate.analysis for estimate in example.read_estimates()}
    assert found >= {
        "prepost", "panel", "series", "delivered", "compliance", "place means", "crossection",
        "tone", "tone by scope", "tone model",
    }  # fmt: skip
    assert (example.reports / "evaluation.html").exists()
    assert (example.reports / "evaluation-public.html").exists()


def test_the_models_are_set_against_the_codes_beside_the_shares(example):
    check = example.read_table("tone_check")
    assert set(check["model"]) == {"tone-small 5", "lexicon", "vader-article"}
    codes = read_facts(example.store, "codes")
    assert check.groupby("model")["articles"].sum().tolist() == [codes["url"].nunique()] * 3


def test_the_articles_are_classified_anew_with_every_evaluation(own_example):
    path = own_example.results / "articles.csv"
    before = path.read_bytes()
    path.write_text("url,outlet,scope,month,relevant,tone,model\n", encoding="utf-8")
    findings = evaluate(own_example)
    assert path.read_bytes() == before
    assert findings.classified.startswith("237 articles, 186 about law enforcement")


def test_the_planted_changes_lie_in_the_intervals_of_the_example(example):
    truth = json.loads((example.raw / "truth.json").read_text(encoding="utf-8"))
    for scale, planted in truth["expected change of mean scores"]["spring-class"].items():
        pooled = [
            e for e in estimates_of(example, "prepost", scale)
            if e.place == "all classes" and e.unit == "points"
        ]  # fmt: skip
        assert pooled[0].low <= planted <= pooled[0].high
    (tips,) = estimates_of(example, "panel", "tips_received")
    assert tips.low <= truth["planted"]["tips_a_month"] <= tips.high


def test_the_true_monthly_shares_lie_in_most_of_their_intervals(example):
    truth = json.loads((example.raw / "truth.json").read_text(encoding="utf-8"))
    shares = [e for e in example.read_estimates() if e.analysis == "tone"]
    inside = [
        e.low - 1e-4
        <= truth["true share of tones by month"][e.period].get(e.measure, 0.0)
        <= e.high + 1e-4
        for e in shares
    ]
    assert len(inside) == 36
    assert sum(inside) >= 32  # 95 % of 36 is 34.2; the chance of fewer than 32 is below 4 %


def test_two_against_two_places_is_told_as_cannot_tell(example):
    (tips,) = estimates_of(example, "panel", "tips_received")
    assert conclusion(tips) == CANNOT_TELL
    assert tips.warnings[0].startswith("no test is possible with 2 against 2 places")
    assert any("evidence-room theft" in warning for warning in tips.warnings)


def test_nothing_is_found_where_nothing_is_planted(own_example):
    study = own_example
    simulate(study, scenario=Scenario(seed=11).without_effect(), replace=True)
    run(study, say=lambda line: None)
    told = [
        e.term
        for e in study.read_estimates()
        if e.analysis in {"panel", "crossection"} and conclusion(e) != CANNOT_TELL
    ]
    assert told == []
    changes = [e for e in study.read_estimates() if e.analysis == "prepost" and e.unit != "SD"]
    told = [e for e in changes if conclusion(e) != CANNOT_TELL]
    assert len(told) <= 2, "9 changes at 5 % each"


def test_running_twice_changes_nothing(own_example):
    before = fingerprint(own_example.store)
    estimates = (own_example.results / "estimates.csv").read_bytes()
    said = []
    run(own_example, say=said.append)
    assert fingerprint(own_example.store) == before
    assert (own_example.results / "estimates.csv").read_bytes() == estimates
    assert any("0 stored, 22 already known" in line for line in said)
    assert not any("Joined to places and months" in line for line in said)  # nothing was lost


def test_the_account_of_every_import_adds_up(example):
    from outcomes.store import read_imports

    imports = read_imports(example.store)
    imports = imports[imports["step"] != "records import"]  # rows with dates may be added up
    assert (imports["read"] == imports["new"] + imports["known"] + imports["refused"]).all()


def test_a_raw_file_that_changed_is_stale_until_it_is_amended(own_example):
    path = own_example.raw / "counts.csv"
    table = pd.read_csv(path)
    table.loc[0, "value"] += 1
    table.to_csv(path, index=False)
    assert any("counts.csv (outcome counts) changed" in line for line in status(own_example).stale)
    with pytest.raises(DataError, match="Say --amend"):
        run(own_example, say=lambda line: None)
    run(own_example, say=lambda line: None, amend=True)
    assert not any("changed since" in line for line in status(own_example).stale)


def test_results_are_stale_once_the_settings_change(own_example):
    assert status(own_example).stale == []
    text = (own_example.root / "study.toml").read_text(encoding="utf-8")
    (own_example.root / "study.toml").write_text(text + "\n# a remark\n", encoding="utf-8")
    (stale,) = status(own_example).stale
    assert "results are older than: study.toml" in stale
    evaluate(own_example)
    remember_inputs(own_example)
    assert status(own_example).stale == [
        "the report is older than the results; run: outcomes report"
    ]


def test_what_the_data_cannot_answer_is_listed_with_its_reason(own_example):
    path = own_example.root / "study.toml"
    text = path.read_text(encoding="utf-8").replace("start = 2025-07-01", "start = 2025-08-01", 1)
    path.write_text(text, encoding="utf-8")
    study = open_study(own_example.root)
    findings = evaluate(study)
    reasons = {row["measure"]: row["reason"] for row in findings.untold}
    assert "start in different months" in reasons["tips_received"]
    assert not any(e.analysis == "panel" for e in findings.estimates)


def test_an_empty_study_says_what_is_due(tmp_path):
    study = new_study(tmp_path / "fresh")
    found = status(study)
    assert found.holds == []
    assert any("no [plan]" in line for line in found.due)
    run(study, say=lambda line: None)
    html = (study.reports / "evaluation.html").read_text(encoding="utf-8")
    assert "There is nothing to report yet" in html


def test_a_folder_that_holds_files_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(OutcomesError, match="not empty; nothing was written"):
        new_study(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_nothing_is_generated_into_a_real_study(tmp_path):
    study = new_study(tmp_path / "real")
    with pytest.raises(OutcomesError, match="holds real data"):
        simulate(study)


def test_generating_again_needs_a_word(own_example):
    with pytest.raises(OutcomesError, match="Say --replace"):
        simulate(own_example)


def test_generated_anew_nothing_is_left_of_the_former_results(own_example):
    assert (own_example.results / "articles.csv").exists()
    simulate(own_example, replace=True)
    assert list(own_example.results.glob("*.csv")) == []


def test_the_same_seed_generates_the_same_files(example, tmp_path):
    again = new_study(tmp_path / "again", example=True)
    for path in sorted(example.raw.rglob("*")):
        if path.is_file():
            assert path.read_bytes() == (again.raw / path.relative_to(example.raw)).read_bytes()


def test_everything_generated_says_so(example):
    for path in example.raw.rglob("*"):
        if path.is_file():
            assert "generated" in path.read_text(encoding="utf-8").lower(), path.name
    for name in ("evaluation.html", "evaluation-public.html"):
        assert "Generated data" in (example.reports / name).read_text(encoding="utf-8")


def test_no_text_of_an_article_stands_in_the_results(example):
    article = read_facts(example.store, "articles")["text"].iloc[0]
    for path in example.results.rglob("*.csv"):
        assert article[:60] not in path.read_text(encoding="utf-8")
