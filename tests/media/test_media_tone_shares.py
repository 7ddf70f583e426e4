"""Monthly shares of tone from a model's reading of all articles and people's codes of some."""

import numpy as np
import pandas as pd
import pytest

from coded_archive import coded_archive
from outcomes.errors import DataError
from outcomes.media.coded import prepare_coded
from outcomes.media.corrected_shares import ADJUSTED, POWERED
from outcomes.media.hand_codes import CENSUS, METHOD, sampled_articles
from outcomes.media.pooled_shares import POOLED, SILENT, tone_items
from outcomes.media.tone import METHODS, UNCORRECTED, monthly_tone, share_table
from outcomes.stats.partially_pooled_share import partially_pooled_shares


def shares_of(archive, **how):
    table, _ = prepare_coded(archive, period="month")
    return share_table(table, **how)


def truths(archive):
    """The true shares in the order of the table."""
    return np.array(
        [
            (rows["truth"] == tone).mean()
            for _, rows in archive.groupby("month")
            for tone in (-1, 0, 1)
        ]
    )


@pytest.fixture(scope="module")
def archive():
    return coded_archive(1)


@pytest.fixture(scope="module")
def shares(archive):
    return shares_of(archive)


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ({}, None),
        ({"total": 200}, None),
        ({"by_outlet": True}, None),
        ({}, ["month", "tone", "human_tone", "truth", "event"]),
    ],
    ids=["12 a month", "200 in all", "outlets change", "hard labels alone"],
)
def test_the_true_shares_are_covered_in_quiet_and_event_months(made, kept):
    inside, narrower, off = {True: [], False: []}, [], {True: [], False: []}
    for seed in range(3):
        archive = coded_archive(seed, **made)
        archive = archive if kept is None else archive[kept]
        found, by_hand = shares_of(archive), shares_of(archive, method="human-codes")
        truth, event = truths(archive), found["period"].isin(["2025-03", "2025-08"]).to_numpy()
        covered = (found["low"] <= truth) & (truth <= found["high"])
        for kind in (True, False):
            inside[kind] += covered[event == kind].tolist()
            off[kind] += (found["value"] - truth)[(event == kind) & (found["tone"] == -1)].tolist()
        narrower.append((found["high"] - found["low"]).sum() / by_hand.eval("high - low").sum())
    assert np.mean(inside[False]) > 0.9
    assert np.mean(inside[True]) > 0.8  # 18 figures that hang together
    assert np.mean(narrower) < 0.6
    assert abs(np.mean(off[False])) < 0.02
    assert abs(np.mean(off[True])) < 0.05
    naive = archive.groupby("month").apply(lambda rows: (rows["tone"] == -1).mean())
    assert (naive.to_numpy() - truth[::3]).mean() > 0.03, "a model that has to be corrected"


def test_the_three_shares_add_up_and_keep_their_limits_around_them(shares):
    assert shares.groupby("period")["value"].sum().to_numpy() == pytest.approx(np.ones(12))
    assert (shares["low"] <= shares["value"]).all()
    assert (shares["value"] <= shares["high"]).all()
    assert shares["low"].min() >= 0
    assert shares["high"].max() <= 1


def test_limits_are_whole_articles(shares):
    limits = 200 * shares[["low", "high"]].to_numpy()
    assert limits == pytest.approx(limits.round())


def test_limits_are_widened_to_whole_articles_only_once(archive, shares):
    """They move with the value when the shares are made to add up to 1, and then at most one."""
    items, _ = tone_items(prepare_coded(archive, period="month")[0])
    for tone, target in ((-1, [0, 1, 0]), (0, [1, 0, 0]), (1, [0, 0, 1])):
        raw = partially_pooled_shares(
            items, target=np.array(target, dtype=float), counted=np.ones(3), whole=False
        ).periods
        for part, row in zip(raw, shares[shares["tone"] == tone].itertuples(), strict=True):
            moved = row.value - part.value
            assert row.low > max(part.low + moved, 0) - 1 / 200 - 1e-9
            assert row.high < part.high + moved + 1 / 200 + 1e-9


def test_a_month_without_codes_has_a_wider_interval_that_says_so(archive, shares):
    silent = archive.assign(human_tone=archive["human_tone"].where(archive["month"] != "2025-05"))
    silent["probability"] = silent["probability"].where(silent["human_tone"].notna())
    found = shares_of(silent)
    may, before = (table[table["period"] == "2025-05"] for table in (found, shares))
    assert set(may["method"]) == {SILENT}
    assert (may["n_coded"] == 0).all()
    assert may.eval("high - low").sum() > before.eval("high - low").sum()
    assert set(found.loc[found["period"] != "2025-05", "method"]) == {POOLED}
    table, _ = prepare_coded(silent, period="month")
    told = [each.warnings for each in monthly_tone(table) if each.period == "2025-05"]
    assert all("no article of this period was coded" in " ".join(each) for each in told)


