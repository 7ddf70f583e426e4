"""Surveys on files that nobody on this project wrote."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.pipeline.scale_reports import score_file
from outcomes.stats.survey_mean import survey_mean
from outcomes.stats.survey_proportion import survey_proportion

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFDATA.exists(), reason="the folder shared/refdata is not there"),
]

BFI_REVERSED = ("A1", "C4", "C5", "E1", "E2", "O2", "O5")
HEAD = """\
id: {id}
version: 1
title::en: A questionnaire of others
languages: [en]
population: other
source: {{construct: as published, items: the published items are not repeated here}}
licence: only names of items and codes of answers
notice::en: Answers given elsewhere.
"""


def run(*words: object) -> str:
    found = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if found.exception:
        raise found.exception
    return found.output


def write_instrument(
    path: Path, *, codes: range, scales: dict[str, list[str]], turned: tuple
) -> Path:
    lines = [HEAD.format(id=path.stem) + "choices:\n  answers:"]
    lines += [f"    - {{name: {code}, label::en: '{code}'}}" for code in codes]
    lines += ["    - {name: -1, label::en: refused}", "missing: [-1]", "items:"]
    lines += [
        f"  - {{name: {item}, type: select_one answers, label::en: {item}}}"
        for items in scales.values()
        for item in items
    ]
    lines.append("scales:")
    for name, items in scales.items():
        back = ", ".join(item for item in items if item in turned)
        names = ", ".join(items)
        lines.append(f"  {name}: {{label: {name}, items: [{names}], reversed: [{back}]}}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def alpha(items: pd.DataFrame) -> float:
    """Standard formula on pairwise covariances, as ``psych::alpha`` of R uses them."""
    covariances = items.cov()
    k = len(covariances)
    return k / (k - 1) * (1 - np.trace(covariances) / covariances.to_numpy().sum())


def test_the_bfi_scales_score_as_plain_pandas_does_and_items_point_one_way(tmp_path) -> None:
    raw = pd.read_csv(REFDATA / "stats" / "psych_bfi.csv")
    raw.insert(0, "respondent", [f"P{at}" for at in range(len(raw))])
    raw.to_csv(tmp_path / "bfi.csv", index=False)
    scales = {letter: [f"{letter}{at}" for at in range(1, 6)] for letter in "ACENO"}
    instrument = write_instrument(
        tmp_path / "bfi.yaml", codes=range(1, 7), scales=scales, turned=BFI_REVERSED
    )
    found = score_file(tmp_path / "bfi.csv", instrument).table
    turned = raw.copy()
    for item in BFI_REVERSED:
        turned[item] = 7 - turned[item]
    for letter, items in scales.items():
        part = turned[items]
        expected = part.mean(axis=1).where(part.notna().sum(axis=1) >= 3)
        np.testing.assert_allclose(found[letter], expected)
        for item in items:  # corrected item-rest correlation
            assert part[item].corr(part.drop(columns=item).mean(axis=1)) > 0
    # alpha of A, C, E as ?psych::scoreItems of R prints them: .70 .73 .76 (pairwise)
    alphas = [round(alpha(turned[scales[letter]]), 2) for letter in "ACE"]
    assert alphas == [0.70, 0.73, 0.76]


def test_trust_in_the_police_is_scored_and_weighted_from_a_real_poll(tmp_path) -> None:
    # FiveThirtyEight and Ipsos 2020, non-voters poll; the shares stand in refdata/domain/README.md
    poll = REFDATA / "domain" / "fivethirtyeight_nonvoters_trust.csv"
    instrument = write_instrument(
        tmp_path / "poll.yaml", codes=range(1, 5), scales={"trust": ["Q8_8"]}, turned=("Q8_8",)
    )
    scores, out = tmp_path / "scores.csv", tmp_path / "shares.csv"
    said = run(
        *("survey", "score", poll, "--instrument", instrument, "--rename", "RespId=respondent"),
        *("--keep", "weight", "--keep", "race", "--out", scores),
    )
    assert "trust: 5807 scored (0 of them prorated, some items unanswered), 29 unscored" in said
    share = ("survey", "estimate", scores, "--statistic", "proportion", "--of", "trust")
    many = (*share, "--equals", "3,4", "--weights", "weight", "--out", out)
    run(*many)
    row = pd.read_csv(out).iloc[0]
    assert 100 * row["value"] == pytest.approx(77.292, abs=5e-4)
    assert row["n"] == 5807
    assert row["low"] < row["value"] < row["high"]
    assert row["deff"] == pytest.approx(1.1213, abs=0.05)  # Kish's, of those who answered
    run(*many, "--by", "race")
    by_race = pd.read_csv(out).set_index("term")["value"] * 100
    assert by_race.to_dict() == pytest.approx(
        {
            "race=Black": 46.464,
            "race=Hispanic": 69.369,
            "race=Other/Mixed": 72.967,
            "race=White": 84.631,
        },
        abs=5e-4,
    )
    run(*share, "--equals", "3,4", "--out", out)
    assert 100 * pd.read_csv(out).loc[0, "value"] == pytest.approx(76.735, abs=5e-4)


def test_a_simple_random_sample_agrees_with_the_survey_package_of_r() -> None:
    # R 4.2.2, survey 4.1-1, svydesign(id = ~1, fpc = ~fpc, data = apisrs)
    schools = pd.read_csv(REFDATA / "stats" / "survey_apisrs.csv")
    how = {"population": 6194}
    mean = survey_mean(schools["api00"], term="api00", unit="points", **how)
    assert (mean.value, mean.se) == pytest.approx((656.585, 9.24972203928), rel=1e-10)
    assert (mean.low, mean.high) == pytest.approx((638.344950092, 674.825049908), rel=1e-10)
    wide = schools["sch.wide"] == "Yes"
    group = survey_mean(schools["api00"], domain=wide, term="api00", unit="points", **how)
    assert (group.value, group.se) == pytest.approx((675.331288344, 9.85307652733), rel=1e-10)
    for kind, value, se in (
        ("E", 666.14084507, 11.1935233972),
        ("H", 605.36, 21.9266446973),
        ("M", 654.272727273, 21.8261159913),
    ):
        inside = schools["stype"] == kind
        part = survey_mean(schools["api00"], domain=inside, term=kind, unit="points", **how)
        assert (part.value, part.se) == pytest.approx((value, se), rel=1e-10)
    share = survey_proportion(wide, term="met its target", **how)
    # svyciprop(~I(sch.wide == "Yes"), method = "logit")
    assert share.value == pytest.approx(0.815)
    assert (share.low, share.high) == pytest.approx((0.755596894578, 0.86259061044), rel=1e-6)


def test_the_kish_design_effect_agrees_with_raked_weights_of_r() -> None:
    # n * sum(w^2) / sum(w)^2 of rake(apiclus1), R survey 4.1-1: 1.0516566956
    weights = pd.read_csv(REFDATA / "stats" / "ref_apiclus1_calibrated_weights.csv")["w_rake"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = survey_mean(np.arange(len(weights)), weights, term="x", unit="points")
    assert "Kish design effect 1.05" in found.method
