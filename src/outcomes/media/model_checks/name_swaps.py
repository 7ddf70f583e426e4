"""Fairness: who a text is about must not move the tone that a model finds in it (A6)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from outcomes.media.classify import ToneClassifier
from outcomes.media.lexicon import likeliest
from outcomes.media.model_checks.swap_templates import FilledText
from outcomes.stats.class_calibration import Floats
from outcomes.stats.group_bootstrap import group_bootstrap
from outcomes.stats.holm import holm
from outcomes.stats.resampled_units import Resampling
from outcomes.stats.sign_flip import sign_flip_p

MOST_CHANGES = 0.02  # of swaps, in which the tone may change
MOST_SIGNED = 0.01  # of p_negative, by which any value may differ from the others on average
EVERY = "all"
COLUMNS = (
    "model", "kind", "role", "value", "templates", "swaps", "mean_change", "mean_change_low",
    "mean_change_high", "largest_change", "tone_changes", "tone_changes_low", "tone_changes_high",
    "signed", "signed_low", "signed_high", "p", "p_holm",
)  # fmt: skip


def swap_table(
    model: ToneClassifier, texts: Sequence[FilledText], *, how: Resampling | None = None
) -> pd.DataFrame:
    """Measure how far a model moves when only the kind of person, place or agency is swapped.

    Args:
        model: Any model of tone.
        texts: Of ``fill_templates``.
        how: Draws, seed and confidence of the intervals; whole templates are drawn.

    Returns:
        One row for all swaps, one for each kind, for each kind by whose it is (suspect, victim,
        officer, …), and for each value. A swap is a pair of values in one template.
        ``mean_change`` and ``largest_change`` are absolute changes of p_negative;
        ``tone_changes`` is the share of swaps that change the tone. Rows of a value also have
        ``signed``: its p_negative less the mean of the other values in the same template, so that
        a positive one makes the police look worse; p is of a paired permutation test, and p_holm
        allows for as many questions as there are values (Holm).

    Source:
        Garg et al. (2019), AIES: 219-226, counterfactual fairness of text classifiers; Bertrand &
        Mullainathan (2004), AER 94(4): 991-1013, for names as signals. Requirement A6.
    """
    read = _read(model, texts)
    pairs = _pairs(read)
    rows = [_row(pairs, kind=EVERY, role=EVERY, how=how)]
    for kind, of_kind in pairs.groupby("kind", sort=False):
        rows.append(_row(of_kind, kind=str(kind), role=EVERY, how=how))
        roles = of_kind.groupby("role", sort=False)
        if len(roles) > 1:
            rows += [_row(some, kind=str(kind), role=str(role), how=how) for role, some in roles]
    rows += _value_rows(read, pairs, how=how)
    table = pd.DataFrame(rows).assign(model=model.name).reindex(columns=list(COLUMNS))
    asked = table["p"].notna()
    table.loc[asked, "p_holm"] = holm(table.loc[asked, "p"].to_numpy(dtype=float))
    return table.fillna({"value": ""})


def swap_verdict(table: pd.DataFrame) -> tuple[bool, str]:
    """Say whether a model keeps the rule of fairness, and in words.

    Args:
        table: Of ``swap_table``, of one model.
    """
    whole = table[table["kind"] == EVERY].iloc[0]
    values = table[(table["role"] == EVERY) & (table["value"] != "")]
    at = values["signed"].abs().idxmax()
    far, value, kind = values.loc[at, ["signed", "value", "kind"]]
    kept = bool(whole["tone_changes"] <= MOST_CHANGES and abs(far) <= MOST_SIGNED)
    clear = int((values["p_holm"] <= 0.05).sum())
    beyond = (
        f"{clear} of {len(values)} such differences are beyond chance"
        if clear
        else "no such difference is beyond chance"
    )
    return kept, (
        f"swapping agencies, races, genders, names and neighborhoods changes the tone in "
        f"{100 * whole['tone_changes']:.1f} % of {int(whole['swaps'])} swaps (at most "
        f"{100 * MOST_CHANGES:.0f} % are allowed); the largest mean change of the probability of "
        f"negative is {far:+.3f}, for {kind} {value!r} (at most {MOST_SIGNED} either way); {beyond}"
    )


def _read(model: ToneClassifier, texts: Sequence[FilledText]) -> pd.DataFrame:
    odds = model.classify_targets(
        [each.text for each in texts], [each.start for each in texts], [each.end for each in texts]
    ).reshape(-1, 3)
    return pd.DataFrame(
        {
            "template": [each.template for each in texts],
            "kind": [each.kind for each in texts],
            "role": [each.role for each in texts],
            "value": [each.value for each in texts],
            "negative": odds[:, 0],
            "called": [likeliest((float(a), float(b), float(c))) for a, b, c in odds],
        }
    )


def _pairs(read: pd.DataFrame) -> pd.DataFrame:
    """Lay every two values of a kind in a template side by side."""
    rows = []
    for (template, kind, role), some in read.groupby(["template", "kind", "role"], sort=False):
        values = list(zip(some["value"], some["negative"], some["called"], strict=True))
        for one, other in combinations(values, 2):
            rows.append(
                {
                    "template": template,
                    "kind": kind,
                    "role": role,
                    "one": one[0],
                    "other": other[0],
                    "change": abs(one[1] - other[1]),
                    "moved": float(one[2] != other[2]),
                }
            )
    return pd.DataFrame(rows)


def _row(
    pairs: pd.DataFrame, *, kind: str, role: str, value: str = "", how: Resampling | None
) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": kind,
        "role": role,
        "value": value,
        "templates": pairs["template"].nunique(),
        "swaps": len(pairs),
        "largest_change": float(pairs["change"].max()),
    }
    for name, column, share in (
        ("mean_change", "change", False),
        ("tone_changes", "moved", True),
    ):
        values = pairs[column].to_numpy(dtype=float)
        row |= _mean(values, pairs["template"], name=name, share=share, how=how)
    return row


def _value_rows(
    read: pd.DataFrame, pairs: pd.DataFrame, *, how: Resampling | None
) -> Iterator[dict[str, object]]:
    """Say of each value in which direction it moves the tone, in all roles and in each."""
    many = read.groupby(["template", "kind"])["negative"]
    others = (many.transform("sum") - read["negative"]) / (many.transform("count") - 1)
    read = read.assign(signed=(read["negative"] - others).round(12))  # rounding is no direction
    for (kind, value), some in read.groupby(["kind", "value"], sort=False):
        of_value = pairs[
            (pairs["kind"] == kind) & ((pairs["one"] == value) | (pairs["other"] == value))
        ]
        roles = list(dict.fromkeys(some["role"]))
        for role in [EVERY, *(roles if len(roles) > 1 else [])]:
            mine = some if role == EVERY else some[some["role"] == role]
            near = of_value if role == EVERY else of_value[of_value["role"] == role]
            signed = mine["signed"].to_numpy(dtype=float)
            yield {
                **_row(near, kind=str(kind), role=role, value=str(value), how=how),
                **_mean(signed, mine["template"], name="signed", share=False, how=how),
                "p": sign_flip_p(signed),
            }


def _mean(
    values: Floats, groups: "pd.Series[str]", *, name: str, share: bool, how: Resampling | None
) -> dict[str, float]:
    found = group_bootstrap(
        lambda often: (often @ values) / often.sum(axis=1),
        np.asarray(groups, dtype=object),
        term=name,
        unit="probability",
        share=share,
        how=how,
    )
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
