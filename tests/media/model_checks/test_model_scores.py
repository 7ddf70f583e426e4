import numpy as np
import pytest
from checked_fakes import Speaking, sentence, write_lines

from outcomes.media.model_checks.checked_rows import read_articles, read_targets
from outcomes.media.model_checks.model_answers import answer
from outcomes.media.model_checks.model_breakdown import by_group, reliability, worst
from outcomes.media.model_checks.model_scores import MEANS, score_model
from outcomes.stats.resampled_units import Resampling

QUICK = Resampling(draws=100)
MODEL = Speaking({"blamed": -1, "praised": 1, "killed": -1})


def answers_to(tmp_path, lines, *, articles=False):
    path = write_lines(tmp_path / "rows.jsonl", lines)
    return answer(MODEL, read_articles(path) if articles else read_targets(path))


def scored(answers):
    table = score_model(answers, how=QUICK)
    assert set(table["figure"]) <= set(MEANS)
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    return table.set_index(["figure", "tone"])


def test_right_and_wrong_calls_are_counted_with_an_interval(tmp_path):
    lines = [sentence(f"Police were praised by {k} people.", 1) for k in range(8)]
    lines += [sentence(f"Police said {k} people came.", 0) for k in range(10)]
    lines += [sentence(f"Police let {k} people down.", -1) for k in range(2)]
    table = scored(answers_to(tmp_path, lines))
    assert table.loc[("accuracy", ""), "value"] == pytest.approx(0.9)
    assert table.loc[("recall", "negative"), "value"] == 0
    assert table.loc[("f1", "positive"), "value"] == 1
    assert table.loc[("macro_f1", ""), "value"] == pytest.approx((0 + 20 / 22 + 1) / 3)
    assert table.loc[("ece", ""), "value"] == pytest.approx(0.1)  # 80 % sure, 90 % right
    assert table.loc[("accuracy", ""), "n"] == 20


def test_grim_events_without_blame_that_are_called_negative_are_told_apart(tmp_path):
    lines = [
        sentence("Police said a man was killed.", 0, case="grim"),
        sentence("Police found two dead.", 0, case="grim"),
        sentence("Police killed a man without cause.", -1, case="grim_blame"),
        sentence("Police were blamed.", -1, case="lawsuit"),
    ]
    table = scored(answers_to(tmp_path, lines))
    assert table.loc[("grim_called_negative", ""), ["value", "n"]].tolist() == [0.5, 2]


def test_sentences_and_events_are_wholly_right_only_where_every_call_is(tmp_path):
    lines = [
        # two targets of different tone in one text: the model gives both the same
        sentence("Police praised the mayor.", 0),
        {**sentence("Police praised the mayor.", 1), "from": 15, "to": 24},
        # one event told twice, both right; another, one wrong
        sentence("Police were praised.", 1, group="flood"),
        sentence("Police were blamed.", -1, group="flood"),
        sentence("Police were praised again.", 1, group="fire"),
        sentence("Police failed.", -1, group="fire"),
        # alike in tone: says nothing
        sentence("Police were here.", 0, group="fair"),
        sentence("Police were there.", 0, group="fair"),
    ]
    table = scored(answers_to(tmp_path, lines))
    assert table.loc[("conflicting_wholly_right", ""), ["value", "n"]].tolist() == [0, 1]
    assert table.loc[("contrast_wholly_right", ""), ["value", "n"]].tolist() == [0.5, 2]


def test_an_article_that_the_model_does_not_find_is_wrong_and_has_no_probability(tmp_path):
    lines = [{"title": "", "text": f"Police were praised {k}.", "tone": 1} for k in range(3)]
    lines.append({"title": "", "text": "Police and the weather.", "tone": 0})
    lines.append({"title": "", "text": "Only the weather.", "relevant": 0, "tone": None})
    lines.append({"title": "", "text": "Only a parade.", "relevant": 0, "tone": None})
    answers = answers_to(tmp_path, lines, articles=True)
    table = scored(answers)
    assert table.loc[("accuracy", ""), ["value", "n"]].tolist() == [0.75, 4]
    assert table.loc[("brier", ""), "n"] == 3
    assert table.loc[("relevance_recall", ""), "value"] == 0.75
    assert table.loc[("relevance_precision", ""), "value"] == 0.75
    assert worst(answers)["called"].tolist() == ["not about law enforcement"]


def test_a_row_that_stands_for_more_counts_for_more(tmp_path):
    lines = [sentence("Police were praised.", 1), sentence("Police failed.", -1)]
    answers = answers_to(tmp_path, lines)
    answers.rows.table["weight"] = [3.0, 1.0]
    assert scored(answers).loc[("accuracy", ""), "value"] == pytest.approx(0.75)


def test_small_groups_are_put_together_and_every_row_is_in_one(tmp_path):
    lines = [
        sentence(f"Police said {k}.", 0, outlet=outlet, place="")
        for k, outlet in enumerate(["Courier"] * 12 + ["Ledger"] * 3 + ["Post"] * 2)
    ]
    table = by_group(answers_to(tmp_path, lines), how=QUICK)
    outlets = table[table["by"] == "outlet"].set_index("value")
    assert outlets["n"].to_dict() == {"Courier": 12, "others (fewer than 10 each)": 5}
    assert table[table["by"] == "length"]["n"].sum() == 17
    assert "place" not in set(table["by"])  # nowhere said


def test_the_bins_of_the_diagram_say_how_sure_and_how_often_right(tmp_path):
    lines = [sentence(f"Police were praised {k}.", 1 if k < 3 else 0) for k in range(4)]
    (row,) = reliability(answers_to(tmp_path, lines)).to_dict("records")
    assert (row["confidence"], row["right"], row["n"]) == (pytest.approx(0.8), 0.75, 4)
    assert row["low"] < 0.75 < row["high"]


def test_the_surest_mistake_stands_first_and_its_quote_is_short(tmp_path):
    long = "Once " * 40 + "Police were praised " + "indeed " * 40
    lines = [
        {"text": long, "from": 200, "to": 206, "tone": -1, "id": "long"},
        sentence("Police came.", 1, id="quiet"),
        sentence("Police were praised.", 1),
    ]
    table = worst(answers_to(tmp_path, lines))
    assert table["id"].tolist() == ["long", "quiet"]
    assert table["confidence"].is_monotonic_decreasing
    assert "[Police] were praised" in table["excerpt"][0]
    assert table["excerpt"].str.split().str.len().max() <= 22  # with two marks of omission
    assert np.isfinite(table["confidence"]).all()
