"""Coverage in a study, and the trend that entrants, drop-outs and gaps must not move (B14)."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from outcomes.cli.main import cli
from outcomes.errors import OutcomesError
from outcomes.pipeline import classifying, coding, tone_series
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.coverage import coverage_sentences, coverage_table, find_coverage
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.report import write_report
from outcomes.pipeline.tone_base import standing_for
from outcomes.store import read_facts
from outcomes.store.news_tables import POLLS
from outcomes.study import Study, open_study

NOW = datetime(2026, 2, 1, tzinfo=UTC)
HEAD = """\
[study]
name = "A study"
agency = "A department"
first = 2025-01-01
last = 2025-12-31
time_zone = "America/Chicago"
"""
GOOD = "Police officers were honored for rescuing a girl."
BAD = "An officer used excessive force, according to a lawsuit against the police."
ROOT = Path(__file__).resolve().parents[2]
DAYS = [date(2025, 1, 1) + timedelta(days=number) for number in range(365)]
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


def outlet(name, *, panel="true", more=""):
    return f'\n[[outlets]]\nname = "{name}"\nscope = "local"\npanel = {panel}\n{more}\n'


def study_of(folder, *outlets, news="") -> Study:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(HEAD + news + "".join(outlets), encoding="utf-8")
    shutil.copyfile(ROOT / "walk_rules.toml", folder / "walk_rules.toml")
    return open_study(folder)


def archive(study, **outlets):
    """Import an article every other day of each outlet: its text, from one month to another."""
    path = study.root / "articles.jsonl"
    lines = []
    for name, (text, first, last) in outlets.items():
        for day in DAYS[::2]:
            if first <= f"{day:%Y-%m}" <= last:
                lines.append(
                    {
                        "url": f"https://{name.lower()}.example/{day}",
                        "outlet": name,
                        "published": str(day),
                        "title": f"{name} on {day:%j}",
                        "text": text if day.day % 3 else GOOD,
                    }
                )
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    import_archive(study, path)


def code(study):
    """Code all articles as a person would."""
    articles = read_facts(study.store, "articles")
    path = study.root / "codes.csv"
    tone = articles["text"].map({GOOD: 1, BAD: -1})
    articles[["url"]].assign(coder="ann", relevant=1, tone=tone, probability=1).to_csv(
        path, index=False
    )
    coding.import_codes(study, path)


def shares(study):
    found = tone_series.tone_shares(study, coverage_table(study, now=NOW))
    return {
        analysis: [each for each in found if each.analysis == analysis]
        for analysis in ("tone", "tone, all sources")
    }


def figures(estimates):
    return {(e.period, e.measure): (e.value, e.se, e.low, e.high, e.n) for e in estimates}


@pytest.fixture(scope="module")
def stable(tmp_path_factory) -> Study:
    """Three outlets that were there all year."""
    study = study_of(tmp_path_factory.mktemp("stable"), *map(outlet, ["One", "Two", "Three"]))
    archive(study, **dict.fromkeys(("One", "Two", "Three"), (GOOD, "2025-01", "2025-12")))
    code(study)
    classifying.classify_articles(study)
    return study


@pytest.fixture(scope="module")
def moving(tmp_path_factory) -> Study:
    """The same three; a harsh outlet that joins in April, and a harsh one that drops out."""
    names = ["One", "Two", "Three", "Harsh", "Leaver"]
    study = study_of(tmp_path_factory.mktemp("moving"), *map(outlet, names))
    archive(
        study,
        **dict.fromkeys(names[:3], (GOOD, "2025-01", "2025-12")),
        Harsh=(BAD, "2025-04", "2025-12"),
        Leaver=(BAD, "2025-01", "2025-08"),
    )
    code(study)
    classifying.classify_articles(study)
    return study


@pytest.fixture(scope="module")
def stable_shares(stable):
    return shares(stable)


@pytest.fixture(scope="module")
def moving_shares(moving):
    return shares(moving)


def test_an_entrant_and_a_drop_out_do_not_move_the_trend(stable_shares, moving_shares):
    assert figures(moving_shares["tone"]) == figures(stable_shares["tone"])
    assert {period for period, _ in figures(moving_shares["tone"])} == set(MONTHS)


def test_they_do_move_all_sources_which_stand_beside_it(stable_shares, moving_shares):
    every = figures(moving_shares["tone, all sources"])
    assert figures(stable_shares["tone, all sources"]) == figures(stable_shares["tone"])
    assert every["2025-01", "tone_negative"][0] < every["2025-06", "tone_negative"][0]
    assert every["2025-12", "tone_negative"][0] < every["2025-06", "tone_negative"][0]


def test_whoever_is_left_out_is_named_beside_every_month(moving, moving_shares):
    told = (
        "Harsh is left out of the fixed panel: it is covered only from April 2025 on",
        "Leaver is left out of the fixed panel: it is not covered after August 2025",
    )
    assert all(set(told) <= set(each.warnings) for each in moving_shares["tone"])
    every = moving_shares["tone, all sources"]
    assert not any(set(told) & set(each.warnings) for each in every)
    untold = tone_series.left_out(moving, coverage_table(moving, now=NOW))
    assert {each["reason"] for each in untold if each["analysis"] == "tone"} == set(told)


def test_a_sample_of_the_panel_stands_for_the_panel():
    """Half of the articles of a month coded: the panel's codes stand for the panel's articles."""
    coded = pd.DataFrame(
        {
            "period": "2025-01",
            "outlet": ["One"] * 10 + ["Harsh"] * 10,
            "human_relevant": ([1.0] * 6 + [float("nan")] * 4) + ([1.0] * 4 + [float("nan")] * 6),
            "probability": 0.5,
        }
    )
    chosen = standing_for(coded, coded["outlet"] == "One")
    sampled = chosen[chosen["human_relevant"].notna()]
    assert (1 / sampled["probability"]).sum() == pytest.approx(10)
    whole = standing_for(coded, coded["outlet"] != "")
    assert (whole["probability"] == 0.5).all()


def poll(study, name, feed, days, *, good=lambda day: True, rolled=lambda day: False):
    """Write a log of two polls a day into the store."""
    rows = []
    for day in days:
        for hour in ("06", "18"):
            at = f"{day}T{hour}:00:00+00:00"
            fine = good(day)
            rows.append(
                {
                    "outlet": name, "feed": feed, "due": at, "at": at,
                    "outcome": "new" if fine else "failed", "reason": "" if fine else "timeout",
                    "sentence": "", "status": 200 if fine else 0, "seconds": 0.1, "bytes": 1,
                    "entries": 5 * fine, "stored": int(fine), "duplicate": 4 * fine, "edited": 0,
                    "skipped": {}, "undated": 0, "rolled_over": int(fine and rolled(day)),
                    "oldest": "", "newest": "", "clock_off": None, "import_id": None,
                }
            )  # fmt: skip
    with study.store.begin() as connection:
        connection.execute(insert(POLLS), rows)


def feed_of(name):
    return f"https://{name.lower()}.example/feed"


@pytest.fixture
def polled(tmp_path) -> Study:
    """Three outlets polled all year; in June nobody could read them from the 5th to the 18th."""
    names = ("One", "Two", "Three")
    study = study_of(
        tmp_path,
        *(outlet(name, more=f'feeds = [{{url = "{feed_of(name)}"}}]') for name in names),
        news="[news]\nevery_minutes = 720\n",
    )
    away = [day for day in DAYS if date(2025, 6, 5) <= day <= date(2025, 6, 18)]
    for name in names:
        poll(study, name, feed_of(name), DAYS, good=lambda day: day not in away)
    return study


def test_a_month_below_the_threshold_is_left_out_with_a_sentence(polled):
    archive(polled, **dict.fromkeys(("One", "Two", "Three"), (GOOD, "2025-01", "2025-12")))
    # what an archive brings would fill the gap, so these are as if the feeds had brought them
    with polled.store.begin() as connection:
        connection.exec_driver_sql("update articles set text_from = 'feed'")
    code(polled)
    findings = evaluate(polled, now=NOW)
    monthly = [each for each in findings.estimates if each.analysis == "tone"]
    assert {each.period for each in monthly} == {m for m in MONTHS if m != "2025-06"}
    sentence = (
        "June 2025 is left out: the panel's outlets were read on 53% of its days, and 80% are "
        "asked for"
    )
    assert all(sentence in each.warnings for each in monthly)
    untold = polled.read_table("untold")
    assert sentence in set(untold.loc[untold["analysis"] == "tone", "reason"])
    for public in (False, True):
        text = write_report(polled, public=public).read_text(encoding="utf-8")
        assert sentence.replace("'", "&#39;") in text
        assert "Coverage. The darker" in text
        assert "T: covered on fewer of its days than asked for." in text


def test_coverage_is_counted_from_the_polls(polled):
    table = find_coverage(polled, now=NOW)
    assert (polled.results / "coverage.csv").exists()
    june = table[table["month"] == "2025-06"]
    assert (june["coverage"].round(3) == round(16 / 30, 3)).all()
    assert june["polls_failed"].tolist() == [28, 28, 28]
    assert june["polls_planned"].tolist() == june["polls_made"].tolist() == [60, 60, 60]
    assert set(june["mark"]) == {"thin"}
    assert table["entries"].sum() == 5 * table["stored"].sum()
    lines = coverage_sentences(polled, table)
    assert "The fixed panel holds 3 outlets and 11 months." in lines


def test_a_feed_that_rolled_over_is_marked(tmp_path):
    study = study_of(tmp_path, outlet("One", more=f'feeds = [{{url = "{feed_of("One")}"}}]'))
    poll(study, "One", feed_of("One"), DAYS, rolled=lambda day: day.month == 5)
    table = coverage_table(study, now=NOW).set_index("month")
    assert (table.loc["2025-05", "coverage"], table.loc["2025-05", "mark"]) < (0.1, "u")
    assert table.loc["2025-05", "rolled_over"] == 62
    assert table.loc["2025-07", "mark"] == ""


def test_three_silent_weeks_of_an_archive_are_marked(tmp_path):
    study = study_of(tmp_path, outlet("One"), outlet("Two"))
    archive(study, One=(GOOD, "2025-01", "2025-12"), Two=(GOOD, "2025-01", "2025-12"))
    with study.store.begin() as connection:
        connection.exec_driver_sql(
            "delete from article_names where article in (select key from articles where outlet = "
            "'One' and published between '2025-06-05' and '2025-06-25')"
        )
        connection.exec_driver_sql(
            "delete from articles where outlet = 'One' and published between '2025-06-05' and "
            "'2025-06-25'"
        )
    table = coverage_table(study, now=NOW).set_index(["outlet", "month"])
    assert table.loc[("One", "2025-06"), ["days_silent", "mark"]].tolist() == [21, "thin"]
    assert table.loc[("Two", "2025-06"), "mark"] == "archive only"


def test_a_feed_of_an_outlet_that_study_toml_forgot_is_still_there(tmp_path):
    study = study_of(tmp_path, outlet("One"))
    poll(study, "Old", feed_of("Old"), DAYS[:59])
    table = coverage_table(study, now=NOW)
    old = table[table["outlet"] == "Old"].set_index("month")
    assert old["panel"].eq(0).all()
    assert old.loc["2025-02", "coverage"] == pytest.approx(1)
    assert old.loc["2025-03", "mark"] == "not collected"


def test_months_are_cut_in_the_zone_of_the_outlet(tmp_path):
    berlin = 'time_zone = "Europe/Berlin"'
    study = study_of(tmp_path, outlet("One"), outlet("Two", more=berlin))
    path = tmp_path / "articles.jsonl"
    rows = [
        {"url": f"https://x.example/{name}", "outlet": name, "title": name, "text": GOOD,
         "published": "2025-03-31T22:30:00+00:00"}
        for name in ("One", "Two")
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    import_archive(study, path)
    classifying.classify_articles(study)
    found = study.read_table("articles").set_index("outlet")["month"]
    assert found.to_dict() == {"One": "2025-03", "Two": "2025-04"}
    table = coverage_table(study, now=NOW)
    assert table.loc[table["articles"] == 1, ["outlet", "month"]].to_numpy().tolist() == [
        ["One", "2025-03"], ["Two", "2025-04"],
    ]  # fmt: skip


def test_a_clock_that_was_set_back_hides_no_month_that_holds_articles(stable):
    behind = coverage_table(stable, now=datetime(2020, 1, 1, tzinfo=UTC))
    pd.testing.assert_frame_equal(behind, coverage_table(stable, now=NOW))


def test_months_not_begun_are_not_there_and_the_running_one_says_so(polled):
    table = coverage_table(polled, now=datetime(2025, 4, 11, 12, tzinfo=UTC))
    assert sorted(table["month"].unique()) == MONTHS[:4]
    april = table[table["month"] == "2025-04"]
    assert set(april["mark"]) == {"in progress"}
    assert april["days"].tolist() == [10, 10, 10]


def test_stories_are_counted_beside_articles(tmp_path):
    """One text in two outlets is read twice and written once."""
    study = study_of(tmp_path, outlet("One"), outlet("Two"))
    words = " ".join(f"word{number} police" for number in range(60))
    rows = [
        {"url": f"https://{name}.example/1", "outlet": name, "published": "2025-03-03",
         "title": "A title", "text": words}
        for name in ("One", "Two")
    ]  # fmt: skip
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    import_archive(study, path)
    findings = evaluate(study, now=NOW)
    counts = findings.measures.set_index("measure")["value"]
    assert counts["articles_collected"] == counts["articles_relevant"] == 2
    assert counts["stories_collected"] == counts["stories_relevant"] == 1
    assert "2 articles tell 1 stories." in findings.stories


def test_the_example_keeps_every_month_and_outlet(example):
    found = [e for e in example.read_estimates() if e.analysis in {"tone", "tone, all sources"}]
    panel = [e for e in found if e.analysis == "tone"]
    every = [e for e in found if e.analysis != "tone"]
    assert figures(panel) == figures(every)
    assert not any("left out" in warning for e in found for warning in e.warnings)
    table = example.read_table("coverage")
    assert set(table["mark"]) == {"archive only"}
    assert len(table) == 72


def run(study, *words):
    return CliRunner().invoke(cli, ["media", "coverage", "--study", str(study.root), *words])


def test_the_command_says_what_was_left_out(moving, tmp_path):
    done = run(moving)
    assert done.exit_code == 0
    assert "Harsh is left out of the fixed panel: it is covered only from April 2025 on." in (
        done.output
    )
    out = tmp_path / "june.csv"
    assert run(moving, "--month", "2025-06", "--out", str(out)).exit_code == 0
    assert len(pd.read_csv(out)) == 5
    shown = run(moving, "--month", "2025-02").output
    assert "not collected" in shown


def test_a_month_outside_is_answered_in_a_sentence(moving):
    done = run(moving, "--month", "2031-01")
    assert isinstance(done.exception, OutcomesError)
    assert "Known months: 2025-01 to 2025-12" in str(done.exception)


def test_a_study_without_outlets_has_nothing_to_count(tmp_path):
    study = study_of(tmp_path)
    table = coverage_table(study, now=NOW)
    assert table.empty
    assert tone_series.left_out(study, table) == []
    assert "Nothing to count yet" in run(study).output