def test_a_month_that_was_coded_whole_is_known_exactly(archive):
    whole = archive["month"] == "2025-05"
    full = archive.assign(
        human_tone=archive["truth"].where(whole, archive["human_tone"]),
        probability=archive["probability"].where(~whole, 1.0),
    )
    found = shares_of(full)
    may = found[found["period"] == "2025-05"]
    assert set(may["method"]) == {CENSUS}
    assert may["low"].tolist() == may["high"].tolist() == may["value"].tolist()
    assert may["value"].tolist() == pytest.approx(truths(archive)[12:15])


def test_an_archive_that_was_coded_whole_is_counted(archive):
    found = shares_of(archive.assign(human_tone=archive["truth"], probability=1.0))
    assert set(found["method"]) == {CENSUS}
    assert found["value"].to_numpy() == pytest.approx(truths(archive))
    assert (found["se"] == 0).all()


def test_two_months_cannot_be_pooled_and_many_codes_of_one_let_the_model_help(archive):
    two = archive[archive["month"].isin(["2025-01", "2025-02"])].copy()
    many = (two["month"] == "2025-01") & (np.arange(len(two)) % 4 == 0)
    two["human_tone"] = two["human_tone"].where(two["month"] != "2025-01").mask(many, two["truth"])
    found = shares_of(two.drop(columns="probability"))
    methods = dict(zip(found["period"], found["method"], strict=True))
    assert methods == {"2025-01": POWERED, "2025-02": METHOD}
    alone = shares_of(two.drop(columns="probability"), method="human-codes")
    assert found.eval("high - low")[:3].sum() < alone.eval("high - low")[:3].sum()


def test_a_few_codes_of_a_few_months_stay_alone(archive):
    few = archive[archive["month"] < "2025-04"]
    assert set(shares_of(few)["method"]) == {METHOD}, "36 codes: 24 outside each month"


@pytest.mark.parametrize("method", METHODS)
def test_each_method_can_be_asked_for(archive, method):
    found = shares_of(archive, method=method)
    assert found["low"].notna().all()
    wanted = {"prediction-powered": POWERED, "adjusted-count": ADJUSTED, "human-codes": METHOD}
    assert set(found["method"]) == {wanted.get(method, POOLED)}
    assert found.groupby("period")["value"].sum().to_numpy() == pytest.approx(np.ones(12))
    assert abs((found["value"] - truths(archive)).mean()) < 0.02


def test_a_method_that_the_codes_do_not_allow_is_refused(archive):
    few = archive[archive["month"] < "2025-04"]
    with pytest.raises(DataError, match="40 are needed"):
        shares_of(few, method="partially-pooled")
    with pytest.raises(DataError, match="no method is called 'magic'"):
        shares_of(few, method="magic")
    one = archive.assign(human_tone=archive["human_tone"].where(archive["human_tone"] != 1))
    with pytest.raises(DataError, match="nobody coded a positive article"):
        shares_of(one.drop(columns="probability"), method="adjusted-count")


def test_without_any_code_the_count_of_the_model_is_no_share(archive):
    bare = shares_of(archive.drop(columns=["human_tone", "probability"]))
    assert set(bare["method"]) == {UNCORRECTED}
    assert bare["low"].isna().all()
    assert bare["value"].tolist() == bare["model_share"].tolist()


def test_articles_that_the_model_overlooked_come_back_through_the_codes():
    """Half of the negative articles the model takes for irrelevant; people coded some.

    Without them the share would be 8 points lower.
    """
    values, truth = [], []
    for seed in range(5):
        archive = coded_archive(seed, months=8, articles=300, per_month=15)
        overlooked = (archive["truth"] == -1) & (np.arange(len(archive)) % 2 == 0)
        archive.loc[overlooked, ["tone", "p_negative", "p_neutral", "p_positive"]] = np.nan
        noise = archive.sample(frac=0.2, random_state=seed).index  # about something else
        archive["human_relevant"] = np.where(archive["human_tone"].notna(), 1.0, np.nan)
        coded = archive["human_relevant"] == 1
        archive.loc[noise, "truth"] = np.nan
        archive.loc[coded & archive.index.isin(noise), ["human_relevant", "human_tone"]] = 0, np.nan
        found = shares_of(archive)
        assert set(found["method"]) == {POOLED}
        values += found.loc[found["tone"] == -1, "value"].tolist()
        told = archive.dropna(subset="truth").groupby("month")["truth"]
        truth += told.agg(lambda tones: (tones == -1).mean()).tolist()
    assert np.mean(values) == pytest.approx(np.mean(truth), abs=0.05)


def test_a_code_outside_the_models_articles_widens_what_the_shares_are_of_and_says_so(archive):
    silent = archive.assign(tone=archive["tone"].where(np.arange(len(archive)) % 10 > 0))
    fine = silent["tone"].notna()
    silent["human_tone"] = silent["human_tone"].where(fine)
    silent["probability"] = silent["probability"].where(silent["human_tone"].notna())
    table, notes = prepare_coded(silent, period="month")
    assert len(table) == fine.sum()
    assert not notes
    stray = silent.assign(human_relevant=np.nan)
    stray.loc[0, ["human_relevant", "probability"]] = [0.0, 1.0]
    table, notes = prepare_coded(stray, period="month")
    assert len(table) == len(stray)
    assert "for 1 of 240 articles without a tone" in " ".join(notes)


