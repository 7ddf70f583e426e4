import numpy as np
import pandas as pd
import pytest
from survey_answers import answers, linked, people

from outcomes.analyses.follow_up import follow_up, follow_ups
from outcomes.analyses.prepost import NO_COMPARISON, prepost
from outcomes.errors import DataError

WAVES = ("pre", "post", "later")


def three_waves(n: int = 20, *, lost: float = 0.0, seed: int = 1) -> dict[str, dict[str, float]]:
    """Scores that rise by 0.5 and then fall by ``lost``."""
    rng = np.random.default_rng(seed)
    stands = rng.normal(3, 0.6, n)
    means = {"pre": 0.0, "post": 0.5, "later": 0.5 - lost}
    return {wave: people(stands + by + rng.normal(0, 0.3, n)) for wave, by in means.items()}


def test_the_two_spans_are_the_changes_between_their_waves() -> None:
    table = answers(three_waves())
    kept, since = follow_up(table, "trust", waves=WAVES, group="spring")
    whole = prepost(table, "trust", waves=[("pre", "later")], group="spring")[0]
    last = prepost(table, "trust", waves=[("post", "later")], group="spring")[0]
    assert (kept.value, kept.low, kept.p) == (whole.value, whole.low, whole.p)
    assert (since.value, since.low, since.p) == (last.value, last.low, last.p)
    assert (kept.analysis, since.analysis) == ("follow-up", "follow-up since")
    assert (kept.period, since.period) == ("pre to later", "post to later")
    assert {kept.measure, since.measure, kept.place} == {"trust", "spring"}
    assert NO_COMPARISON in kept.warnings


def test_a_change_that_faded_shows_in_both() -> None:
    kept, since = follow_up(
        answers(three_waves(40, lost=0.5)), "trust", waves=WAVES, group="spring"
    )
    assert since.high < 0
    assert kept.low < 0 < kept.high
    assert kept.warnings[0].startswith("among the 40 people with all three scores the change was +")


def test_people_are_followed_through_who_they_were_before() -> None:
    """Other names in every wave, linked from the wave before to both others."""
    scores = three_waves()
    same = follow_up(answers(scores), "trust", waves=WAVES, group="spring")
    renamed = {
        "pre": scores["pre"],
        "post": {f"post-{who}": value for who, value in scores["post"].items()},
        "later": {f"later-{who}": value for who, value in scores["later"].items()},
    }
    links = pd.concat(
        [
            linked("pre", wave, [(who, f"{wave}-{who}") for who in scores["pre"]])
            for wave in ("post", "later")
        ]
    )
    found = follow_up(answers(renamed), "trust", waves=WAVES, group="spring", links=links)
    assert [each.value for each in found] == pytest.approx([each.value for each in same])
    assert found[0].warnings == same[0].warnings


def test_who_came_back_once_still_counts_and_is_told_of() -> None:
    scores = three_waves()
    for who in ("r0", "r1", "r2"):
        del scores["later"][who]
    kept, since = follow_up(answers(scores), "trust", waves=WAVES, group="spring")
    assert (kept.n, since.n) == (20, 20)
    assert kept.warnings[0].startswith("among the 17 people with all three scores")
    assert any("3 have a score only before" in text for text in kept.warnings)


def test_a_first_change_lost_in_noise_is_not_said_to_be_kept() -> None:
    rng = np.random.default_rng(5)
    table = answers({wave: people(rng.normal(3, 1, 12)) for wave in WAVES})
    kept, _ = follow_up(table, "trust", waves=WAVES, group="spring")
    assert "too uncertain to say what part of it was kept" in kept.warnings[0]


def test_several_later_waves_are_each_compared() -> None:
    scores = three_waves() | {"year": three_waves(seed=2)["later"]}
    found = follow_ups(
        answers(scores), "trust", waves=("pre", "post", ("later", "year")), group="spring"
    )
    assert [each.period for each in found] == [
        "pre to later",
        "post to later",
        "pre to year",
        "post to year",
    ]


def test_waves_that_cannot_say_are_refused() -> None:
    scores = three_waves()
    with pytest.raises(DataError, match="occasion = 'follow-up'"):
        follow_ups(answers(scores), "trust", waves=("pre", "post", ()), group="spring")
    with pytest.raises(DataError, match="no period 'later'"):
        follow_up(
            answers({"pre": scores["pre"], "post": scores["post"]}),
            "trust",
            waves=WAVES,
            group="spring",
        )
    strangers = {**scores, "later": people([3, 4, 5], prefix="new")}
    with pytest.raises(DataError, match="need two respondents or more with both scores"):
        follow_up(answers(strangers), "trust", waves=WAVES, group="spring")
