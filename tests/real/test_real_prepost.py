"""Pre/post statistics on real answers, against numbers of R and of published papers."""

import csv
import json
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from outcomes.stats.cumulative_link import cumulative_link
from outcomes.stats.equivalence import equivalence
from outcomes.stats.marginal_homogeneity import marginal_homogeneity
from outcomes.stats.paired import mean_change

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata" / "stats"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REFDATA.is_dir(), reason="the reference data are not beside the project"
    ),
]


def rows(name: str) -> list[dict[str, str]]:
    with (REFDATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference(name: str) -> Any:
    return json.loads((REFDATA / name).read_text(encoding="utf-8"))


def wine() -> tuple[list[float], np.ndarray, list[str]]:
    """Randall's (1989) bitterness of wine: 9 judges, 72 ratings from 1 to 5."""
    table = rows("ordinal_wine.csv")
    columns = [[row["temp"] == "warm", row["contact"] == "yes"] for row in table]
    return (
        [float(row["rating"]) for row in table],
        np.array(columns, dtype=float),
        [row["judge"] for row in table],
    )


@pytest.mark.parametrize(("nodes", "key"), [(10, "clmm_wine_agq10"), (20, "clmm_wine_agq20")])
def test_the_bitterness_of_wine_gives_the_mixed_model_of_r(nodes: int, key: str) -> None:
    # ordinal 2022.11-16: clmm(rating ~ temp + contact + (1 | judge), nAGQ = 10 and 20). Ours lies
    # 2e-10 higher in likelihood, so the 1e-5 between the two are where R stopped
    answers, columns, judges = wine()
    found = cumulative_link(answers, columns, people=judges, nodes=nodes)
    known = reference("ref_mixed_missing.json")[key]
    assert np.r_[found.cuts, found.slopes] == pytest.approx(list(known["coef"].values()), abs=1e-5)
    assert found.se[:-1] == pytest.approx(list(known["se"].values()), abs=1e-5)
    assert found.log_likelihood == pytest.approx(known["logLik"], abs=1e-8)
    assert found.log_likelihood >= known["logLik"] - 1e-10
    if "judge_sd" in known:
        assert found.spread == pytest.approx(known["judge_sd"], abs=1e-5)


def test_the_bitterness_of_wine_without_judges_gives_the_model_of_r() -> None:
    answers, columns, _ = wine()
    found = cumulative_link(answers, columns)
    known = reference("ref_mixed_missing.json")["clm_wine"]
    assert np.r_[found.cuts, found.slopes] == pytest.approx(list(known["coef"].values()), abs=1e-9)
    assert found.se == pytest.approx(list(known["se"].values()), abs=1e-7)
    assert found.log_likelihood == pytest.approx(known["logLik"], abs=1e-9)


def test_satisfaction_with_housing_gives_the_table_of_venables_and_ripley() -> None:
    # MASS, section 7.3: polr, deviance 3479.149; .566 1.289 -.572 -.366 -1.091 .360
    steps = {"Low": 0.0, "Medium": 1.0, "High": 2.0}
    answers: list[float] = []
    columns: list[list[bool]] = []
    for row in rows("MASS_housing.csv"):
        column = [
            *(row["Infl"] == name for name in ("Medium", "High")),
            *(row["Type"] == name for name in ("Apartment", "Atrium", "Terrace")),
            row["Cont"] == "High",
        ]
        answers += [steps[row["Sat"]]] * int(row["Freq"])
        columns += [column] * int(row["Freq"])
    found = cumulative_link(answers, np.array(columns, dtype=float))
    known = reference("ref_mixed_missing.json")["polr_housing"]
    assert -2 * found.log_likelihood == pytest.approx(3479.149, abs=5e-4)
    assert np.r_[found.slopes, found.cuts] == pytest.approx(list(known["coef"].values()), abs=2e-5)
    se = np.r_[found.se[2:], found.se[:2]]
    assert se == pytest.approx(list(known["se"].values()), abs=2e-5)


def test_the_eyes_of_stuarts_women_give_the_published_tests() -> None:
    table = np.array(
        [[float(row[f"V{number}"]) for number in (1, 2, 3, 4)] for row in
         rows("stuart1953_vision_table.csv")]
    )  # fmt: skip
    known = reference("ref_change.json")["stuart_vision"]
    found = marginal_homogeneity(table)
    assert found.stuart_maxwell == pytest.approx(known["stuart_maxwell"], rel=1e-10)
    assert found.bhapkar == pytest.approx(known["bhapkar"], rel=1e-10)
    assert found.p_stuart_maxwell == pytest.approx(known["coin_mh"]["p"], rel=1e-9)


def test_the_drugs_of_sas_and_the_anorexia_controls_give_the_equivalence_tests_of_r() -> None:
    drugs = rows("sas_auc_tost.csv")
    logs = [[log(float(row[name])) for row in drugs] for name in ("RefAUC", "TestAUC")]
    known = reference("ref_change.json")
    ratio = equivalence(
        mean_change(*logs, term="log AUC", unit="log"), smallest=(log(0.8), log(1.25))
    )
    sas = known["sas_auc_lognormal_tost_080_125"]
    assert (ratio.p_low, ratio.p_high) == pytest.approx((sas["p_lo"], sas["p_hi"]), rel=1e-9)
    assert [ratio.low, ratio.high] == pytest.approx(sas["ci90"], rel=1e-9)
    control = [row for row in rows("MASS_anorexia.csv") if row["Treat"] == "Cont"]
    weights = [[float(row[name]) for row in control] for name in ("Prewt", "Postwt")]
    pounds = mean_change(*weights, term="weight", unit="pounds")
    anorexia = known["tost_anorexia_cont"]
    found = equivalence(pounds, smallest=5.0)
    assert (found.p_low, found.p_high) == pytest.approx(
        (anorexia["p_lo"], anorexia["p_hi"]), rel=1e-9
    )
    assert [found.low, found.high] == pytest.approx(anorexia["ci90"], rel=1e-9)
