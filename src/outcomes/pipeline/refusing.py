"""Refuse imports whose columns look like what engagement never keeps, by name or by content."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from outcomes.guards.forbidden import require_none_forbidden

if TYPE_CHECKING:
    from outcomes.sheets import Reading, Sheet


def refuse_forbidden(
    sheet: "Sheet",
    *,
    reading: "Reading",
    texts: Iterable[str] = (),
    counts: bool = False,
) -> None:
    """Refuse a file that holds what engagement never keeps; nothing of it is stored then.

    All columns are looked at by their names in the file, those too that are not stored: whoever
    sends a list of suspects should hear of it, and say --without. The columns of free text that
    are stored are looked at by their content as well.

    Args:
        sheet: What was read.
        reading: How it was read; ``without`` names columns that were left out unread.
        texts: The stored columns that may hold any text.
        counts: Whether the table holds counts by place and month, see ``forbidden_columns``.

    Raises:
        FileError: It does; see ``require_none_forbidden``.

    Source:
        Requirements A6, A10, A11, D19.
    """
    require_none_forbidden(
        sheet.path,
        [*sheet.not_read, *reading.rename],
        cells={name: sheet.table[name] for name in texts if name in sheet.table},
        without=reading.without,
        counts=counts,
    )


def left_out_note(reading: "Reading") -> tuple[str, ...]:
    """Say in the account of an import which columns were left out unread."""
    if not reading.without:
        return ()
    return (f"Left out unread, as you said: {', '.join(reading.without)}.",)
