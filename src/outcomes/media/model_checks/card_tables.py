"""Tables of a model card, from the tables that a check wrote."""

from collections.abc import Iterable, Sequence

import pandas as pd

from outcomes.media.model_checks.model_answers import TEMPLATES_SET

_FIGURES = {
    "macro_f1": "macro-F1",
    "accuracy": "rightly called",
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "grim_called_negative": "grim events without blame that it calls negative",
    "conflicting_wholly_right": "sentences with conflicting targets wholly right",
    "contrast_wholly_right": "events told in several ways wholly right",
    "ece": "calibration error, 10 bins",
    "ece_debiased": "the same without what chance adds",
    "brier": "Brier score (0 to 2)",
    "auroc_negative": "area under the ROC curve, negative",
    "relevance_precision": "articles found that are about law enforcement",
    "relevance_recall": "articles about law enforcement that are found",
}
_SHOWN_GROUPS = 12  # of each column; the worst ones
_SHOWN_MISTAKES = 8


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Lay out a table."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(str(cell).replace("|", "/") for cell in row) + " |" for row in lines]


def interval(value: float, low: float, high: float) -> str:
    """Write a figure with its limits."""
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def score_tables(scores: pd.DataFrame, *, model: str) -> list[str]:
    """Lay the figures of the model and of the baselines side by side, a table a set of rows."""
    lines: list[str] = []
    for kind, some in scores.groupby("set", sort=False):
        names = [model, *(name for name in some["model"].unique() if name != model)]
        told = {(row["figure"], row["tone"], row["model"]): row for row in some.to_dict("records")}
        keys = list(dict.fromkeys((figure, tone) for figure, tone, _ in told))
        rows = []
        for figure, tone in keys:
            cells = [told.get((figure, tone, name)) for name in names]
            shown = [interval(c["value"], c["low"], c["high"]) if c else "—" for c in cells]
            many = next((int(cell["n"]) for cell in cells if cell), 0)
            rows.append([f"{_FIGURES.get(figure, figure)} {tone}".strip(), *shown, f"{many:,}"])
        lines += ["", f"**{str(kind).capitalize()}**", ""]
        lines += markdown(["figure (95 % interval)", *names, "n"], rows)
    return lines


def group_tables(by_group: pd.DataFrame, *, model: str) -> list[str]:
    """List the share rightly called by outlet, place, case and length, the worst first."""
    lines: list[str] = []
    mine = by_group[by_group["model"] == model]
    for (kind, name), some in mine.groupby(["set", "by"], sort=False):
        shown = some.sort_values("accuracy").head(_SHOWN_GROUPS)
        rest = len(some) - len(shown)
        title = f"**{str(kind).capitalize()} by {name}**"
        lines += ["", title + (f" (the worst {len(shown)} of {len(some)})" if rest else ""), ""]
        lines += markdown(
            [str(name), "rightly called", "n"],
            [
                [row["value"], interval(row["accuracy"], row["low"], row["high"]), int(row["n"])]
                for row in shown.to_dict("records")
            ],
        )
    return lines


def reliability_table(bins: pd.DataFrame, *, model: str) -> list[str]:
    """List how often the model is right where it is how sure."""
    mine = bins[bins["model"] == model]
    return markdown(
        ["rows", "how sure", "how often right", "n"],
        [
            [
                row["set"],
                f"{row['confidence']:.2f}",
                interval(row["right"], row["low"], row["high"]),
                int(row["n"]),
            ]
            for row in mine.to_dict("records")
        ],
    )


def fairness_table(fairness: pd.DataFrame, *, model: str) -> list[str]:
    """List how far swaps of each kind move the model, and in which direction each value does."""
    mine = fairness[(fairness["model"] == model) & (fairness["role"] == "all")]
    kinds = mine[mine["value"] == ""]
    values = mine[mine["value"] != ""]
    table = markdown(
        ["swapped", "mean change", "largest change", "tone changes", "swaps"],
        [
            [
                row["kind"],
                interval(row["mean_change"], row["mean_change_low"], row["mean_change_high"]),
                f"{row['largest_change']:.3f}",
                interval(row["tone_changes"], row["tone_changes_low"], row["tone_changes_high"]),
                int(row["swaps"]),
            ]
            for row in kinds.to_dict("records")
        ],
    )
    directions = markdown(
        ["kind", "value", "p(negative) less that of the others", "p, Holm"],
        [
            [
                row["kind"],
                row["value"],
                f"{row['signed']:+.4f} ({row['signed_low']:+.4f} to {row['signed_high']:+.4f})",
                f"{row['p_holm']:.3f}",
            ]
            for row in values.to_dict("records")
        ],
    )
    return [*table, "", "Above 0: it makes law enforcement look worse.", "", *directions]


def mistakes(worst: pd.DataFrame, *, model: str) -> list[str]:
    """Quote invented sentences that the model gets wrong; news is never quoted."""
    mine = worst[(worst["model"] == model) & (worst["set"] == TEMPLATES_SET)]
    if mine.empty:
        return ["It gets none of the invented sentences of the fairness check wrong."]
    return markdown(
        ["invented sentence, target in brackets", "is", "called", "how sure"],
        [
            [row["excerpt"], row["true"], row["called"], f"{row['confidence']:.2f}"]
            for row in mine.head(_SHOWN_MISTAKES).to_dict("records")
        ],
    )
