"""One respondent's form as it stands now: read back from the store before every page."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, select

from outcomes.pipeline.fielding import Standing, standing
from outcomes.store.desk_tables import CARDS
from outcomes.store.engine import reading
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import FINISHING, Stored, Submission, Verdict, parts_of
from outcomes.surveys.flow import state
from outcomes.surveys.merged import Merged, merged_answers
from outcomes.web.desk_state import Desk
from outcomes.web.respond.form_reading import from_json
from outcomes.web.respond.links import Link, known_hash
from outcomes.web.respond.steps import Body, Progress, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """Somebody's form in one wave."""

    link: Link
    instance: str
    respondent: str
    place: str  # where it was started
    parts: tuple[str, ...]  # those that were stored
    merged: Merged
    progress: Progress
    changed: bool  # the instrument is another one than at the start

    def again(self, step: Step) -> bool:
        """Whether a page must be answered again only because the instrument was changed."""
        answered = step.part in self.progress.bodies or any(
            self.merged.given.get(name) for name in step.items
        )
        return self.changed and answered and not self.progress.done(step)


def find_sitting(desk: Desk, link: Link, instance: str, *, language: str) -> Sitting | None:
    """Find a form by what the cookie holds; None where this wave has no such form."""
    parts = parts_of(desk.engine, instance) if instance else []
    if not parts or parts[0].wave != link.wave.label:
        return None
    merged = merged_answers(link.instrument, parts, occasion=link.wave.occasion)
    progress = progress_of(
        desk, link, given=merged.given, skipped=merged.skipped, bodies=_bodies(parts),
        language=language,
    )  # fmt: skip
    return Sitting(
        link=link,
        instance=instance,
        respondent=parts[0].respondent,
        place=parts[0].place,
        parts=tuple(one.part for one in parts),
        merged=merged,
        progress=progress,
        changed=parts[0].instrument_hash != known_hash(link.instrument),
    )


def progress_of(
    desk: Desk,
    link: Link,
    *,
    given: Mapping[str, str],
    skipped: frozenset[str],
    bodies: Mapping[str, Body],
    language: str,
) -> Progress:
    """Work out how far a form has come, with messages in a language."""
    occasion = link.wave.occasion
    found = state(link.instrument, given, occasion=occasion, today=desk.today(), language=language)
    return Progress(
        instrument=link.instrument,
        occasion=occasion,
        standing=found,
        skipped=skipped,
        bodies=bodies,
    )


def as_typed(desk: Desk, sitting: Sitting, step: Step, *, body: Body, language: str) -> Progress:
    """Work out how a form stood if what was typed on a page were stored."""
    skipped = sitting.merged.skipped - set(body.answers) | set(body.skipped)
    return progress_of(
        desk,
        sitting.link,
        given={**sitting.merged.given, **body.answers},
        skipped=frozenset(skipped),
        bodies={**sitting.progress.bodies, step.part: body},
        language=language,
    )


def _bodies(parts: list[Stored]) -> dict[str, Body]:
    return {one.part: from_json(one.body) for one in parts if one.part.startswith("page/")}


def wave_standing(desk: Desk, link: Link) -> Standing:
    """Say how the wave stands today."""
    return standing(desk.study, link.wave.label, today=desk.today())


async def store_part(desk: Desk, submission: Submission) -> Verdict:
    """Hand a part to the writer, and wait until it is on the disk.

    Raises:
        NotSaved: The store could not keep it.
    """
    return await asyncio.wrap_future(desk.writer.submit(submission))


def is_card(engine: Engine, *, group: str, respondent: str) -> bool:
    """Say whether a card was printed for this group of waves."""
    query = select(CARDS.c.id).where(CARDS.c.group == group, CARDS.c.respondent == respondent)
    with reading(engine) as connection:
        return connection.execute(query.limit(1)).first() is not None


def finished_elsewhere(engine: Engine, *, wave: str, respondent: str) -> bool:
    """Say whether this respondent's form arrived, from here, a tablet or paper."""
    columns = SUBMISSIONS.c
    query = select(columns.id).where(
        columns.wave == wave,
        columns.part.in_(FINISHING),
        columns.respondent == respondent,
        columns.body != "",
    )
    with reading(engine) as connection:
        return connection.execute(query.limit(1)).first() is not None
