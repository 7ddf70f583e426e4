"""Sheets that are keyed: how one stands, from all that was done with it by whom.

A printed form is keyed by one person, keyed again by another who sees nothing of it, settled where
the two differ, and only then counted. Every step is an entry; the sheet is what they add up to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from outcomes.errors import DataError
from outcomes.surveys.double_entry import Discrepancy, KeyedForm, compare, settle
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Occasion

Stage = Literal["draft", "done", "codes again", "choice", "counted"]
Standing = Literal["started", "once", "differing", "agreed", "counted", "erased"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetName:
    """Which sheet is meant: numbers are printed anew for each wave and each place."""

    wave: str
    place: str
    sheet: str

    def __str__(self) -> str:
        return f"sheet {self.sheet} of {self.wave}, {self.place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the store: what one person did with one sheet, once."""

    user: str
    stage: Stage | Literal[""]  # "" once it was erased
    form: KeyedForm
    language: str
    day: str
    instance: str = ""  # of a counted sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """How one sheet stands."""

    name: SheetName
    entries: tuple[Entry, ...]  # oldest first
    standing: Standing
    first: Entry | None = None  # as it was finished, with codes that were keyed again
    second: Entry | None = None
    form: KeyedForm = field(default_factory=KeyedForm)  # what counts where nothing differs
    differing: tuple[Discrepancy, ...] = ()  # still to be settled
    keyed_apart: int = 0  # fields that differed when both had finished, for the error rate

    @property
    def language(self) -> str:
        """The language of the printed form."""
        return next((entry.language for entry in reversed(self.entries) if entry.language), "")

    @property
    def keyed_by(self) -> tuple[str, ...]:
        """Who has finished an entry of it."""
        return tuple(entry.user for entry in (self.first, self.second) if entry)

    @property
    def instance(self) -> str:
        """The instance that it became; "" until it is counted."""
        return next((entry.instance for entry in reversed(self.entries) if entry.instance), "")

    def own_entry(self, user: str) -> Entry | None:
        """The newest state of what one person keys of it; nobody sees another's before the end."""
        own = [each for each in self.entries if each.user == user and each.stage in _KEYING]
        return own[-1] if own else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How the paper forms of a wave stand, and how well they are keyed."""

    sheets: tuple[Sheet, ...]
    fields: int  # compared, over all sheets that two people finished
    apart: int  # of those, keyed differently

    @property
    def error_rate(self) -> float | None:
        """Fields keyed differently, out of all that were keyed twice; None before there are any."""
        return self.apart / self.fields if self.fields else None

    def count(self, standing: Standing) -> int:
        """Count the sheets that stand so."""
        return sum(sheet.standing == standing for sheet in self.sheets)


_KEYING = ("draft", "done")


def sheet_of(
    name: SheetName,
    entries: Sequence[Entry],
    *,
    instrument: Instrument,
    occasion: Occasion | None = None,
) -> Sheet:
    """Say how a sheet stands.

    Args:
        name: Which sheet.
        entries: All that was done with it, oldest first.
        instrument: What was printed on it.
        occasion: On which its wave is.
    """
    entries = tuple(entries)
    if any(not entry.stage for entry in entries):
        return Sheet(name=name, entries=entries, standing="erased")
    done: dict[str, Entry] = {}
    for entry in entries:
        if entry.stage == "done":
            done.setdefault(entry.user, entry)
    finished = list(done.values())
    if len(finished) < 2:
        first = finished[0] if finished else None
        standing: Standing = "once" if first else "started"
        return Sheet(name=name, entries=entries, standing=standing, first=first)
    return _compared(
        name, entries, pair=(finished[0], finished[1]), instrument=instrument, occasion=occasion
    )


def _compared(
    name: SheetName,
    entries: tuple[Entry, ...],
    *,
    pair: tuple[Entry, Entry],
    instrument: Instrument,
    occasion: Occasion | None,
) -> Sheet:
    first, second = pair
    apart = compare(first.form, second.form, instrument, occasion=occasion)
    one, other = _with_codes(first, entries), _with_codes(second, entries)
    still = compare(one, other, instrument, occasion=occasion)
    chosen: dict[str, str] = {}
    for entry in entries:
        if entry.stage == "choice":
            chosen |= entry.form.answers
    form, differing = settle(one, still, chosen)
    counted = any(entry.stage == "counted" for entry in entries)
    standing: Standing = "counted" if counted else "differing" if differing else "agreed"
    return Sheet(
        name=name,
        entries=entries,
        standing=standing,
        first=replace(first, form=one),
        second=replace(second, form=other),
        form=form,
        differing=differing,
        keyed_apart=len(apart),
    )


def _with_codes(entry: Entry, entries: Sequence[Entry]) -> KeyedForm:
    """Put the codes that a person keyed again in place of those of their entry."""
    again = [each for each in entries if each.user == entry.user and each.stage == "codes again"]
    if not again:
        return entry.form
    newest = again[-1].form
    return KeyedForm(answers=entry.form.answers, code=newest.code, card=newest.card)


def require_turn(sheet: Sheet, entry: Entry) -> None:
    """Refuse an entry of somebody whose turn it is not.

    Raises:
        DataError: They have keyed the sheet already, two others have, or it was erased.
    """
    if sheet.standing == "erased":
        raise DataError(f"the answers of {sheet.name} were erased. It cannot be keyed again")
    if entry.stage not in _KEYING:
        return
    if entry.user in sheet.keyed_by:
        raise DataError(
            f"you have keyed {sheet.name} already. Another person must key it the second time"
        )
    if sheet.second is not None:
        raise DataError(f"{sheet.name} has been keyed twice already. Take the next sheet")
