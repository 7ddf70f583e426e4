"""Who answered, as a code that tells no name: card codes hashed, other numbers hashed or kept."""

import json
import re
from collections import Counter
from dataclasses import dataclass

import pandas as pd

from outcomes.errors import DataError, Refusal
from outcomes.surveys.answer_files import AnswerFile
from outcomes.surveys.answer_mapping import AnswerMapping
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_codes import hashed_elements, respondent_of, sealed_digest
from outcomes.surveys.parts import SelfCode

HASHED = "hashed:"  # begins a cell whose code was hashed when the file was handed in
_SEALED = re.compile(HASHED + "([0-9a-f]{26})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondents:
    """The respondents of a file's rows."""

    codes: pd.Series  # by row; rows that are refused are absent
    refusals: tuple[Refusal, ...] = ()
    linked: bool  # whether the same person has the same code in another wave


def respondents_of(
    file: AnswerFile, mapping: AnswerMapping, rows: pd.Index, *, key: bytes, wave: str
) -> Respondents:
    """Give each row its respondent, the same one whenever the same row is read again.

    Args:
        file: The export.
        mapping: Says which column tells respondents apart, and what stands there.
        rows: The rows that count.
        key: The study key; a code is hashed with it and then forgotten.
        wave: The label of the wave: numbers that a tool counts by itself mean nothing beyond it.

    Returns:
        A card's code as the desk hashes it, so that both ways in link; an own code as it stands;
        a tool's own number hashed, for with it the tool could be asked for an address; without
        any column, a hash of what the row holds and of how many rows before it held the same.
    """
    source = mapping.respondent
    if source is None:
        return Respondents(codes=_of_content(file, rows, key=key, wave=wave), linked=False)
    cells = file.cells.loc[rows, source.column]
    if source.holds == "card code":
        return _of_cards(cells, key=key)
    refusals = tuple(
        Refusal(
            row=int(row),
            column=source.column,
            problem="the cell is empty",
            mend="Fill it in a copy of the file, or leave the row out by a rule under [[rows]]",
        )
        for row in cells.index[cells == ""]
    )
    cells = cells[cells != ""]
    if source.holds == "own id":
        return Respondents(codes=cells, refusals=refusals, linked=True)
    codes = cells.map(lambda cell: _hashed(key, f"{file.kind}/{wave}/{cell}"))
    return Respondents(codes=codes, refusals=refusals, linked=False)


def _of_cards(cells: pd.Series, *, key: bytes) -> Respondents:
    codes, refusals = {}, []
    for row, cell in cells.items():
        try:
            sealed = _SEALED.fullmatch(str(cell))
            codes[row] = sealed[1] if sealed else respondent_of(key, str(cell))
        except DataError:  # its message shows the code, and codes are shown nowhere
            refusals.append(
                Refusal(
                    row=int(str(row)),
                    column=str(cells.name),
                    problem="this is not a code of a card, or it was written with a slip",
                    mend="Compare it with the card, and correct it in a copy of the file",
                )
            )
    return Respondents(codes=pd.Series(codes, dtype="str"), refusals=tuple(refusals), linked=True)


def _of_content(file: AnswerFile, rows: pd.Index, *, key: bytes, wave: str) -> pd.Series:
    """Hash what each row holds; empty cells do not count, so that a new column changes nothing."""
    personal = [column.header for column in file.used_for("personal")]
    table = file.cells.drop(columns=personal)
    seen: Counter[str] = Counter()
    codes = {}
    for row, cells in zip(table.index, table.to_dict("records"), strict=True):
        held = {str(name): cell for name, cell in cells.items() if cell}
        content = json.dumps(held, sort_keys=True, ensure_ascii=False)
        seen[content] += 1
        codes[row] = _hashed(key, f"row/{wave}/{seen[content]}/{content}")
    return pd.Series(codes, dtype="str").loc[rows]


def _hashed(key: bytes, text: str) -> str:
    return sealed_digest(key, text.encode())[:26]


def hashed_codes(
    typed: pd.DataFrame, instrument: Instrument, *, key: bytes
) -> dict[int, dict[str, str]]:
    """Hash the self-made code of each row, element by element; what was typed is forgotten."""
    if instrument.code is None or typed.empty:
        return {}
    columns = {
        f"code.{name}": sealed_element(typed[name], instrument.code, name=str(name), key=key)
        for name in typed.columns
    }
    rows = pd.DataFrame(columns, index=typed.index)
    return {
        int(str(row)): {
            str(name): str(cell).removeprefix(HASHED) for name, cell in cells.items() if cell
        }
        for row, cells in zip(rows.index, rows.to_dict("records"), strict=True)
    }


def sealed_element(cells: pd.Series, code: SelfCode, *, name: str, key: bytes) -> pd.Series:
    """Hash the cells of one element of the self-made code; unusable ones become empty."""

    def sealed(cell: str) -> str:
        if _SEALED.fullmatch(cell):
            return cell
        element = hashed_elements(key, code, {name: cell})[name]
        return HASHED + element if element else ""

    return cells.map(sealed)


def sealed_cards(cells: pd.Series, *, key: bytes) -> pd.Series:
    """Hash the cells of a column of card codes; what is no code becomes words that say so."""

    def sealed(cell: str) -> str:
        if not cell or _SEALED.fullmatch(cell):
            return cell
        try:
            return HASHED + respondent_of(key, cell)
        except DataError:
            return "not a code"

    return cells.map(sealed)
