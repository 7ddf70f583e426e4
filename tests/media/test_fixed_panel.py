"""The fixed panel: who and what is left out of a trend, and the sentences that say so."""

import pandas as pd

from outcomes.media.fixed_panel import all_sources, fixed_panel

MONTHS = [f"2025-{month:02}" for month in range(1, 7)]


def table(*, panel=True, polled=True, running="", **outlets):
    """Coverage of each outlet, one number a month."""
    return pd.DataFrame(
        [
            {
                "outlet": name,
                "panel": int(panel),
                "month": month,
                "coverage": value,
                "mark": running if month == MONTHS[-1] else "",
                "days_due": 30 if polled and value > 0 else 0,
            }
            for name, values in outlets.items()
            for month, value in zip(MONTHS, values, strict=True)
        ]
    )


def test_outlets_covered_in_every_month_are_the_panel():
    base = fixed_panel(table(A=[1] * 6, B=[0.8] * 6), smallest=0.8)
    assert base.outlets == ("A", "B")
    assert base.months == tuple(MONTHS)
    assert base.sentences() == []


def test_entrants_and_drop_outs_are_left_out_by_name():
    coverage = table(
        A=[1] * 6, B=[1] * 6, C=[1] * 6, New=[0, 0, 0, 0.3, 1, 1], Gone=[1, 1, 1, 1, 0, 0],
        Ill=[1, 1, 0.2, 1, 1, 1], Both=[0, 1, 1, 1, 1, 0], Never=[0] * 6,
    )  # fmt: skip
    base = fixed_panel(coverage, smallest=0.8)
    assert base.outlets == ("A", "B", "C")
    assert base.months == tuple(MONTHS)
    left = "is left out of the fixed panel: "
    assert base.outlet_sentences() == [
        f"Never {left}no whole day of it was collected yet",
        f"New {left}it is covered only from May 2025 on",
        f"Gone {left}it is not covered after April 2025",
        f"Ill {left}it is covered too little in March 2025",
        f"Both {left}it is covered only from February 2025 on and it is not covered after May 2025",
    ]


def test_of_many_outlets_left_out_only_some_are_named_beside_each_figure():
    late = {f"Late{number}": [0, 1, 1, 1, 1, 1] for number in range(10)}
    old = {f"Old{number}": [1] * 6 for number in range(10)}
    base = fixed_panel(table(**late, **old), smallest=0.8)
    assert len(base.sentences()) == 10
    assert len(base.cautions()) == 9
    assert "results/untold.csv" in base.cautions()[-1]


def test_a_month_in_which_the_whole_panel_was_read_too_little_is_left_out_and_no_outlet():
    base = fixed_panel(table(A=[1, 1, 1, 1, 1, 0.5], B=[1, 1, 1, 1, 1, 0.6]), smallest=0.8)
    assert base.outlets == ("A", "B")
    assert base.months == tuple(MONTHS[:5])
    assert base.sentences() == [
        "June 2025 is left out: the panel's outlets were read on 55% of its days, and 80% are "
        "asked for"
    ]


def test_months_of_one_reason_stand_in_one_sentence():
    base = fixed_panel(table(A=[0, 0, 0, 1, 1, 1], B=[0, 0, 0, 1, 1, 1]), smallest=0.8)
    assert base.months == tuple(MONTHS[3:])
    assert base.sentences() == [
        "January 2025, February 2025 and March 2025 are left out: nothing of the panel's outlets "
        "was collected"
    ]


def test_months_before_most_of_the_panel_was_there_are_left_out():
    base = fixed_panel(table(A=[1] * 6, B=[0, 1, 1, 1, 1, 1], C=[0, 1, 1, 1, 1, 1]), smallest=0.8)
    assert base.outlets == ("A", "B", "C")
    assert base.months_left_out == {
        "2025-01": "fewer than half of the panel's outlets were collected"
    }


def test_an_archive_is_not_said_to_be_read():
    base = fixed_panel(table(polled=False, A=[1, 1, 0.4, 1, 1, 1]), smallest=0.8)
    assert "were covered on 40% of its days" in base.sentences()[0]


def test_outlets_beside_the_panel_count_for_all_sources_only():
    coverage = pd.concat([table(A=[1] * 6), table(panel=False, B=[0, 0, 1, 1, 1, 1])])
    assert fixed_panel(coverage, smallest=0.8).outlets == ("A",)
    every = all_sources(coverage, smallest=0.8)
    assert every.outlets == ("A", "B")
    assert every.months == tuple(MONTHS)


def test_where_no_outlet_is_covered_throughout_there_is_no_panel():
    alternating = table(A=[1, 0.1, 1, 1, 1, 1], B=[1, 1, 0.1, 1, 1, 1], C=[1, 1, 1, 0, 1, 1])
    base = fixed_panel(alternating, smallest=0.5)
    assert (base.outlets, base.months) == ((), ())
    assert len(base.sentences()) == 3


def test_a_month_that_is_not_over_is_kept_and_says_so():
    base = fixed_panel(table(running="in progress", A=[1] * 6), smallest=0.8)
    assert base.months == tuple(MONTHS)
    assert base.sentences() == []
    assert base.cautions() == ["June 2025 is not over, so its shares may change"]


def test_nothing_collected_gives_an_empty_base():
    for choose in (fixed_panel, all_sources):
        base = choose(table(A=[0] * 6), smallest=0.8)
        assert (base.outlets, base.months) == ((), ())
