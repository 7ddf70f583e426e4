"""Small bars of the weekly sheet: what was asked for, done, and done by the rule."""

from typing import Any

_MOST_BOXES = 10
_BOX, _GAP = 17.0, 3.0  # width of a box and of what parts two, of 100


def bar_pieces(met: int, other: int, required: int) -> list[dict[str, Any]]:
    """Draw a box for each required walk; many of them as one bar in three parts.

    Args:
        met: Required walks that were done by the rule.
        other: Walks that were done, but did not count.
        required: How many were asked for.

    Returns:
        Pieces from left to right: their kind (met, other or open), and ``x`` and ``w`` in
        hundredths of the whole width.
    """
    if not required:
        return []
    kinds = ["met"] * met + ["other"] * other + ["open"] * (required - met - other)
    if required <= _MOST_BOXES:
        wide = min(_BOX, (100 - _GAP * (required - 1)) / required)
        return [
            {"kind": kind, "x": round(at * (wide + _GAP), 2), "w": round(wide, 2)}
            for at, kind in enumerate(kinds)
        ]
    parts = [(kind, kinds.count(kind)) for kind in ("met", "other", "open")]
    pieces, x = [], 0.0
    for kind, number in parts:
        wide = 100 * number / required
        if number:
            pieces.append({"kind": kind, "x": round(x, 2), "w": round(wide, 2)})
        x += wide
    return pieces
