"""What is asked for of answers that are to be given away, and the rules that it must meet."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from outcomes.errors import DataError
from outcomes.surveys.data_files import (
    AboutData,
    Code,
    Dataset,
    Part,
    Wanted,
    assemble,
    caution,
    coarsened,
    refuse_recognizable,
    without,
)
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.scoring import score


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked for of answers that are to be given away."""

    scores: bool = False
    person_items: bool = False  # those that describe the person
    free_text: bool = False
    public: bool = False  # for anybody: refused where somebody could be recognized
    leave_out: tuple[str, ...] = ()  # columns
    coarsen: Mapping[str, str] = field(default_factory=dict)  # column -> width of a band, or year
    earlier: tuple[Path, ...] = ()  # earlier texts of the instruments


def require_publishable(ask: Ask) -> None:
    """Refuse to publish free text.

    Raises:
        DataError: Both are asked for.
    """
    if ask.public and ask.free_text:
        raise DataError(
            "what people wrote in their own words is never published row by row: people name "
            "themselves and others in it. Leave out --with-free-text or --public"
        )


def texts_at_hand(current: Sequence[Instrument], ask: Ask) -> dict[str, Instrument]:
    """Gather the texts that are at hand, those in use before earlier ones."""
    earlier = [read_instrument(path) for path in ask.earlier]
    return {content_hash(each): each for each in (*current, *earlier)}


def link_of(secret: bytes, respondent: str) -> str:
    """Hash a respondent once more, so that the file does not lead back to rows of the store."""
    return hmac.new(secret, f"export/{respondent}".encode(), hashlib.sha256).hexdigest()[:20]


def scored(part: Part) -> Part:
    """Add the scores of the scales, where the text of the version is at hand and has any."""
    if part.instrument is None or not part.instrument.scales:
        return part
    answers = part.answers.assign(respondent=part.about["link"])
    return replace(part, scores=score(answers, part.instrument).table.drop(columns="respondent"))


def finished(
    parts: Sequence[Part],
    ask: Ask,
    *,
    about: AboutData,
    name: str,
    codes: Mapping[str, Sequence[Code]],
    floor: int,
    notes: Sequence[str],
) -> Dataset:
    """Put the parts together, take out what is not wanted, and hold them against the rules."""
    wanted = Wanted(person_items=ask.person_items, free_text=ask.free_text, codes=codes)
    dataset = assemble(parts, wanted, about=about, name=name)
    if ask.public:
        days = [each.name for each in dataset.variables if each.role == "day"]
        dataset = without(dataset, days) if days else dataset
    dataset = coarsened(without(dataset, ask.leave_out), ask.coarsen)
    if ask.public:
        refuse_recognizable(dataset, floor=floor)
    elif said := caution(dataset, floor=floor):
        notes = (*notes, said)
    order = [each.name for each in dataset.variables if each.role in {"wave", "link"}]
    rank = {code.code: at for at, code in enumerate(codes.get("wave", ()))}
    table = dataset.table.sort_values(
        sorted(order, reverse=True), key=lambda cells: cells.map(lambda cell: rank.get(cell, cell))
    ) if order else dataset.table  # fmt: skip
    return replace(
        dataset,
        table=table.reset_index(drop=True),
        notes=(*dataset.notes, *_free_text_note(ask), *notes),
    )


def _free_text_note(ask: Ask) -> tuple[str, ...]:
    if not ask.free_text:
        return ()
    return (
        "The file holds what people wrote, in their own words and not as reviewed at the desk: "
        "read it before you pass it on, for people name themselves and others.",
    )


def weight_text(weight: float | None) -> str:
    """Write a weight as a cell; empty where there is none."""
    return "" if weight is None or weight != weight else f"{weight:.12g}"  # noqa: PLR0124 (NaN)
