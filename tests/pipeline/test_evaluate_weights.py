"""The weights that come with residents' answers reach the means and the comparison of places."""

import shutil

import numpy as np
import pandas as pd
import pytest

from outcomes.pipeline.evaluate import Findings, compare_residents
from outcomes.pipeline.surveys import import_answers, score_waves
from outcomes.study import open_study


def test_weights_of_the_answers_reach_the_estimates(example, tmp_path) -> None:
    shutil.copytree(example.root, tmp_path / "study")
    study = open_study(tmp_path / "study")
    path = tmp_path / "residents.csv"
    answers = pd.read_csv(study.root / "data/raw/answers/residents-pre.csv", dtype=str)
    weights = np.random.default_rng(1).uniform(0.5, 2, len(answers)).round(4)
    answers.assign(weight=weights).to_csv(path, index=False)
    import_answers(study, path, wave="residents-pre", amend=True)
    findings = Findings(measures=score_waves(study))
    compare_residents(study, findings)
    found = [each for each in findings.estimates if each.analysis == "place means"]
    methods = {each.period: each.method.split()[0] for each in found}
    assert methods["residents-pre"] == "weighted"
    assert methods["residents-post"] == "unweighted"
    scores = study.read_table("scores")
    one = next(each for each in found if each.measure == "feeling_safe" and "pre" in each.period)
    here = scores[(scores["measure"] == one.measure) & (scores["place"] == one.place)]
    here = here[(here["wave"] == one.period) & here["score"].notna()]
    assert one.value == pytest.approx(np.average(here["score"], weights=here["weight"]))
