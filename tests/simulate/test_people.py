import numpy as np
import pandas as pd
import pytest
from scipy import stats

from outcomes.simulate.people import (
    BETWEEN_PEOPLE,
    WITHIN_PERSON,
    academy_class,
    expected_change,
    residents,
    respondent_codes,
)
from outcomes.simulate.scenario import CodeForm, ScaleForm, Scenario

TRUST = ScaleForm(items=("t1", "t2", "t3"), reversed=frozenset({"t2"}), low=1, high=5)
SAFE = ScaleForm(items=("s1", "s2"), reversed=frozenset(), low=1, high=4)
FORMS = {"trust": TRUST, "support": SAFE}
MANY = Scenario(class_size=4000)
PLACES = ["eastbank", "northgate"]


def numbers(table: pd.DataFrame, items: tuple[str, ...]) -> pd.DataFrame:
    answers = table[list(items)].apply(pd.to_numeric, errors="coerce")
    return answers.where(answers != -9)


def klass(scenario: Scenario = MANY, *, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    return academy_class(scenario, FORMS, rng=np.random.default_rng(seed))


def test_rounding_and_the_ends_of_a_scale_swallow_a_part_of_a_shift_as_the_normal_law_says() -> (
    None
):
    """The mean of a rounded, clipped normal answer is a sum of normal tails, worked out exactly."""
    spread = np.hypot(BETWEEN_PEOPLE, WITHIN_PERSON)
    center = 1 + 4 * 0.58
    cuts = np.array([1.5, 2.5, 3.5, 4.5])

    def mean(shift: float) -> float:
        return 1 + float(stats.norm.sf(cuts, center + shift, spread).sum())

    exact = mean(0.4) - mean(0)
    assert 0.3 < exact < 0.4
    assert expected_change(TRUST, shift=0.4) == pytest.approx(exact, abs=0.004)


@pytest.mark.parametrize("shift", [0.0, 0.15, 0.6])
def test_the_expected_change_grows_with_the_shift_and_turns_with_its_sign(shift: float) -> None:
    there, back = expected_change(TRUST, shift=shift), expected_change(TRUST, shift=-shift)
    assert (there > 0) == (shift > 0) == (back < 0)
    assert there <= shift


def test_a_large_class_changes_by_what_is_expected() -> None:
    pre, post = klass()
    for scale, form in FORMS.items():
        shift = dict(MANY.academy_shift)[scale]
        turned = [-1 if item in form.reversed else 1 for item in form.items]
        means = [numbers(wave, form.items).mean() * turned for wave in (pre, post)]
        expected = expected_change(form, shift=shift)
        assert (means[1] - means[0]).mean() == pytest.approx(expected, abs=0.04)


def test_answers_stay_on_their_scale_and_some_are_blank_or_refused() -> None:
    pre, _ = klass()
    for form in FORMS.values():
        answers = numbers(pre, form.items)
        assert (answers.min().min(), answers.max().max()) == (form.low, form.high)
    raw = pre[["t1", "t2", "t3", "s1", "s2"]]
    assert (raw == "").to_numpy().mean() == pytest.approx(0.03, abs=0.006)
    assert (raw == "-9").to_numpy().mean() == pytest.approx(0.01, abs=0.004)


def test_a_reversed_item_runs_against_the_others() -> None:
    answers = numbers(klass()[0], TRUST.items)
    assert answers["t1"].corr(answers["t2"]) < -0.2
    assert answers["t1"].corr(answers["t3"]) > 0.2


def test_a_person_keeps_the_code_and_some_miss_an_evening() -> None:
    pre, post = klass()
    assert pre["respondent"].is_unique
    assert post["respondent"].is_unique
    both = set(pre["respondent"]) & set(post["respondent"])
    assert len(pre) / 4000 == pytest.approx(0.88, abs=0.02)
    assert len(both) / 4000 == pytest.approx(0.88**2, abs=0.03)


CODE = (
    CodeForm(name="mother", kind="letter", first="A"),
    CodeForm(name="month", kind="number:12", first="1"),
)


def test_who_has_no_card_makes_a_code_and_is_another_respondent_each_time() -> None:
    pre, post = academy_class(MANY, FORMS, rng=np.random.default_rng(1), code=CODE)
    own = pre["code.mother"] != ""
    assert own.mean() == pytest.approx(MANY.without_card, abs=0.03)
    assert (own == (pre["code.month"] != "")).all()
    assert set(pre.loc[own, "code.month"]) == {str(month) for month in range(1, 13)}
    assert set(pre.loc[own, "code.mother"]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    later = set(post["respondent"])
    assert not set(pre.loc[own, "respondent"]) & later
    kept = pre.loc[~own, "respondent"].isin(later).mean()
    assert kept == pytest.approx(0.88, abs=0.02)
    both = pre[own].join(post.add_suffix("_after"), how="inner")
    agree = (both["code.mother"] == both["code.mother_after"]).mean()
    assert agree == pytest.approx(0.93, abs=0.02), "7 % of elements differ the second time"


def test_codes_leave_the_answers_as_they_are() -> None:
    items = [*TRUST.items, *SAFE.items]
    plain = klass(Scenario())
    coded = academy_class(Scenario(), FORMS, rng=np.random.default_rng(1), code=CODE)
    for one, other in zip(plain, coded, strict=True):
        pd.testing.assert_frame_equal(one[items], other[items])


def test_the_same_seed_gives_the_same_answers_and_another_gives_others() -> None:
    pd.testing.assert_frame_equal(klass(Scenario())[0], klass(Scenario())[0])
    assert not klass(Scenario())[0].equals(klass(Scenario(), seed=2)[0])


def test_codes_differ_and_avoid_letters_that_look_alike() -> None:
    codes = respondent_codes(500, rng=np.random.default_rng(1))
    assert len(set(codes)) == 500
    assert not set("".join(codes)) & set("IOUL01")


def test_residents_of_both_waves_are_different_people_in_every_place() -> None:
    scenario = Scenario(residents_per_place=50)
    pre, post = residents(
        scenario,
        {"feeling_safe": SAFE},
        focus=PLACES[:1],
        places=PLACES,
        rng=np.random.default_rng(1),
    )
    assert pre["place"].value_counts().to_dict() == dict.fromkeys(PLACES, 50)
    assert not set(pre["respondent"]) & set(post["respondent"])


def test_only_residents_of_focus_places_change_in_a_large_sample() -> None:
    scenario = Scenario(residents_per_place=6000, residents_shift=(("feeling_safe", 1.0),))
    pre, post = residents(
        scenario,
        {"feeling_safe": SAFE},
        focus=PLACES[:1],
        places=PLACES,
        rng=np.random.default_rng(1),
    )
    means = [
        wave.assign(score=numbers(wave, SAFE.items).mean(axis=1)).groupby("place")["score"].mean()
        for wave in (pre, post)
    ]
    change = means[1] - means[0]
    assert change["eastbank"] > 0.4
    assert abs(change["northgate"]) < 0.2  # a shared shock of SD 0.05 in each wave


def test_without_effect_nothing_is_planted_and_the_rest_is_alike() -> None:
    plain = Scenario(seed=3, class_size=30).without_effect()
    assert plain.as_truth() == {
        **Scenario(seed=3, class_size=30).as_truth(),
        "academy_shift": {},
        "residents_shift": {},
        "tips_a_month": 0.0,
        "complaints_a_month": 0.0,
    }


def test_people_who_look_back_rate_themselves_lower_and_all_else_stays_as_it_was() -> None:
    plain = klass()
    pre, post = academy_class(
        MANY, FORMS, rng=np.random.default_rng(1), looking_back={"then": "t1", "again": "t2"}
    )
    pd.testing.assert_frame_equal(post.drop(columns=["then", "again"]), plain[1])
    pd.testing.assert_frame_equal(pre, plain[0])
    before = numbers(pre, ("t1", "t2")).mean()
    looked = post[["then", "again"]].astype(int).mean()
    expected = expected_change(TRUST, shift=-0.5)
    assert looked["then"] - before["t1"] == pytest.approx(expected, abs=0.05)
    assert looked["again"] - before["t2"] == pytest.approx(-expected, abs=0.05)  # reversed