def test_only_relevant_articles_of_a_frame_that_nobody_left_are_counted(archive):
    missed = archive.assign(tone=archive["tone"].where(np.arange(len(archive)) % 10 != 0))
    missed["human_tone"] = missed["human_tone"].where(missed["tone"].notna())
    missed["probability"] = missed["probability"].where(missed["human_tone"].notna())
    table, _ = prepare_coded(missed, period="month")
    assert table["tone"].notna().all()
    drawable, _ = prepare_coded(missed.assign(probability=0.06), period="month")
    assert len(drawable) == len(archive), "what has a probability could have been drawn"


def test_a_probability_of_zero_says_that_an_article_could_not_be_drawn(archive):
    never = archive.assign(probability=archive["probability"].fillna(0.0))
    pd.testing.assert_frame_equal(shares_of(never), shares_of(archive))
    with pytest.raises(DataError, match="above 0"):
        prepare_coded(archive.assign(probability=0.0), period="month")


def test_unsound_probabilities_are_left_aside_and_said(archive):
    odd = archive.assign(p_negative=archive["p_negative"] + 0.3)
    table, notes = prepare_coded(odd, period="month")
    assert "p_negative" not in table
    assert any("do not add up to 1" in note for note in notes)
    with pytest.raises(DataError, match="no column 'tone'"):
        prepare_coded(odd.drop(columns="tone"), period="month")


def test_probabilities_alone_are_enough(archive):
    table, _ = prepare_coded(archive.drop(columns="tone"), period="month")
    assert table["tone"].tolist() == archive["tone"].tolist()


def test_small_outlets_are_one_group_of_their_scope(archive):
    outlets = [
        f"Small {number % 20}" if number < 100 else "Large" for number in range(len(archive))
    ]
    scopes = ["local" if number < 50 else "national" for number in range(len(archive))]
    named = archive.assign(outlet=outlets, scope=scopes)
    table, _ = prepare_coded(named, period="month")
    assert len(set(tone_items(table)[0].group)) == 3  # Large, and others local and national
    assert len(set(tone_items(table.drop(columns="outlet"))[0].group)) == 2


def test_the_order_of_the_rows_and_the_names_of_the_outlets_do_not_matter(archive, shares):
    shuffled = archive.sample(frac=1, random_state=3)
    shuffled["outlet"] = shuffled["outlet"].map({"Harsh": "Anna", "Mild": "Zoe"})
    found = shares_of(shuffled)
    pd.testing.assert_frame_equal(found, shares, rtol=1e-5)


def test_the_net_tone_is_positive_minus_negative(archive, shares):
    table, _ = prepare_coded(archive, period="month")
    net = [each for each in monthly_tone(table) if each.measure == "net_tone"]
    wide = shares.pivot(index="period", columns="tone", values="value")
    assert [each.value for each in net] == pytest.approx((wide[1] - wide[-1]).tolist())
    truth = truths(archive)
    inside = [
        each.low <= truth[3 * row + 2] - truth[3 * row] <= each.high for row, each in enumerate(net)
    ]
    assert sum(inside) >= 10


def test_articles_that_were_certain_to_be_drawn_stay_so_when_weights_are_set_right():
    """Chance took too many of the others: the four of them stand for the eight that are left."""
    rows = pd.DataFrame(
        {
            "period": "2025-01",
            "human_relevant": [1.0] * 6 + [np.nan] * 4,
            "probability": [1.0, 1.0, 0.25, 0.25, 0.25, 0.25] + [np.nan] * 4,
        }
    )
    sampled, told = sampled_articles(rows)
    assert sampled["probability"].tolist() == [1.0, 1.0, 0.5, 0.5, 0.5, 0.5]
    assert told == ()


def test_an_article_that_the_model_calls_irrelevant_has_no_tone_of_the_model(archive):
    table, _ = prepare_coded(archive.assign(relevant=(archive["tone"] != 1) * 1), period="month")
    assert set(table.loc[table["tone"].notna(), "tone"]) == {-1, 0}
    assert table["tone"].isna().any(), "people coded some of them"


def test_an_adjusted_count_weighs_codes_that_were_drawn_by_their_label():
    """Half of those with a negative label are coded, and a twentieth of the others."""
    archive = coded_archive(6, months=4, articles=1500)
    chance = np.where(archive["tone"] == -1, 0.5, 0.05)
    drawn = np.random.default_rng(6).random(len(archive)) < chance
    archive = archive.assign(human_tone=archive["truth"].where(drawn), probability=chance)
    found = shares_of(archive, method="adjusted-count")
    off = (found["value"] - truths(archive))[found["tone"] == -1]
    assert abs(off.mean()) < 0.03
