"""The tone of news told in other ways, and what stands beside it: warnings, diagnostics, report."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from coded_archive import coded_archive
from outcomes.media.coded import prepare_coded
from outcomes.media.fixed_panel import SeriesBase
from outcomes.pipeline import tone_versions
from outcomes.pipeline.collected_news import collected_news
from outcomes.pipeline.tone_base import ToneBase
from outcomes.pipeline.tone_series import tone_measures, tone_shares, write_diagnostics
from outcomes.report.news import TONE_LIMITS


@pytest.fixture
def base():
    """An archive of twelve months, all of its outlets in the panel."""
    archive = coded_archive(2, months=9, articles=120)
    archive["scope"] = np.where(archive["outlet"] == "Mild", "local", "national")
    coded, _ = prepare_coded(archive, period="month")
    coded = coded.assign(
        url=[f"https://one.example/{number}" for number in range(len(coded))],
        prompted=pd.array(np.where(np.arange(len(coded)) % 10 == 0, 1, 0), dtype="Int64"),
        about_us=pd.array(np.where(np.arange(len(coded)) % 4 == 0, 0, 1), dtype="Int64"),
    )
    panel = SeriesBase(
        months=tuple(sorted(coded["period"].unique())),
        outlets=("Mild", "Harsh"),
        months_left_out={},
        outlets_left_out={},
    )
    return ToneBase(coded=coded, panel=panel, everything=panel, model="made up", cautions=())


def study_with(base, tmp_path, *, stories=None, place=""):
    """A study of which only its outlets and its stories are asked."""
    if stories is not None:
        (tmp_path / "stories.csv").touch()
    outlets = (SimpleNamespace(name="Mild", place=place), SimpleNamespace(name="Harsh", place=""))
    return SimpleNamespace(
        results=tmp_path,
        read_table=lambda name: stories,
        settings=SimpleNamespace(outlets=outlets),
    )


def by_analysis(found):
    told = {}
    for each in found:
        told.setdefault(each.analysis, []).append(each)
    return told


def test_each_version_has_its_name(base, tmp_path):
    stories = pd.DataFrame({"id": base.coded["url"], "story": base.coded["url"]})
    stories.loc[1::3, "story"] = stories["story"].shift(1)
    study = study_with(base, tmp_path, stories=stories, place="center")
    found = by_analysis(tone_versions.tone_versions(study, base))
    assert {name: len(each) for name, each in found.items()} == {
        "tone, rolling": 7 * 4,
        "tone, stories": 9 * 4,
        "tone without prompted": 9 * 4,
        "tone by place": 3,
        "tone by agency": 6,
        "tone by agency and month": 9 * 4,
        "tone by scope and month": 9 * 4 * 2,
    }
    assert {each.place for each in found["tone by place"]} == {"center"}
    assert {each.place for each in found["tone by agency"]} == {"about us", "about other agencies"}
    assert {each.place for each in found["tone by scope and month"]} == {"local", "national"}


def test_a_story_counts_once_where_it_was_first(base, tmp_path):
    """Every negative article of one month is copied from the first of them."""
    coded = base.coded
    copies = coded.index[(coded["period"] == "2025-01") & (coded["tone"] == -1)]
    stories = pd.DataFrame({"id": coded["url"], "story": coded["url"]})
    at = coded.index.get_indexer(copies)
    stories.loc[at, "story"] = stories["story"].iloc[at[0]]
    study = study_with(base, tmp_path, stories=stories)
    (counted,) = [
        each
        for each in tone_versions.tone_versions(study, base)
        if (each.analysis, each.period, each.measure)
        == ("tone, stories", "2025-01", "tone_negative")
    ]
    first = coded.loc[coded["period"] == "2025-01", "human_relevant"].notna().sum()
    lost = coded.loc[copies[1:], "human_relevant"].notna().sum()
    assert counted.n == first - lost
    assert counted.value < 0.12
    none = study_with(base, tmp_path / "elsewhere")
    assert "tone, stories" not in by_analysis(tone_versions.tone_versions(none, base))


def test_a_version_without_a_difference_is_left_out(base, tmp_path):
    plain = ToneBase(
        coded=base.coded.assign(prompted=0, about_us=1, scope=""),
        panel=base.panel,
        everything=base.everything,
        model="",
        cautions=(),
    )
    stories = pd.DataFrame({"id": base.coded["url"], "story": base.coded["url"]})
    study = study_with(base, tmp_path, stories=stories)
    assert set(by_analysis(tone_versions.tone_versions(study, plain))) == {"tone, rolling"}


def test_prompted_articles_are_left_out_where_they_are_known(base, tmp_path):
    praise = base.coded["prompted"] == 1
    coded = base.coded.assign(
        human_tone=base.coded["human_tone"].mask(praise & base.coded["human_tone"].notna(), 1.0)
    )
    changed = ToneBase(
        coded=coded, panel=base.panel, everything=base.everything, model="", cautions=()
    )
    found = by_analysis(tone_versions.tone_versions(study_with(base, tmp_path), changed))
    assert all(
        each.term.endswith("without articles that the agency prompted")
        for each in found["tone without prompted"]
    )
    with_them = int((coded["human_relevant"] == 1).sum())
    without = sum(e.n for e in found["tone without prompted"] if e.measure == "tone_neutral")
    assert without == with_them - int((praise & (coded["human_relevant"] == 1)).sum())


def test_the_agreement_of_coders_stands_beside_every_share(example):
    told = [each for each in example.read_estimates() if "tone" in each.analysis]
    assert {each.analysis for each in told} >= {"tone", "net tone", "tone, rolling", "tone model"}
    assert all("How far coders agree is not known" in each.warnings[0] for each in told)


def test_the_net_tone_is_a_measure_with_its_error(example):
    measures = tone_measures(example, tone_shares(example))
    wide = measures.pivot(index="period", columns="measure", values="value")
    assert (wide["tone_positive"] - wide["tone_negative"]).tolist() == pytest.approx(
        wide["net_tone"].tolist()
    )
    assert wide[["tone_negative", "tone_neutral", "tone_positive"]].sum(axis=1).to_numpy() == (
        pytest.approx(np.ones(12))
    )
    errors = measures[measures["measure"].str.contains("tone")]["se"]
    assert errors.notna().all()
    assert (errors > 0).any()


def test_the_count_of_the_model_stands_in_the_diagnostics_and_in_no_estimate(example):
    table = example.read_table("tone_diagnostics")
    assert len(table) == 36
    assert table.groupby("month")["model_share"].sum().to_numpy() == pytest.approx(np.ones(12))
    assert (table["model_share"] - table["value"]).tolist() == pytest.approx(
        table["difference"].tolist()
    )
    assert table["difference"].abs().max() > 0.05, "a model that has to be corrected"
    shares = [each for each in example.read_estimates() if each.analysis == "tone, all sources"]
    assert [each.value for each in shares] == pytest.approx(table["value"].tolist())


def test_the_diagnostics_say_where_there_is_no_corrected_share(example, tmp_path):
    written = {}
    study = SimpleNamespace(
        read_table=example.read_table, months=example.months, write_table=written.__setitem__
    )
    table = write_diagnostics(study, [])
    assert table["value"].isna().all()
    assert set(table["method"]) == {""}
    assert written["tone_diagnostics"] is table


def test_the_report_says_how_the_shares_were_made_and_what_they_are_not(example):
    for name, coders in (("evaluation", True), ("evaluation-public", False)):
        page = (example.reports / f"{name}.html").read_text(encoding="utf-8")
        assert "Method, 9 months: partial pooling" in page
        assert "Method, 3 months: all articles of the period coded" in page
        assert "not what the public thinks" in page
        assert "Positive minus negative" in page
        assert "three months at a time" in page
        assert ("Agreement of coders" in page) == coders
    assert any("stance of the outlet" in line for line in TONE_LIMITS)
    assert collected_news(example, public=True).confusion == {}
