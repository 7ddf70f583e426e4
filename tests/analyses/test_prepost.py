from math import nan

import numpy as np
import pandas as pd
import pytest

from outcomes.analyses.prepost import METHOD, NO_COMPARISON, prepost
from outcomes.errors import DataError
from outcomes.measures import check

# Student (1908), hours of sleep gained with two drugs; R's data set `sleep`.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
SPRING = [("spring-pre", "spring-post")]


def answers(scores: dict[str, dict[str, float]], *, measure: str = "trust") -> pd.DataFrame:
    """Scores by wave and respondent, as the surveys stream would hand them over."""
    return check(
        pd.DataFrame(
            [
                {
                    "stream": "engagement" if measure == "walks" else "surveys",
                    "unit": unit,
                    "place": "agency",
                    "period": wave,
                    "measure": measure,
                    "value": value,
                    "se": nan,
                    "n": 1,
                }
                for wave, people in scores.items()
                for unit, value in people.items()
            ]
        )
    )


def numbered(values: list[float], *, prefix: str = "r") -> dict[str, float]:
    return {f"{prefix}{index}": value for index, value in enumerate(values)}


SLEEP = {"spring-pre": numbered(FIRST), "spring-post": numbered(SECOND)}


def test_students_sleep_data_in_a_measures_table_give_the_numbers_of_r() -> None:
    # R 4.2.2: t.test(paired = TRUE): mean 1.58, 95 percent interval 0.7001142 2.4598858
    points, sd, *_ = prepost(answers(SLEEP), "trust", waves=SPRING, group="spring")
    assert points.value == pytest.approx(1.58)
    assert (points.low, points.high) == pytest.approx((0.700114236723, 2.45988576328), rel=1e-10)
    assert sd.value == pytest.approx(0.83218108135, rel=1e-10)
    assert (points.unit, sd.unit, points.n) == ("points", "SD", 10)


def test_the_result_says_what_it_is_about_and_that_nothing_was_compared() -> None:
    for found in prepost(answers(SLEEP), "trust", waves=SPRING, group="spring"):
        assert (found.measure, found.place) == ("trust", "spring")
        assert found.period == "spring-pre to spring-post"
        assert found.term.startswith("Trust in the police: change from before to after, spring")
        if found.analysis == "prepost":
            assert found.warnings == (NO_COMPARISON,)


def test_respondents_are_paired_by_their_code_and_not_by_their_row() -> None:
    backwards = {wave: dict(reversed(people.items())) for wave, people in SLEEP.items()}
    mixed = answers({"spring-pre": SLEEP["spring-pre"], "spring-post": backwards["spring-post"]})
    here = prepost(answers(SLEEP), "trust", waves=SPRING, group="spring")
    there = prepost(mixed, "trust", waves=SPRING, group="spring")
    assert [each.low for each in there] == pytest.approx([each.low for each in here])


def test_naming_the_waves_the_other_way_round_turns_the_sign() -> None:
    here = prepost(answers(SLEEP), "trust", waves=SPRING, group="spring")
    there = prepost(answers(SLEEP), "trust", waves=[("spring-post", "spring-pre")], group="spring")
    assert [each.value for each in there] == pytest.approx([-each.value for each in here])


def test_classes_are_pooled_by_pairing_within_each_of_them() -> None:
    """The same code in two classes is two people."""
    fall = {"fall-pre": numbered(SECOND), "fall-post": numbered(FIRST)}
    pooled, *_ = prepost(
        answers(SLEEP | fall),
        "trust",
        waves=[*SPRING, ("fall-pre", "fall-post")],
        group="all classes",
    )
    assert pooled.n == 20
    assert pooled.value == pytest.approx(0)
    assert pooled.period == "spring-pre to spring-post & fall-pre to fall-post"


def test_those_who_answered_once_are_counted_by_side() -> None:
    some = {
        "spring-pre": SLEEP["spring-pre"] | {"gone1": 1.0, "gone2": 2.0},
        "spring-post": SLEEP["spring-post"] | {"new": 3.0},
    }
    points, sd, *_ = prepost(answers(some), "trust", waves=SPRING, group="spring")
    assert (points.n, points.dropped, sd.n, sd.dropped) == (13, 0, 10, 3)
    sentence = (
        "10 people have both scores (2 have a score only before, 1 only after, or could not be "
        "linked: these count for what they tell)"
    )
    assert sentence in points.warnings
    assert points.method == METHOD


