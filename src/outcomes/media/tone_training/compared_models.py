"""The held-out figures of a new model beside those of an older one."""

from collections.abc import Iterator, Mapping
from typing import Any

from outcomes.media.tone_models.model_folder import ModelFolder


def compared_models(new: ModelFolder, old: ModelFolder) -> Iterator[str]:
    """Say how a new model does beside an older one, on what both were judged by.

    Args:
        new: The model just made.
        old: Another one, such as the shipped model.

    Yields:
        One sentence for each source of held-out sentences that model.json of both names.
    """
    ours, theirs = _held_out(new), _held_out(old)
    shared = [source for source in ours if source in theirs]
    if not shared:
        yield f"model.json of {old.title} names no figures on the same sentences: nothing compared"
    for source in shared:
        one, other = ours[source], theirs[source]
        low, high = one["macro_f1_low"], one["macro_f1_high"]
        inside = low <= other["macro_f1"] <= high
        same = "" if one["rows"] == other["rows"] else f" (on {other['rows']} other sentences)"
        yield (
            f"{source}: macro-F1 {one['macro_f1']:.3f} on {one['rows']} sentences, 95 % interval "
            f"{low:.3f} to {high:.3f}; {old.title} has {other['macro_f1']:.3f}{same}, which lies "
            + ("inside it: no more than chance" if inside else "outside it: they differ")
        )


def _held_out(folder: ModelFolder) -> dict[str, Mapping[str, Any]]:
    """Find the figures of each source; models made elsewhere may have none."""
    figures = folder.card.get("figures")
    held_out = figures.get("held_out") if isinstance(figures, dict) else None
    known = held_out.items() if isinstance(held_out, dict) else ()
    needed = {"rows", "macro_f1", "macro_f1_low", "macro_f1_high"}
    return {name: each for name, each in known if isinstance(each, dict) and needed <= set(each)}
