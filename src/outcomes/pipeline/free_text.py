"""Free text of a wave: the queue of texts to review, and what was decided of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from outcomes.errors import DataError
from outcomes.guards.text_flags import Flag, flags
from outcomes.pipeline.audit import record_with
from outcomes.pipeline.collecting import collect_answers, fielded_waves
from outcomes.pipeline.wave_answers import StoredAnswers, answers_of_wave, require_answers
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store.desk_tables import TEXT_REVIEWS
from outcomes.store.engine import reading
from outcomes.study import Study
from outcomes.surveys.free_text import (
    Review,
    Reviewed,
    decided,
    text_items,
    written_texts,
)
from outcomes.surveys.instrument import Instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTexts:
    """How far the review of one item's texts is."""

    item: str
    texts: int
    waiting: int
    edited: int
    accepted: int
    withheld: int


def collected_texts(study: Study, wave: str) -> list[Reviewed]:
    """Collect the finished forms of a wave, and list its texts with what was decided of each."""
    if wave in fielded_waves(study):
        collect_answers(study, wave)
    return texts_of_wave(study, wave)


def texts_of_wave(study: Study, wave: str) -> list[Reviewed]:
    """List the texts of a wave's stored answers with what was decided of each.

    Raises:
        DataError: study.toml dates no such wave.
    """
    return reviewed_texts(study, wave, answers_of_wave(study, wave), wave_instrument(study, wave))


def items_of_texts(texts: Iterable[Reviewed], instrument: Instrument) -> list[ItemTexts]:
    """Count how far the review is, item by item, in the order of the instrument."""
    by_item: dict[str, list[Reviewed]] = {name: [] for name in text_items(instrument)}
    for each in texts:
        by_item[each.written.item].append(each)

    def decisions(own: Sequence[Reviewed], verdict: str) -> int:
        return sum(
            not each.waiting and each.review is not None and each.review.verdict == verdict
            for each in own
        )

    return [
        ItemTexts(
            item=item,
            texts=len(own),
            waiting=sum(each.waiting for each in own),
            edited=decisions(own, "edited"),
            accepted=decisions(own, "accepted"),
            withheld=decisions(own, "withheld"),
        )
        for item, own in by_item.items()
    ]


def text_with(texts: Iterable[Reviewed], mark: str) -> Reviewed:
    """Find a text by its mark.

    Raises:
        DataError: There is none: its writer may have taken it back.
    """
    for each in texts:
        if each.written.mark == mark:
            return each
    raise DataError("this text is not there any more: its writer may have taken it back")


def flags_of(study: Study, text: str) -> tuple[Flag, ...]:
    """Flag what may say who somebody is; the study's own places and agency are no secret."""
    about = study.settings.study
    known = [about.name, about.agency, *(place.name for place in study.settings.places)]
    return flags(text, known=known)


def decide(
    study: Study,
    wave: str,
    seen: Reviewed,
    *,
    verdict: str,
    text: str,
    user: str,
    today: date,
) -> None:
    """Keep what a person decided of a text: a new row, with an entry in the audit log.

    Args:
        study: The study.
        wave: The label of the wave.
        seen: The text as it stood on the page.
        verdict: "accepted", "edited" or "withheld".
        text: The edited text.
        user: Who decides.
        today: In the study's time zone.

    Raises:
        DataError: The decision cannot be (see ``decided``), or somebody else decided meanwhile.

    Source:
        Issue 5, 6; requirement D29 (no names in notes that all may read).
    """
    kept, shown = decided(verdict, text, original=seen.written.text)
    written, version = seen.written, seen.review.version + 1 if seen.review else 1
    row = {
        "wave": wave,
        "respondent": written.respondent,
        "item": written.item,
        "version": version,
        "verdict": kept,
        "text": shown,
        "digest": written.digest,
        "day": today.isoformat(),
        "user": user,
    }
    detail = f"{written.item}: {kept}"
    try:
        with study.store.begin() as connection:
            require_answers(connection, wave, written.respondent)
            connection.execute(insert(TEXT_REVIEWS).values(**row))
            action = "reviewed a free text"
            record_with(connection, user=user, action=action, about=wave, detail=detail)
    except IntegrityError:
        raise DataError(
            "somebody else has decided on this text in the meantime. Look at it again"
        ) from None


def pairs(rows: Iterable[StoredAnswers]) -> list[tuple[str, Mapping[str, str]]]:
    """Give respondents with their answers."""
    return [(row.respondent, row.answers) for row in rows]


def reviewed_texts(
    study: Study, wave: str, rows: Sequence[StoredAnswers], instrument: Instrument
) -> list[Reviewed]:
    """Take the texts out of answers that were read already, each with what was decided of it."""
    reviews = _reviews(study, wave)
    return [
        Reviewed(written=each, review=reviews.get((each.respondent, each.item)))
        for each in written_texts(pairs(rows), instrument, wave=wave)
    ]


def _reviews(study: Study, wave: str) -> dict[tuple[str, str], Review]:
    columns = TEXT_REVIEWS.c
    newest = (
        select(func.max(columns.id).label("id"))
        .where(columns.wave == wave)
        .group_by(columns.respondent, columns.item)
        .subquery()
    )
    query = select(TEXT_REVIEWS).join(newest, columns.id == newest.c.id)
    with reading(study.store) as connection:
        return {
            (row.respondent, row.item): Review(
                verdict=row.verdict,
                text=row.text,
                digest=row.digest,
                version=row.version,
                user=row.user,
                day=row.day,
            )
            for row in connection.execute(query)
        }
