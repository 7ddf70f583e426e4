"""Export the engagement record as tables: who took what is written into the audit log first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.engagement.log import PEOPLE
from outcomes.engagement.record_kinds import shipped_kinds
from outcomes.errors import FileError
from outcomes.measures import MEASURES, join
from outcomes.pipeline.audit import read_audit, record
from outcomes.pipeline.engagement import check_walks, walk_measures
from outcomes.pipeline.engagement_public import public_measures
from outcomes.pipeline.engagement_records import read_records
from outcomes.pipeline.engagement_retention import NOTES, free_texts
from outcomes.pipeline.published_sums import published_sums, record_sums
from outcomes.pipeline.record_counting import engagement_record_measures
from outcomes.pipeline.records import count_measures
from outcomes.store import read_facts
from outcomes.study import Study, write_whole

ACTION = "exported engagement"  # in the audit log
MAY_EXPORT = ("analyst", "coordinator")  # roles at the desk; administrators may too
MAY_EXPORT_NOTES = ("coordinator",)
_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # by spreadsheets
_WHERE = ("kind", "day", "place", "community")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementExport:
    """The tables of one export, and what their reader should know."""

    tables: Mapping[str, pd.DataFrame]  # name -> table
    notes: bool  # whether texts in staff's own words are there
    public: bool
    floor: int  # below which counts are withheld, where it is public
    withheld: int = 0  # cells
    as_before: int = 0  # cells that are shown as they were published before
    kept_back: pd.DataFrame | None = None  # what is withheld, with its values: never handed out
    made: str  # day
    about: str  # the study
    generated: str = ""  # says so where the data were made up

    def files(self) -> dict[str, bytes]:
        """Write every table as CSV, and a README that explains them."""
        found = {f"{name}.csv": _csv(table) for name, table in self.tables.items()}
        return {**found, "README.txt": (self._readme() + "\n").encode()}

    def detail(self) -> str:
        """Say for the audit log what was taken."""
        rows = ", ".join(f"{name} {len(table)}" for name, table in self.tables.items())
        version = "public version" if self.public else f"notes {'in' if self.notes else 'left out'}"
        return f"rows: {rows}; {version}"

    def _readme(self) -> str:
        lines = [f"Engagement record: {self.about}, exported {self.made}."]
        lines += [self.generated] if self.generated else []
        lines += ["", *(f"{name}.csv: {_ABOUT[_sort(name)]}" for name in self.tables), ""]
        lines += _OF_PUBLIC if self.public else _OF_INTERNAL
        if self.public:
            lines.append(
                f"{self.withheld} cells that rest on fewer than {self.floor} people or cases, or "
                "would give such a cell away, are empty and say so in the column withheld."
            )
            if self.as_before:
                lines.append(
                    f"{self.as_before} cells stand as they were published before, with the months "
                    f"of then: fewer than {self.floor} have come since, and the difference would "
                    "tell of them."
                )
        elif not self.notes:
            lines.append("Texts in staff's own words were left out.")
        lines.append("An apostrophe stands before what a spreadsheet would run as a formula.")
        return "\n".join(lines)


_ABOUT = {
    "walks": "every walk with its type, start, minutes, and people by rank group (outputs).",
    "records": "one kind of engagement record, a row each.",
    "compliance": "walks required, done and counted by place, type and period, and why not.",
    "measures": "counts by place and period; the column role says output (what the agency did), "
    "outcome (what people then did) or context. Never add them up across roles.",
}
_OF_INTERNAL = [
    "For use inside the agency. No resident is named in it, but single walks and events can be "
    "recognized: publish only what was made with --public."
]
_OF_PUBLIC = [
    "May be published. Single walks, records and the check by the rules are not part, nor is what "
    "goes on from month to month: no sum over months says how many partnerships there are."
]


def gather_engagement(
    study: Study, *, today: date, notes: bool = False, public: bool = False
) -> EngagementExport:
    """Gather the engagement tables of a study for an export; nothing is written yet.

    Args:
        study: The study.
        today: In its time zone.
        notes: Whether texts in staff's own words are wanted; never in a public version.
        public: Whether anybody may see it: measures only, and no cell on few people or cases.

    Returns:
        walks, one table for each kind of record, compliance and measures; names of staff are in
        none of them.

    Raises:
        DataError: A measure comes from records and from a table of counts alike.
        FileError: The walk rules are missing or break a rule.

    Source:
        Issue 9, 6; requirements A10, D14, D29, E9.
    """
    floor = study.settings.publish.smallest_cell
    measures, shown = _measures(study), None
    if public:
        earlier = published_sums(study)
        shown = public_measures(measures, smallest=floor, start=_start(study), earlier=earlier)
        tables = {"measures": shown.table}
    else:
        check_walks(study)  # writes results/compliance.csv as it stands now
        tables = {
            "walks": _walks(study),
            **_records(study, notes=notes),
            "compliance": study.read_table("compliance"),
            "measures": measures,
        }
    about = study.settings.study
    return EngagementExport(
        tables=tables,
        notes=notes and not public,
        public=public,
        floor=floor,
        withheld=shown.withheld if shown else 0,
        as_before=shown.as_before if shown else 0,
        kept_back=shown.kept_back if shown else None,
        made=today.isoformat(),
        about=about.name,
        generated=about.generated,
    )


def log_export(study: Study, export: EngagementExport, *, user: str) -> None:
    """Write into the audit log who takes what; call it before anything is handed out.

    What goes to the public stands in the study's ledger too from then on. An export that then
    fails has a row too many, which is better than one without a row.
    """
    if export.kept_back is not None:
        day = date.fromisoformat(export.made)
        record_sums(study, export.tables["measures"], export.kept_back, day=day)
    record(
        study.store,
        user=user,
        action=ACTION,
        about=", ".join(export.tables),
        detail=export.detail(),
    )


def write_export(study: Study, export: EngagementExport, *, out: Path, user: str) -> list[Path]:
    """Log an export and write its files into a folder of their own.

    Raises:
        FileError: The folder is a file or holds files already; nothing was written or logged.
    """
    if out.is_file() or (out.exists() and any(out.iterdir())):
        raise FileError(
            out, "", "an export goes into an empty folder, and this holds something", "Name another"
        )
    files = export.files()
    log_export(study, export, user=user)
    for name, content in files.items():
        write_whole(out / name, content)
    return [out / name for name in files]


def export_log(study: Study) -> pd.DataFrame:
    """List every export of engagement tables, newest first: at (UTC), user, tables, detail."""
    rows = [row for row in read_audit(study.store) if row.action == ACTION]
    return pd.DataFrame(
        [
            {"at": row.at, "user": row.user, "tables": row.about, "detail": row.detail}
            for row in reversed(rows)
        ],
        columns=["at", "user", "tables", "detail"],
    )


def _start(study: Study) -> str:
    """Say in which month the walks began; "" where no place has any."""
    days = [place.start for place in study.places("focus") if place.start]
    return f"{min(days):%Y-%m}" if days else ""


def _walks(study: Study) -> pd.DataFrame:
    walks = read_facts(study.store, "walks")
    people = pd.DataFrame(list(walks["people"]), index=walks.index).astype(float)
    told = [role for role in PEOPLE if role in people]  # not in the order in which they are stored
    counted = people[told].fillna(0).astype(int)
    return pd.concat([walks.drop(columns=["people", "key"]), counted], axis=1)


def _records(study: Study, *, notes: bool) -> dict[str, pd.DataFrame]:
    """Lay records out, a table for each kind there is; keys and staff names stay behind."""
    kinds, found = shipped_kinds(), {}
    for kind, rows in read_records(study).groupby("kind", sort=True):
        code = str(kind)
        texts = free_texts(kinds[code]) if code in kinds else NOTES
        laid = [
            {name: row[name] for name in _WHERE}
            | _cells(row["body"], leave_out=() if notes else texts)
            for row in rows.to_dict("records")
        ]
        found[f"records-{code.replace('_', '-')}"] = pd.DataFrame(laid)
    return found


def _cells(body: Mapping[str, Any], *, leave_out: Sequence[str]) -> dict[str, Any]:
    return {
        name: "; ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in body.items()
        if name not in leave_out
    }


def _measures(study: Study) -> pd.DataFrame:
    """Gather the measures of walks and records, each with its role (D14)."""
    counted = engagement_record_measures(study, counted=count_measures(study))
    table = join([each for each in (walk_measures(study), counted) if not each.empty])
    roles = [MEASURES[code].role for code in table["measure"]]
    return table.assign(role=roles)[["measure", "role", "place", "period", "value"]]


def _csv(table: pd.DataFrame) -> bytes:
    shown = table.copy()
    for name in shown.columns:
        if not pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = [_plain(cell) for cell in shown[name]]
    text: str = shown.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8-sig")  # the mark lets spreadsheets read accents right


def _plain(cell: object) -> object:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RUN_AS_FORMULA) else cell


def _sort(name: str) -> str:
    return "records" if name.startswith("records") else name
