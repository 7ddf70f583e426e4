"""What kinds of engagement records there are, which are stored, and empty tables to fill in."""

from pathlib import Path

import pandas as pd

from outcomes.engagement.record_kinds import RecordKind, record_kind, shipped_kinds
from outcomes.engagement.record_reading import empty_table, explained
from outcomes.engagement.record_values import cell_of
from outcomes.errors import FileError
from outcomes.pipeline.engagement_records import WITHDRAWN, read_records, stored_records
from outcomes.study import Study, write_whole

_ROLES = {
    "output": "what the agency does",
    "outcome": "what people then do",
    "context": "what surrounds both",
}


def kind_table() -> pd.DataFrame:
    """List every kind: its code, its name, what it tells (D14), and its measures."""
    rows = [
        {
            "kind": kind.code,
            "name": kind.name,
            "tells": tells(kind),
            "measures": ", ".join(dict.fromkeys(one.measure for one in kind.counted)),
            "requirement": kind.requirement,
        }
        for kind in shipped_kinds().values()
    ]
    return pd.DataFrame(rows)


def tells(kind: RecordKind) -> str:
    """Say whether a kind tells of outputs, of outcomes or of the surroundings (D14)."""
    if kind.has_result:
        return _ROLES["outcome"]
    if kind.is_context:
        return _ROLES["context"]
    return _ROLES["output"] if kind.roles else "how engagement is prepared and led"


def field_table(code: str) -> pd.DataFrame:
    """List the fields of one kind, and what belongs there."""
    kind = record_kind(code)
    return pd.DataFrame(explained(kind, ["a place of the study"]), columns=["column", "what"])


def write_template(study: Study, code: str, out: Path) -> list[str]:
    """Write an empty table for records of one kind.

    Returns:
        A line on the file, and one on each of its columns.

    Raises:
        FileError: There is such a file already, or it is no CSV.
    """
    kind = record_kind(code)
    if out.suffix.lower() != ".csv":
        raise FileError(out, "", "the empty table is a CSV file", "Let its name end in .csv")
    if out.exists():
        raise FileError(out, "", "there is such a file already", "Choose another name")
    write_whole(out, empty_table(kind).to_csv(index=False, lineterminator="\n"))
    lines = [f"{out} is ready for {kind.many}. Its columns:"]
    return [*lines, *(f"  {name}: {what}" for name, what in explained(kind, study.place_codes()))]


def overview(study: Study) -> tuple[pd.DataFrame, list[str]]:
    """Count the records of every kind, with their first and last day."""
    found = read_records(study)
    rows = [
        {"kind": kind, "records": len(each), "first": each["day"].min(), "last": each["day"].max()}
        for kind, each in found.groupby("kind", sort=True)
    ]
    table = pd.DataFrame(rows, columns=["kind", "records", "first", "last"])
    return table, _withdrawn(stored_records(study))


def listed(study: Study, code: str) -> tuple[pd.DataFrame, list[str]]:
    """List the records of one kind, by day and place, one column a field."""
    kind = record_kind(code)
    found = read_records(study, code).sort_values(["day", "place"], kind="stable")
    table = found[["day", "place", "community"]].reset_index(drop=True)
    for field in kind.fields:
        table[field.name] = [cell_of(body.get(field.name)) for body in found["body"]]
    return table, _withdrawn(stored_records(study, code))


def _withdrawn(stored: pd.DataFrame) -> list[str]:
    gone = int(stored["body"].map(lambda body: WITHDRAWN in body).astype(bool).sum())
    return [f"{gone} withdrawn at the desk, and left out here."] if gone else []
