"""A month's shares rest on one model: another one's readings move nothing, and a change is told."""

import numpy as np
import pandas as pd
import pytest

from coded_archive import coded_archive
from outcomes.errors import DataError
from outcomes.media.classify import P_COLUMNS
from outcomes.media.coded import prepare_coded
from outcomes.media.month_models import apart, month_models
from outcomes.media.rolling_tone import rolling_tone
from outcomes.media.tone import monthly_tone, share_table
from outcomes.report.news import NO_NEWS, News, news_section

OLD, NEW = "lexicon", "tone-small 1"


def archive(*, mixed: bool = True, per_month: int = 12) -> pd.DataFrame:
    """Twelve months: an older model read the first six, and some of what is left of the eighth."""
    table = coded_archive(3, articles=120, per_month=per_month)
    first = table["month"] <= "2025-06"
    some = (table["month"] == "2025-08") & (table.index % 4 == 0) & mixed
    return table.assign(model=np.where(first | some, OLD, NEW))


def prepared(table: pd.DataFrame) -> pd.DataFrame:
    return prepare_coded(table, period="month")[0]


def figures(found) -> list[tuple]:
    return [(each.period, each.measure, each.value, each.low, each.high) for each in found]


def test_the_model_of_a_month_is_the_one_that_read_most_of_it():
    found = month_models(
        pd.Series(["a", "a", "a", "b", "b", "", "c", "c"]),
        pd.Series([OLD, OLD, NEW, NEW, OLD, NEW, NEW, NEW]),
    )
    assert dict(found.reader) == {"a": OLD, "b": NEW, "c": NEW}  # b: NEW read more elsewhere
    assert (dict(found.others), dict(found.articles)) == (
        {"a": 1, "b": 1},
        {"a": 3, "b": 2, "c": 2},
    )
    assert found.breaks == (("b", NEW),)
    assert found.sentences()[0].startswith(
        "the series breaks where the model changed: lexicon for a, then tone-small 1 for b to c."
    )
    assert found.sentences()[1].startswith("1 of 3 articles of a were read by another model than")


def test_one_model_is_told_nothing_of():
    found = month_models(pd.Series(["a", "b"]), pd.Series([OLD, OLD]))
    assert (found.sentences(), found.breaks) == ((), ())


@pytest.mark.parametrize("method", ["auto", "partially-pooled", "prediction-powered"])
def test_a_month_never_mixes_two_models(method):
    """Whatever the model of other months said of an article, no figure of its month moves."""
    table = archive()
    foreign = (table["month"] == "2025-08") & (table["model"] == OLD)
    assert foreign.sum() == 30
    other = table.copy()
    other.loc[foreign, ["tone", *P_COLUMNS]] = (-1.0, 1.0, 0.0, 0.0)
    found, again = (monthly_tone(prepared(each), method=method) for each in (table, other))
    assert figures(found) == figures(again)
    assert {each.period for each in found} == set(table["month"])
    both = share_table(prepared(table), method=method), share_table(prepared(other), method=method)
    pd.testing.assert_frame_equal(*both)


def test_codes_of_articles_that_another_model_read_still_count():
    table = archive()
    foreign = (table["month"] == "2025-08") & (table["model"] == OLD) & table["human_tone"].notna()
    assert foreign.any()
    value = {
        name: next(
            each.value
            for each in monthly_tone(prepared(each))
            if (each.period, each.measure) == ("2025-08", "tone_negative")
        )
        for name, each in (
            ("negative", table.assign(human_tone=table["human_tone"].mask(foreign, -1.0))),
            ("positive", table.assign(human_tone=table["human_tone"].mask(foreign, 1.0))),
        )
    }
    assert value["negative"] > value["positive"] + 0.01


def test_the_codes_of_one_model_calibrate_no_other():
    table = archive(mixed=False)
    later = table["month"] > "2025-06"
    other = table.copy()
    other.loc[~later, ["p_negative", "p_positive"]] = table.loc[
        ~later, ["p_positive", "p_negative"]
    ].to_numpy()
    other.loc[~later, "tone"] *= -1
    found, again = (
        [each for each in monthly_tone(prepared(each)) if each.period > "2025-06"]
        for each in (table, other)
    )
    assert figures(found) == figures(again)
    alone = monthly_tone(prepared(table[later].drop(columns="model")))
    assert figures(found) == figures(alone)
    assert all("the model tone-small 1 read the articles" in each.warnings for each in found)


def test_one_model_throughout_gives_what_no_word_of_models_gives():
    table = archive().assign(model=NEW)
    assert monthly_tone(prepared(table)) == monthly_tone(prepared(table.drop(columns="model")))


def test_shares_of_a_month_that_mixes_models_hold_the_truth():
    table = archive(per_month=30)
    for each in monthly_tone(prepared(table)):
        if each.period == "2025-08" and each.measure == "tone_negative":
            truth = float((table.loc[table["month"] == "2025-08", "truth"] == -1).mean())
            assert each.low <= truth <= each.high
            assert each.high - each.low < 0.3


def test_three_months_over_a_change_rest_on_one_model_too():
    months = sorted(archive()["month"].unique())
    coded = prepared(archive(mixed=False))
    found = {each.period: each.warnings for each in rolling_tone(coded, months=months)}
    assert any("the model lexicon read" in line for line in found["2025-07"])
    assert any("the model tone-small 1 read" in line for line in found["2025-08"])


def test_an_adjusted_count_of_a_mixed_month_is_refused():
    with pytest.raises(DataError, match="two models read articles of the same period"):
        monthly_tone(prepared(archive()), method="adjusted-count")


def test_an_article_without_a_word_on_its_model_belongs_to_the_model_of_its_month():
    table = archive(mixed=False)
    table.loc[::10, "model"] = ""
    parts = apart(prepared(table))
    assert [model for model, _ in parts] == [OLD, NEW]
    assert sum(len(part) for _, part in parts) == len(table)
    assert not any(part["unread"].any() for _, part in parts)


def test_the_figure_of_the_report_shows_from_when_another_model_read():
    shares = [each for each in monthly_tone(prepared(archive(mixed=False))) if each.n]
    tone = [each for each in shares if each.measure != "net_tone"]
    (figure,) = news_section(
        {"tone": tone}, events=([], ""), news=News(breaks=[("2025-07", NEW)])
    ).figures
    picture, caption = figure
    assert picture.count("new model") >= 3
    assert "From Jul 2025 on the model tone-small 1 reads: do not compare across" in caption
    (plain,) = news_section({"tone": tone}, events=([], ""), news=NO_NEWS).figures
    assert "new model" not in plain[0]
