"""Guards by default: what speaks against a comparison of places, as warnings of its Estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from outcomes.analyses.collapsed_panel import CollapsedPanel, change_beyond, collapse, is_told
from outcomes.analyses.panel_table import PanelTable
from outcomes.analyses.threats_before import few_before, moved_early, peaked
from outcomes.analyses.threats_of_cause import (
    AS_BEFORE,
    WEAK,
    drift,
    not_as_planned,
    reverse_direction,
    unmeasured,
)
from outcomes.analyses.threats_of_places import (
    bordering,
    one_place_decides,
    other_people,
    other_reports,
)
from outcomes.estimate import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of the places beside the panel."""

    names: Mapping[str, str] = field(default_factory=dict)  # place: its name
    next_to: Mapping[str, Sequence[str]] = field(default_factory=dict)  # place: its neighbors
    delivered: Mapping[str, float] = field(default_factory=dict)  # place: share of required walks
    context: Sequence[str] = ()  # what else happened, each in words (D18, D32)


NOTHING_KNOWN = Surroundings()


def threats(
    panel: PanelTable, *, around: Surroundings = NOTHING_KNOWN, level: float = 0.95
) -> tuple[str, ...]:
    """Run every guard that applies to a comparison of treated and untreated places.

    Where nothing is planted, 8 places of 24 months give a warning beside those of what is known
    anyway (few periods, borders, events) in about one study of ten: see benchmarks/threats.py.

    Args:
        panel: The outcome, without periods that a start cuts in two.
        around: What is known of the places beside it.
        level: Confidence level.

    Returns:
        Plain sentences for ``Estimate.warnings``. What stands in square brackets rests on single
        places or periods, and is for the agency alone: publishing takes it out.

    Raises:
        DataError: No place is treated or none is not, a place has no value on one side, or there
            are too few places.
    """
    return _spoken(collapse(panel), panel, around=around, level=level)[0]


def guarded(
    estimate: Estimate, panel: PanelTable, *, around: Surroundings = NOTHING_KNOWN
) -> Estimate:
    """Add to an estimate what the guards say: against it, or of how much would undo it.

    What only much would undo stands among the assumptions, with the number.

    Args:
        estimate: The change of treated places beyond the others, from this panel.
        panel: As for ``threats``.
        around: As for ``threats``.

    Raises:
        DataError: As for ``threats``.
    """
    against, stands = _spoken(collapse(panel), panel, around=around, level=estimate.level)
    return replace(
        estimate,
        warnings=tuple(dict.fromkeys((*estimate.warnings, *against))),
        assumptions=tuple(dict.fromkeys((*estimate.assumptions, *stands))),
    )


def _spoken(
    collapsed: CollapsedPanel, panel: PanelTable, *, around: Surroundings, level: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Gather what speaks against the comparison, and what would be needed to undo it."""
    names = around.names
    whole = change_beyond(collapsed, collapsed.change, level=level)
    told = is_told(whole, collapsed)
    weak, stands = _sensitivity(collapsed, level=level) if told else ((), ())
    against = (
        *few_before(collapsed),
        *peaked(collapsed),
        *moved_early(collapsed),
        *one_place_decides(collapsed, names=names, level=level),
        *weak,
        *reverse_direction(panel),
        *bordering(collapsed, next_to=around.next_to, names=names, level=level),
        *other_people(panel, names=names),
        *other_reports(collapsed, names=names),
        *not_as_planned(whole, delivered=around.delivered, names=names, told=told),
        *around.context,
    )
    return against, stands


def _sensitivity(
    collapsed: CollapsedPanel, *, level: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part what little would undo a claim from what only much would."""
    weak: list[str] = []
    stands: list[str] = []
    for found, limit in (
        (drift(collapsed, level=level), AS_BEFORE),
        (unmeasured(collapsed, level=level), WEAK),
    ):
        if found is not None:
            (weak if found[1] < limit else stands).append(found[0])
    return tuple(weak), tuple(stands)
