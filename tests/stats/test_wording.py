import pytest

from outcomes.estimate import Estimate
from outcomes.stats.wording import BESIDE_OTHERS, BY_LOT, GRADES, claim, direction, is_tested


def made(analysis: str, *, low: float = 1.0, high: float = 3.0, **how: object) -> Estimate:
    values: dict[str, object] = {
        "term": "tips",
        "value": (low + high) / 2,
        "low": low,
        "high": high,
        "n": 8,
        "unit": "tips",
        "method": "t",
        "p": 0.01,
        **how,
    }
    return Estimate(analysis=analysis, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("analysis", "grade", "words"),
    [
        ("series", "describes", "is described"),
        ("a design of tomorrow", "describes", "is described"),
        ("prepost", "changed", "rose"),
        ("interrupted", "changed", "rose"),
        ("dose", "goes with", "rose where more was done"),
        ("panel", "changed more", "rose against the comparison"),
        ("staggered", "changed more", "rose against the comparison"),
        ("few treated", "changed more", "rose against the comparison"),
    ],
)
def test_the_design_says_how_strong_a_word_may_be(analysis: str, grade: str, words: str) -> None:
    found = claim(made(analysis))
    assert (found.grade, found.words) == (grade, words)
    assert found.reasons


def test_one_series_with_others_beside_it_is_compared() -> None:
    beside = made("interrupted", assumptions=(f"{BESIDE_OTHERS} along a straight line",))
    assert claim(beside).words == "rose against the comparison"
    alone = made("interrupted", assumptions=("the series would have gone on",))
    assert "Nothing" in claim(alone).reasons[0] or "nothing" in claim(alone).reasons[0]


def test_a_cause_is_named_only_where_chance_chose_the_places_and_the_plan_was_frozen() -> None:
    by_lot = made("panel", assumptions=(BY_LOT,))
    assert claim(by_lot).words == "rose because of the engagement"
    late = made("panel", assumptions=(BY_LOT,), warnings=("exploratory: no plan was frozen",))
    assert claim(late).words == "rose against the comparison"
    assert len(claim(late).reasons) == 2
    few = made("panel", assumptions=(BY_LOT,), warnings=("no test is possible with so few",))
    assert (claim(few).grade, claim(few).words) == ("changed more", "cannot tell")
    assert claim(made("prepost", assumptions=(BY_LOT,))).grade == "changed"
    assert claim(made("dose", assumptions=(BY_LOT,))).grade == "goes with"


@pytest.mark.parametrize("analysis", ["series", "prepost", "dose", "panel"])
def test_no_weaker_grade_ever_speaks_of_a_cause(analysis: str) -> None:
    for low, high in ((1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0)):
        found = claim(made(analysis, low=low, high=high))
        said = f"{found.words} {found.at_most}"
        assert not any(word in said for word in ("because", "effect", "reduced", "increased"))


def test_a_null_result_has_the_same_grade_and_reasons_as_a_clear_one() -> None:
    clear, open_ = claim(made("panel")), claim(made("panel", low=-1.0))
    assert (clear.grade, clear.reasons) == (open_.grade, open_.reasons)
    assert (open_.direction, open_.words) == ("cannot tell", "cannot tell")
    assert open_.at_most == "changed against the comparison"


def test_the_direction_needs_the_interval_the_test_and_enough_places() -> None:
    assert direction(made("panel")) == "rose"
    assert direction(made("panel", low=-3.0, high=-1.0)) == "fell"
    assert direction(made("panel", p=0.2)) == "cannot tell"
    assert direction(made("panel", low=-1.0)) == "cannot tell"
    assert direction(made("panel", warnings=("no test is possible with 2",))) == "cannot tell"
    assert direction(made("panel", p=0.08, level=0.9)) == "rose"


def test_descriptions_are_neither_planned_nor_exploratory() -> None:
    assert [is_tested(made(each)) for each in ("panel", "prepost", "series", "compliance")] == [
        True,
        True,
        False,
        False,
    ]
    assert len(set(GRADES)) == 5


def test_a_ratio_is_read_against_one() -> None:
    ratio = {"unit": "times the odds of a higher answer"}
    assert direction(made("prepost ordinal", low=0.2, high=0.7, **ratio)) == "fell"
    assert direction(made("prepost ordinal", low=0.2, high=1.7, **ratio)) == "cannot tell"
    assert direction(made("prepost ordinal", low=1.2, high=1.7, **ratio)) == "rose"