def test_a_loss_of_those_who_trusted_least_is_said() -> None:
    rng = np.random.default_rng(3)
    stayed, left = rng.normal(4, 0.3, 12), rng.normal(2.5, 0.3, 5)
    table = answers(
        {
            "spring-pre": numbered(list(stayed)) | numbered(list(left), prefix="gone"),
            "spring-post": numbered(list(stayed + rng.normal(0, 0.2, 12))),
        }
    )
    points, *_ = prepost(table, "trust", waves=SPRING, group="spring")
    assert any("SD higher before than those who left" in text for text in points.warnings)


def test_a_loss_without_a_pattern_is_not_called_selective() -> None:
    left = dict(zip(("gone1", "gone2", "gone3"), (0.0, 0.8, 1.5), strict=True))
    some = {"spring-pre": SLEEP["spring-pre"] | left, "spring-post": SLEEP["spring-post"]}
    points, *_ = prepost(answers(some), "trust", waves=SPRING, group="spring")
    assert not any("than those who left" in text for text in points.warnings)


def test_a_ceiling_is_said_where_many_had_the_highest_score_already() -> None:
    table = answers({"spring-pre": numbered([5, 5, 4, 3]), "spring-post": numbered([5, 4, 5, 4])})
    points, *_ = prepost(table, "trust", waves=SPRING, group="spring")
    assert "50% had the highest score of all before already" in " ".join(points.warnings)


def test_where_the_best_score_is_known_it_is_the_one_that_counts() -> None:
    """A quarter began at 5. Of a scale to 7 nobody did, whatever the highest score seen."""
    table = answers({"spring-pre": numbered([5, 4, 4, 3]), "spring-post": numbered([5, 4, 5, 5])})
    (points, *_), (free, *_) = (
        prepost(table, "trust", waves=SPRING, group="spring", best=best) for best in (5, 7)
    )
    assert "25% had the best score there is before already, and no room" in " ".join(
        points.warnings
    )
    assert "room" not in " ".join(free.warnings)


def test_a_change_that_meets_the_top_of_the_scale_comes_out_too_small() -> None:
    """What the warning says: everybody moved by one point, and a third could not show it."""
    true = np.array([2.0, 3.0, 4.0, 5.0, 5.0, 3.0])
    seen = answers(
        {"spring-pre": numbered([*true]), "spring-post": numbered([*np.minimum(true + 1, 5)])}
    )
    points, *_ = prepost(seen, "trust", waves=SPRING, group="spring", best=5)
    assert 0 < points.value < 1
    assert "comes out too small" in " ".join(points.warnings)


def test_equal_scores_below_the_top_are_not_called_a_ceiling() -> None:
    """Half gave 3 before, the most anyone gave then; after, they had room to rise to 5."""
    table = answers({"spring-pre": numbered([3, 3, 2, 1]), "spring-post": numbered([5, 4, 3, 3])})
    points, *_ = prepost(table, "trust", waves=SPRING, group="spring")
    assert not any("highest score" in text for text in points.warnings)


def test_an_output_is_refused_where_an_outcome_is_asked_for() -> None:
    with pytest.raises(DataError, match="walks is an output, but an outcome is asked for"):
        prepost(answers(SLEEP, measure="walks"), "walks", waves=SPRING, group="spring")


@pytest.mark.parametrize(
    ("waves", "sentence"),
    [
        ([("spring-pre", "autumn-post")], "trust has no period 'autumn-post'"),
        ([("spring-pre", "fall-post")], "two respondents or more with both scores, got 0"),
        ([("spring-pre", "same")], "all 10 linked people changed by exactly 0"),
    ],
)
def test_waves_that_cannot_be_compared_are_refused(
    waves: list[tuple[str, str]], sentence: str
) -> None:
    more = {"fall-post": numbered(FIRST, prefix="other"), "same": numbered(FIRST)}
    with pytest.raises(DataError, match=sentence):
        prepost(answers(SLEEP | more), "trust", waves=waves, group="spring")


