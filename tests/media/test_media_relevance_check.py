"""The check of relevance: what is drawn, what the sheet hides, and what is made of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError, RowsRefused
from outcomes.media.relevance_check import (
    SHEET,
    draw_check,
    group_of,
    judge_check,
    read_check,
)


def archive(ours: int = 60, others: int = 40, rest: int = 300) -> pd.DataFrame:
    size = ours + others + rest
    return pd.DataFrame(
        {
            "url": [f"https://x.example/{number}" for number in range(size)],
            "outlet": "Courier",
            "published": "2026-01-05",
            "title": [f"Title {number}" for number in range(size)],
            "text": "word " * 90,
            "relevant": [1] * (ours + others) + [0] * rest,
            "about_us": pd.array([1] * ours + [None] * others + [0] * rest, dtype="Int64"),
        }
    )


def filled(sheet: pd.DataFrame, table: pd.DataFrame, path: Path, **changed: object) -> Path:
    """Judge every article as it was found."""
    truth = table.set_index("url").loc[sheet["url"]]
    ours = np.where((truth["about_us"] == 1).fillna(False), "Yes", "no")
    said = np.where(truth["relevant"] == 1, " yes", "No")
    sheet.assign(relevant=said, about_us=ours).assign(**changed).to_csv(path, index=False)
    return path


def test_articles_are_parted_by_what_was_found() -> None:
    assert group_of(archive(1, 1, 1)).tolist() == ["A", "B", "C"]


def test_the_sheet_holds_all_three_groups_in_random_order_and_hides_them() -> None:
    table = archive()
    sheet = draw_check(table, size=100, seed=4)
    assert tuple(sheet.columns) == SHEET
    drawn = table.set_index("url").loc[sheet["url"]]
    assert drawn["relevant"].sum() == 60
    assert (drawn["about_us"] == 1).sum() == 40
    assert drawn["relevant"].tolist() != sorted(drawn["relevant"], reverse=True)
    assert set(sheet["relevant"]) == set(sheet["about_us"]) == {""}
    assert sheet["mark"].is_unique
    assert (sheet["beginning"].str.split().str.len() == 60).all()


def test_the_same_seed_draws_the_same_articles() -> None:
    assert draw_check(archive(), size=50, seed=1).equals(draw_check(archive(), size=50, seed=1))
    assert not draw_check(archive(), size=50, seed=1).equals(draw_check(archive(), size=50, seed=2))


def test_what_a_small_group_cannot_give_the_others_do() -> None:
    sheet = draw_check(archive(3, 2, 300), size=100, seed=1)
    assert len(sheet) == 100
    assert len(draw_check(archive(3, 2, 10), size=100, seed=1)) == 15


@pytest.mark.parametrize(("table", "size"), [(archive(), 5), (archive(0, 0, 0), 50)])
def test_too_small_a_draw_and_an_empty_archive_are_refused(table: pd.DataFrame, size: int) -> None:
    with pytest.raises(DataError):
        draw_check(table, size=size, seed=1)


def test_a_sheet_that_agrees_says_so_and_leaves_room_for_chance(tmp_path: Path) -> None:
    table = archive()
    path = filled(draw_check(table, size=100, seed=1), table, tmp_path / "sheet.csv")
    checked = judge_check(read_check(path).table, agency="the MFPD")
    assert [each.value for each in checked.estimates] == [1, 1, 1, 1]
    precision, recall = checked.estimates[:2]
    assert precision.low > 0.93
    assert recall.low < 0.85  # 40 of 300 were read: some 20 may have been missed
    assert checked.mistakes.empty
    assert checked.untold == ()


def test_mistakes_lower_precision_and_recall_by_their_weight(tmp_path: Path) -> None:
    table = archive()
    sheet = draw_check(table, size=100, seed=1)
    rest = table.set_index("url").loc[sheet["url"], "relevant"].to_numpy() == 0
    path = filled(sheet, table, tmp_path / "sheet.csv")
    again = pd.read_csv(path)
    missed = again.index[rest][:2]
    again.loc[missed, "relevant"] = "yes"
    again.loc[again.index[~rest][:3], ["relevant", "about_us"]] = "no"
    again.to_csv(path, index=False)
    checked = judge_check(read_check(path).table, agency="the MFPD")
    precision, recall = checked.estimates[:2]
    assert 0.9 < precision.value < 1
    hits = 100 * precision.value
    assert recall.value == pytest.approx(hits / (hits + 2 * 300 / 40), abs=0.01)
    assert set(checked.mistakes["url"]) >= set(again.loc[missed, "url"])


def test_an_empty_row_is_left_out_and_unclear_counts_for_neither(tmp_path: Path) -> None:
    table = archive()
    sheet = draw_check(table, size=40, seed=1)
    path = filled(sheet, table, tmp_path / "sheet.csv")
    again = pd.read_csv(path)
    again.loc[0, ["relevant", "about_us"]] = ""
    yes = again.index[again["relevant"].str.strip() == "yes"][-1]
    again.loc[yes, "about_us"] = "unclear"
    again.to_csv(path, index=False)
    checked = judge_check(read_check(path).table, agency="the MFPD")
    assert checked.estimates[1].dropped == 1
    assert checked.estimates[3].dropped == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"relevant": "perhaps"}, "'perhaps' is not yes or no"),
        ({"relevant": "unclear"}, "'unclear' is not yes or no"),
        ({"relevant": "no", "about_us": "yes"}, "cannot be about us"),
        ({"mark": "m00ff"}, "does not belong to this url"),
        ({"mark": "?"}, "does not belong to this url"),
    ],
)
def test_a_sheet_that_breaks_a_rule_is_refused_with_its_row(
    changed: dict[str, object], said: str, tmp_path: Path
) -> None:
    table = archive()
    path = filled(draw_check(table, size=20, seed=1), table, tmp_path / "s.csv", **changed)
    with pytest.raises(RowsRefused, match=said):
        read_check(path).or_refuse(leave_out=False)


def test_a_mark_belongs_to_its_article_alone(tmp_path: Path) -> None:
    table = archive()
    sheet = draw_check(table, size=20, seed=1)
    swapped = sheet["mark"].tolist()[::-1]
    path = filled(sheet, table, tmp_path / "s.csv", mark=swapped)
    assert len(read_check(path).refusals) == 20


def test_where_nothing_is_there_it_says_what_cannot_be_told(tmp_path: Path) -> None:
    table = archive(0, 0, 50)
    path = filled(draw_check(table, size=20, seed=1), table, tmp_path / "s.csv")
    checked = judge_check(read_check(path).table, agency="the MFPD")
    assert checked.estimates == ()
    assert len(checked.untold) == 4


def test_a_mark_that_was_changed_by_one_figure_is_refused(tmp_path: Path) -> None:
    table = archive()
    sheet = draw_check(table, size=20, seed=1)
    changed = [mark[:-1] + format(int(mark[-1], 16) ^ 1, "x") for mark in sheet["mark"]]
    path = filled(sheet, table, tmp_path / "s.csv", mark=changed)
    assert len(read_check(path).refusals) == 20
