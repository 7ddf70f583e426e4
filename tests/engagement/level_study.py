"""A small study with communities of both approaches, and records of them, for tests of levels."""

from datetime import date
from itertools import count

from outcomes.pipeline.engagement_records import record_row, store_records
from outcomes.store import Source, append
from outcomes.study import Study, open_study

TODAY = date(2026, 1, 10)
COMMUNITIES = """
[[communities]]
code = "river-families"
name = "River families"
approach = "broad-based"
places = ["eastbank"]

[[communities]]
code = "newcomers"
name = "Newcomers"
approach = "tailored"
trend = "scams that target people who are new in the city"
first = 2025-03-01
last = 2025-05-31

[[communities]]
code = "shop-owners"
name = "Shop owners"
approach = "broad-based"
"""
_NUMBERS = count()


def with_communities(folder, more: str = COMMUNITIES) -> Study:
    """Add communities to the small study."""
    settings = folder / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + more, encoding="utf-8")
    return open_study(folder)


def keep(study, kind, day, *, community="", place="agency", **body) -> None:
    """Store one record, as its page would."""
    row = record_row(
        kind, key=[str(next(_NUMBERS))], day=day, place=place, community=community, body=body
    )
    store_records(study, [row], source=Source(step="test", read=1))


def keep_contacts(study, by_month, *, known=0, **where) -> None:
    """Store one record of contacts a month, with so many new ones."""
    for month, new in by_month.items():
        keep(study, "contact", f"2025-{month:02}-10", new=new, known=known, **where)


def keep_counts(study, measure, by_month, *, place="eastbank") -> None:
    """Store imported counts."""
    rows = [
        {"key": f"{place}/{month}/{measure}", "place": place, "month": f"2025-{month:02}",
         "measure": measure, "value": value}
        for month, value in by_month.items()
    ]  # fmt: skip
    append(study.store, "counts", rows, source=Source(step="test", read=len(rows)))
