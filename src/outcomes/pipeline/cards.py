"""Code cards of a group: drawn, printed once, and known afterwards by their hashes alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import IntegrityError

from outcomes.errors import DataError, one_of
from outcomes.store.desk_tables import CARDS
from outcomes.store.engine import reading
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.study import Study, study_key
from outcomes.surveys.code_cards import cards_pdf, make_codes
from outcomes.surveys.keyed_codes import respondent_of

MOST_CARDS = 2000  # at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Cards that were drawn just now; the codes are in the PDF and nowhere else."""

    pdf: bytes
    first: int  # serial numbers
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardUse:
    """Which cards of a group were used in one wave, by their serial numbers, never by code."""

    printed: int
    unused: tuple[int, ...]  # serials of cards with which no form was begun
    begun: tuple[int, ...]  # serials of cards whose form was begun and not finished

    @property
    def finished(self) -> int:
        """How many cards have a finished form."""
        return self.printed - len(self.unused) - len(self.begun)


def draw_cards(
    study: Study, group: str, *, n: int, title: str, language: str, today: date
) -> Drawn:
    """Draw cards for a group, store their hashes in one transaction, and give the PDF.

    The codes are stored nowhere: the same cards cannot be printed again, but more can be drawn.

    Args:
        study: The study.
        group: Of waves: the same card is good for each of them.
        n: How many cards, 1 to 2,000.
        title: What stands on each card.
        language: Of the words on the cards.
        today: In the study's time zone.

    Raises:
        DataError: No wave has that group, the number is out of range, the title is empty, or
            somebody else drew cards at the same moment.

    Source:
        Requirement A10; issue 4, 1.
    """
    known = list(dict.fromkeys(wave.group for wave in study.settings.waves))
    if group not in known:
        raise DataError(f"no wave is of the group {group!r}. {one_of(group, known)}")
    if not 1 <= n <= MOST_CARDS:
        raise DataError(f"{n} cards cannot be printed at once. Ask for 1 to {MOST_CARDS:,}")
    if not title.strip():
        raise DataError("the cards need a title. Write what they are for, such as: Spring class")
    with reading(study.store) as connection:
        first = _last_serial(connection, group) + 1
    serials = range(first, first + n)
    codes = make_codes(n)
    pdf = cards_pdf(codes, title=title.strip(), language=language, serials=serials)
    key = study_key(study)
    rows = [
        {
            "group": group,
            "serial": serial,
            "respondent": respondent_of(key, code),
            "day": today.isoformat(),
        }
        for serial, code in zip(serials, codes, strict=True)
    ]
    try:
        with study.store.begin() as connection:
            connection.execute(insert(CARDS), rows)
    except IntegrityError:  # a serial or, hardly ever, a code that is taken
        raise DataError(
            f"somebody drew cards for {group} at the same moment, so none were drawn here. "
            "Draw them again"
        ) from None
    return Drawn(pdf=pdf, first=serials[0], last=serials[-1])


def _last_serial(connection: Connection, group: str) -> int:
    query = select(func.max(CARDS.c.serial)).where(CARDS.c.group == group)
    return int(connection.execute(query).scalar() or 0)


def card_use(study: Study, wave: str) -> CardUse:
    """Say which cards of a wave's group are still unused, and with which a form was only begun."""
    group = study.wave(wave).group
    columns = SUBMISSIONS.c
    with reading(study.store) as connection:
        cards = connection.execute(
            select(CARDS.c.serial, CARDS.c.respondent)
            .where(CARDS.c.group == group)
            .order_by(CARDS.c.serial)
        ).all()
        parts = connection.execute(
            select(columns.respondent, columns.part).where(
                columns.wave == wave, columns.part.in_(("start", "end", "form"))
            )
        ).all()
    begun = {respondent for respondent, _ in parts}
    finished = {respondent for respondent, part in parts if part != "start"}
    return CardUse(
        printed=len(cards),
        unused=tuple(serial for serial, respondent in cards if respondent not in begun),
        begun=tuple(serial for serial, respondent in cards if respondent in begun - finished),
    )


def in_runs(serials: tuple[int, ...]) -> str:
    """Write serial numbers briefly: 3, 7 to 9, 12."""
    runs: list[list[int]] = []
    for serial in serials:
        if runs and serial == runs[-1][-1] + 1:
            runs[-1].append(serial)
        else:
            runs.append([serial])
    return ", ".join(
        ", ".join(map(str, run)) if len(run) < 3 else f"{run[0]} to {run[-1]}" for run in runs
    )
