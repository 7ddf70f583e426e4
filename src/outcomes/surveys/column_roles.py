"""Which columns of an export tell respondents, places, days, weights and finished forms?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from outcomes.errors import DataError
from outcomes.surveys.answer_files import AnswerColumn, AnswerFile, fold, fold_name
from outcomes.surveys.answer_mapping import DateSource, PlaceSource, RespondentSource, RowSource
from outcomes.surveys.code_cards import check_code
from outcomes.surveys.mapped_answers import day_of
from outcomes.surveys.mapped_respondents import HASHED

_NEARLY_ALL = 0.9
_PLACE_HEADERS = frozenset(("place", "neighborhood", "neighbourhood", "barrio", "vecindario"))


def respondent_source(
    file: AnswerFile, free: Sequence[AnswerColumn], *, chosen: Mapping[str, str]
) -> RespondentSource | None:
    """Find the column that tells respondents apart: a person's choice, card codes, or a number."""
    said = [each for each in free if chosen.get(each.header) == "respondent"]
    for column in said or free:
        if holds_cards(list(file.cells[column.header])):
            return RespondentSource(column=column.header, holds="card code")
    own = said or [each for each in free if fold(each.header) == "respondent"]
    if own:
        return RespondentSource(column=own[0].header, holds="own id")
    numbers = file.used_for("response id")
    if not numbers:
        return None
    # a record of REDCap that has several occasions is one person; else each response is somebody
    same_person = file.kind == "redcap" and bool(events_in(file))
    holds: Literal["own id", "response id"] = "own id" if same_person else "response id"
    return RespondentSource(column=numbers[0].header, holds=holds)


def holds_cards(cells: Sequence[str]) -> bool:
    """Say whether nearly all cells of a column are codes of cards, or hashes of such."""
    filled = [cell for cell in cells if cell]
    good = 0
    for cell in filled:
        try:
            if not cell.startswith(HASHED):
                check_code(cell)
            good += 1
        except DataError:
            continue
    return good >= 2 and good >= _NEARLY_ALL * len(filled)


def place_source(
    file: AnswerFile,
    free: Sequence[AnswerColumn],
    *,
    places: Mapping[str, str] | None,
    chosen: Mapping[str, str],
) -> PlaceSource | None:
    """Find the column of places, where each of its cells is a place of the study."""
    said = [each for each in free if chosen.get(each.header) == "place"]
    for column in said or [each for each in free if fold(each.header) in _PLACE_HEADERS]:
        cells = sorted({cell for cell in file.cells[column.header] if cell})
        if not places or all(cell in places for cell in cells):
            return PlaceSource(column=column.header)
        named = {fold_name(name): code for code, name in places.items()}
        table = {cell: named.get(fold_name(cell), cell if cell in places else "") for cell in cells}
        if all(table.values()) or said:
            answers = {cell: code for cell, code in table.items() if code}
            return PlaceSource(column=column.header, answers=answers)
    return None


def column_named(free: Sequence[AnswerColumn], name: str, *, chosen: Mapping[str, str]) -> str:
    """Find the column of a name, or the one that a person chose for it; "" if there is none."""
    said = [each.header for each in free if chosen.get(each.header) == name]
    return next(iter(said or [each.header for each in free if fold(each.header) == name]), "")


def date_source(file: AnswerFile, used: Sequence[str]) -> DateSource | None:
    """Find the day of the answers: of several, the last one that stands before them."""
    first = min(file.headers.index(column) for column in used)
    dates = [column.header for column in file.used_for("date")]
    before = [column for column in dates if file.headers.index(column) < first]
    order = file.parsed.date_order
    for column in [*reversed(before), *dates]:
        if any(day_of(cell, order=order) for cell in file.cells[column]):
            return DateSource(column=column, order=order)
    return None


def row_sources(file: AnswerFile, used: Sequence[str]) -> Iterator[RowSource]:
    """List the rules by which rows are left out: the tool's own, and the status of forms."""
    for rule in file.parsed.rules:
        yield RowSource(column=rule.column, keep=rule.keep, drop=rule.drop, why=rule.why)
    status = [column.header for column in file.used_for("form status")]
    ends = {
        next((each for each in status if file.headers.index(each) > at), "")
        for at in map(file.headers.index, used)
    }
    for column in status:
        if column in ends:  # REDCap puts it behind the last question of each form
            yield RowSource(column=column, keep=("2", "Complete"), why="it was not finished")


def events_in(file: AnswerFile) -> dict[str, tuple[str, ...]]:
    """List the occasions that one export of REDCap holds, by the column that names them."""
    names = {"redcap event name", "event name"}
    found = {}
    for header in file.headers:
        if file.kind == "redcap" and fold(header) in names:
            found[header] = tuple(sorted({cell for cell in file.cells[header] if cell}))
    return found
