"""What the past tells of a study that is planned, and what it is too short to tell."""

from outcomes.analyses.panel_table import PanelTable
from outcomes.stats.place_spread import PlaceSpread, place_spread

FEW_PERIODS = 12  # past periods below which the result says so


def spread_of_past(past: PanelTable, *, counts: bool) -> PlaceSpread:
    """Learn from the periods before the first start how the outcome moves by itself.

    Raises:
        DataError: As ``place_spread``.
    """
    first = min(past.start.values()) if past.start else None
    early = [period for period in past.periods if first is None or period < first]
    return place_spread(past.outcome[early].to_numpy(dtype=float), counts=counts)


def short_past(spread: PlaceSpread) -> tuple[str, ...]:
    """Say so where the past is too short to know the spread well."""
    if spread.periods >= FEW_PERIODS:
        return ()
    return (
        f"the past is only {spread.periods} periods of {len(spread.means)} places, so the spread "
        "is itself uncertain, and the true answer may well be half or twice as large",
    )
