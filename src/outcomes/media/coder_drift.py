"""Coders over time: does one come to code otherwise than the others do?

A coder is compared with the settled code of an article, where a disagreement on it was settled,
and else with what most others said of it.
"""

from collections.abc import Hashable, Mapping
from math import nan
from typing import Any

import numpy as np
import pandas as pd

from outcomes.media.coder_pairs import answer_place, answer_places
from outcomes.stats.change_point import change_point
from outcomes.stats.holm import holm
from outcomes.stats.unit_codes import FEW

MONTH_COLUMNS = ("coder", "month", "compared", "same", "tone_compared", "lean")
CODER_COLUMNS = (
    *("coder", "articles", "compared", "compared_with_one", "same", "tone_compared", "lean"),
    *("first", "last", "same_from", "same_before", "same_after", "p_same", "p_same_adjusted"),
    *("lean_from", "lean_before", "lean_after", "p_lean", "p_lean_adjusted", "reading"),
)
_CERTAIN = 0.05
_COMPARED = ("coder", "day", "same", "lean", "alone")


def compared_codes(codes: pd.DataFrame, settled: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare each code with the settled one, or else with what most other coders said.

    Args:
        codes: As ``outcomes.media.agreement.coded_twice``, and perhaps coded_on, the day.
        settled: Codes that settle disagreements, url, relevant and tone, an article a row.

    Returns:
        A row for each code that can be compared: coder; day (empty where it is not known); same (1
        where relevance and tone are the same, else 0); lean (the code less the other, where both
        are tones, else NaN); alone (whether it was compared with one other person). Where others
        are divided evenly, there is nothing to compare with.
    """
    places = answer_places(codes)
    cells = places.to_numpy(float)
    row_of = {url: row for row, url in enumerate(places.index)}
    final = {} if settled is None else _settled_places(settled)
    last = codes.drop_duplicates(["url", "coder"], keep="last")
    days = last["coded_on"] if "coded_on" in last else pd.Series("", index=last.index)
    column_of = places.columns.get_indexer(last["coder"])
    rows = []
    for url, coder, column, day in zip(
        last["url"], last["coder"], column_of, days.fillna(""), strict=True
    ):
        row = cells[row_of[url]]
        own, others = row[column], np.delete(row, column)
        others = others[~np.isnan(others)]
        other = final.get(url, _most(others))
        if np.isnan(other):
            continue
        lean = own - other if own > 0 and other > 0 else nan
        alone = url not in final and len(others) == 1
        rows.append((coder, str(day), float(own == other), lean, alone))
    return pd.DataFrame(rows, columns=list(_COMPARED))


def months_table(compared: pd.DataFrame) -> pd.DataFrame:
    """Show each coder month by month, by the day of coding: ``MONTH_COLUMNS``."""
    dated = compared[compared["day"] != ""]
    groups = dated.assign(month=dated["day"].str[:7]).groupby(["coder", "month"])
    return groups.agg(
        compared=("same", "size"),
        same=("same", "mean"),
        tone_compared=("lean", "count"),
        lean=("lean", "mean"),
    ).reset_index()[list(MONTH_COLUMNS)]


def coders_table(codes: pd.DataFrame, compared: pd.DataFrame) -> pd.DataFrame:
    """Say of each coder how far they are from the others, and whether that changes over time.

    Args:
        codes: Of all coders.
        compared: From ``compared_codes``.

    Returns:
        ``CODER_COLUMNS``. ``lean`` is the mean of the coder's tone less the other's: below 0 where
        the coder sees more as negative. The day from which on a coder differs most from before
        stands in same_from and lean_from, with the means before and after; each ``p`` says how
        often chance alone would show as clear a change, the adjusted ones allow for the number of
        tests (Holm). Empty and NaN where fewer than 20 codes can be compared, or all were made on
        one day.

    Source:
        ``outcomes.stats.change_point``. Issue 7, agreement.
    """
    names = sorted(codes["coder"].unique())
    worked_out = [name for name in CODER_COLUMNS if not name.endswith(("_adjusted", "reading"))]
    table = pd.DataFrame([_row(name, codes, compared) for name in names], columns=worked_out)
    tests = table[["p_same", "p_lean"]].to_numpy(float)
    tested = ~np.isnan(tests)
    adjusted = np.full(tests.shape, nan)
    adjusted[tested] = holm(tests[tested])
    table["p_same_adjusted"], table["p_lean_adjusted"] = adjusted[:, 0], adjusted[:, 1]
    table["reading"] = [_reading(row) for row in table.to_dict("records")]
    return table[list(CODER_COLUMNS)]


def _settled_places(settled: pd.DataFrame) -> dict[str, float]:
    places = answer_place(settled)
    return {str(url): float(place) for url, place in zip(settled["url"], places, strict=True)}


def _most(others: np.ndarray) -> float:
    """Give the answer that most gave, NaN where two are as frequent."""
    answers, often = np.unique(others, return_counts=True)
    if not answers.size or (often == often.max()).sum() > 1:
        return nan
    return float(answers[often.argmax()])


def _row(coder: str, codes: pd.DataFrame, compared: pd.DataFrame) -> dict[str, object]:
    own = compared[compared["coder"] == coder]
    toned = own.dropna(subset="lean")
    dated = own[own["day"] != ""].sort_values("day", kind="stable")
    toned_dated = dated.dropna(subset="lean")
    return {
        "coder": coder,
        "articles": int(codes.loc[codes["coder"] == coder, "url"].nunique()),
        "compared": len(own),
        "compared_with_one": int(own["alone"].sum()),
        "same": own["same"].mean(),
        "tone_compared": len(toned),
        "lean": toned["lean"].mean(),
        "first": dated["day"].min() if len(dated) else "",
        "last": dated["day"].max() if len(dated) else "",
        **_change(dated, "same"),
        **_change(toned_dated, "lean"),
    }


def _change(rows: pd.DataFrame, name: str) -> dict[str, object]:
    """Find the clearest change in the order of the days, and test it."""
    unknown = {f"{name}_from": "", f"{name}_before": nan, f"{name}_after": nan, f"p_{name}": nan}
    days, number = np.unique(rows["day"].to_numpy(str), return_inverse=True)
    if len(rows) < FEW or len(days) < 2:
        return unknown
    found = change_point(number, rows[name].to_numpy())
    return {
        f"{name}_from": "" if np.isnan(found.time) else str(days[int(found.time)]),
        f"{name}_before": found.before,
        f"{name}_after": found.after,
        f"p_{name}": found.p,
    }


def _reading(row: Mapping[Hashable, Any]) -> str:
    compared = row["compared"]
    if compared < FEW:
        return f"{compared} codes can be compared with others: too few to tell ({FEW} are needed)."
    if np.isnan(row["p_same"]):
        return "On which days these articles were coded is not known, or it was a single day."
    found = []
    if row["p_same_adjusted"] < _CERTAIN:
        found.append(
            f"From about {row['same_from']} on this coder says the same as the others of "
            f"{_percent(row['same_after'])} of articles, before that of "
            f"{_percent(row['same_before'])}."
        )
    if row["p_lean_adjusted"] < _CERTAIN:
        way = "negative" if row["lean_after"] < row["lean_before"] else "positive"
        found.append(
            f"From about {row['lean_from']} on this coder sees more as {way}, compared with the "
            "others, than before."
        )
    if not found:
        return f"No drift is proven. With {compared} codes compared, a small one would not be seen."
    found.append("Articles that are harder to code can look like a coder who changes.")
    if row["compared_with_one"] > compared / 2:
        found.append(
            "Most were compared with one other person: which of the two changed cannot be told "
            "unless their disagreements are settled."
        )
    return " ".join(found)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"
