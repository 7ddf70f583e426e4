"""Residents of whom some answer both times: linked, their change surer, and said in the report."""

import shutil
from dataclasses import replace

import pandas as pd
import pytest

from outcomes.pipeline.evaluate import Findings, compare_residents
from outcomes.pipeline.link_account import sentences_of, write_links
from outcomes.pipeline.publishing import publishable
from outcomes.pipeline.report import write_report
from outcomes.pipeline.study_links import links_table, study_links
from outcomes.pipeline.surveys import import_answers, score_waves
from outcomes.study import open_study

AGAIN = 8  # of each place


@pytest.fixture
def study(example, tmp_path):
    """The example, where eight residents of each place bring the card of the wave before."""
    shutil.copytree(example.root, tmp_path / "study")
    settings = tmp_path / "study/study.toml"
    text = settings.read_text(encoding="utf-8").replace('"new sample"', '"some again"')
    settings.write_text(text, encoding="utf-8")
    study = open_study(tmp_path / "study")
    before, after = (
        pd.read_csv(study.root / f"data/raw/answers/residents-{wave}.csv", dtype=str)
        for wave in ("pre", "post")
    )
    for place in before["place"].unique():
        here, there = (table.index[table["place"] == place][:AGAIN] for table in (before, after))
        after.loc[there] = before.loc[here].to_numpy()
    path = tmp_path / "residents.csv"
    after.to_csv(path, index=False)
    import_answers(study, path, wave="residents-post", amend=True)
    return study


def found_in(study):
    links = study_links(study, group="residents")
    findings = Findings(measures=score_waves(study))
    compare_residents(study, findings, links=links_table(links))
    return findings, links


def safe(findings):
    return {
        each.place: each
        for each in findings.estimates
        if (each.analysis, each.measure) == ("place changes", "feeling_safe")
    }


def test_who_brings_the_same_card_is_linked_and_makes_the_change_surer(study):
    findings, (links,) = found_in(study)
    places = len(study.place_codes())
    assert len(links.found.table) == AGAIN * places
    assert f"{AGAIN * places} of them are linked as the same person" in sentences_of(links)[0]
    apart = Findings(measures=findings.measures)
    compare_residents(study, apart, links=links_table([]))
    linked, alone = safe(findings), safe(apart)
    assert set(linked) == {"", *study.place_codes()}
    assert linked[""].value == pytest.approx(alone[""].value)
    assert linked[""].se < alone[""].se
    assert "are known to have answered both times" in linked[""].warnings[-1]
    assert alone[""].warnings[-1].startswith("nobody is known")


def test_new_samples_give_changes_too_and_nobody_is_taken_for_the_same(example):
    assert study_links(example, group="spring-class")
    told = [each for each in example.read_estimates() if each.analysis == "place changes"]
    assert {each.place for each in told} == {"", *example.place_codes()}
    assert not any("both times" in text for each in told for text in each.warnings)
    assert all("nobody answered in both waves" in each.assumptions for each in told)


def test_the_account_does_not_call_those_who_answer_once_lost(study):
    _, links = found_in(study)
    estimates = write_links(study, links, score_waves(study))
    assert {each.analysis for each in estimates} == {"linking"}
    linked = next(each for each in estimates if each.term == "linked")
    assert not any("differ" in text or "unlinked" in text for text in linked.warnings)
    assert "who is unmatched" not in set(study.read_table("linking")["part"])


def test_the_report_says_it_and_the_public_one_does_not(study):
    findings, _ = found_in(study)
    others = [each for each in study.read_estimates() if each.analysis != "place changes"]
    study.write_estimates([*others, *findings.estimates])
    text = write_report(study).read_text(encoding="utf-8")
    assert "Change of mean answers from wave to wave" in text
    assert "All places together" in text
    assert "people are known to have answered both times" in text
    many = [replace(each, n=5000) for each in findings.estimates]
    shown = publishable(many, smallest=10)
    assert shown
    assert not any(each.analysis == "place changes" for each in shown)