def test_a_respondent_with_two_scores_in_one_wave_is_refused() -> None:
    elsewhere = answers(SLEEP).head(1).assign(place="millrow", value=4.0)
    table = pd.concat([answers(SLEEP), elsewhere])
    with pytest.raises(DataError, match="a respondent has two scores in one wave"):
        prepost(table, "trust", waves=SPRING, group="spring")


def test_a_measure_that_was_not_asked_is_refused() -> None:
    with pytest.raises(DataError, match="nothing was recorded of support"):
        prepost(answers(SLEEP), "support", waves=SPRING, group="spring")


LINKS = pd.DataFrame(
    {
        "pre_wave": "spring-pre",
        "post_wave": "spring-post",
        "pre_respondent": [f"r{number}" for number in range(10)],
        "post_respondent": [f"x{number}" for number in range(10)],
    }
)
RENAMED = {"spring-pre": numbered(FIRST), "spring-post": numbered(SECOND, prefix="x")}


def of(found: list, analysis: str):
    (only,) = [each for each in found if each.analysis == analysis and each.unit == "points"]
    return only


def test_links_say_who_is_who_whatever_people_are_called() -> None:
    found = prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=LINKS)
    plain = prepost(answers(SLEEP), "trust", waves=SPRING, group="spring")
    for one, other in zip(found, plain, strict=True):
        assert (one.low, one.high, one.n) == pytest.approx((other.low, other.high, other.n))


def test_with_everybody_linked_the_leading_change_is_the_paired_t() -> None:
    found = prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=LINKS)
    lead, paired = of(found, "prepost"), of(found, "prepost paired")
    assert (lead.low, lead.high) == pytest.approx((paired.low, paired.high))
    assert lead.method == "paired t"


def test_who_is_not_linked_counts_beside_the_linked_and_the_three_answers_differ() -> None:
    found = prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=LINKS.head(6))
    lead, paired = of(found, "prepost"), of(found, "prepost paired")
    unpaired = of(found, "prepost unpaired")
    assert (lead.n, paired.n, unpaired.n) == (14, 6, 20)
    assert len({round(each.se, 6) for each in (lead, paired, unpaired)}) == 3
    assert lead.se < unpaired.se


def test_a_stranger_after_who_bears_the_name_of_somebody_before_is_not_that_person() -> None:
    same_names = answers(SLEEP)
    some = LINKS.head(8).assign(post_respondent=lambda links: links["pre_respondent"])
    found = prepost(same_names, "trust", waves=SPRING, group="spring", links=some)
    assert of(found, "prepost paired").n == 8
    assert of(found, "prepost").n == 8 + 4


def test_links_of_other_waves_or_made_twice_are_refused() -> None:
    twice = pd.concat([LINKS, LINKS.head(1).assign(post_respondent="x99")])
    with pytest.raises(DataError, match="somebody is linked twice from spring-pre"):
        prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=twice)
    other = LINKS.assign(post_wave="fall-post")
    with pytest.raises(DataError, match="with both scores, got 0"):
        prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=other)
    bare = LINKS.drop(columns="post_wave")
    with pytest.raises(DataError, match="no column 'post_wave'"):
        prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=bare)


def test_two_linked_people_are_too_few_to_lead_with() -> None:
    with pytest.raises(DataError, match="only 2 people are linked; 3 are needed"):
        prepost(answers(RENAMED), "trust", waves=SPRING, group="spring", links=LINKS.head(2))


def test_where_less_is_better_there_is_no_room_at_the_lowest_score() -> None:
    table = answers(
        {"spring-pre": numbered([1, 1, 4, 5]), "spring-post": numbered([1, 2, 1, 4])},
        measure="worry_about_crime",
    )
    points, *_ = prepost(table, "worry_about_crime", waves=SPRING, group="spring")
    assert "50% had the lowest score of all before already, and may have had no room to fall" in (
        " ".join(points.warnings)
    )
