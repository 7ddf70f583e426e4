"""Collect the finished forms of a wave into the answers, so that every step reads them alike."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import func, insert, select

from outcomes.pipeline.audit import record_with
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store import Source, append, read_facts
from outcomes.store.desk_tables import WAVE_EVENTS
from outcomes.store.engine import reading
from outcomes.store.submission_tables import SUBMISSIONS
from outcomes.store.submissions import FINISHING, Stored, read_submissions
from outcomes.study import Study
from outcomes.surveys.answers import answer_rows
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.merged import Merged, merged_answers

TEXT_ACCEPTED = "text accepted"  # the event by which staff say that a new wording means the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The account of one collection: finished = new + known + late + twice."""

    wave: str
    started: int  # forms begun, not counting those taken back
    finished: int
    new: int  # answers stored now, for the first time or as a correction
    known: int  # answers that were stored before
    late: int  # finished after the wave was frozen, and not taken in
    twice: int  # finished by somebody whose first finished form counts
    other_text: int  # answered with another text of the instrument than the one in surveys/ now

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        lines = [
            f"wave {self.wave}: {forms(self.finished)} finished, {self.new} stored, "
            f"{self.known} already known."
        ]
        if partial := self.started - self.finished:
            lines.append(f"Begun and not finished, so not counted: {forms(partial)}.")
        if self.twice:
            lines.append(
                f"From somebody who had finished one before: {forms(self.twice)}. The first counts."
            )
        if self.late:
            lines.append(
                f"After the wave was frozen came {forms(self.late)}: kept, but not counted. To "
                f"take them in, run: outcomes survey freeze {self.wave}"
            )
        if self.other_text:
            lines.append(
                f"{forms(self.other_text)} answered with another text of the instrument than "
                "surveys/ holds now. Put that text back or, if the change altered no meaning, say: "
                f"outcomes survey collect {self.wave} --same-meaning"
            )
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One respondent's finished form."""

    ended: int  # the submission that finished it, in the order of arrival; 0: not finished
    text: str  # hash of the instrument's text that it was answered with
    merged: Merged


def forms(n: int) -> str:
    """Count forms in words."""
    return f"{n} {'form' if n == 1 else 'forms'}"


def fielded_waves(study: Study) -> list[str]:
    """List the waves that hold submissions, in the order of study.toml."""
    with reading(study.store) as connection:
        held = set(connection.execute(select(SUBMISSIONS.c.wave).distinct()).scalars())
    return [wave.label for wave in study.settings.waves if wave.label in held]


def collect_answers(study: Study, wave: str, *, take_late: bool = False) -> Collected:
    """Store the answers of a wave's finished forms, as an import would; again changes nothing.

    A correction becomes a newer version. Forms taken back, replaced or erased are left out; forms
    that were not finished are counted only. Once a wave is frozen no new person comes in, unless
    ``take_late`` is said; corrections still do.

    Raises:
        DataError: study.toml dates no such wave.
        FileError: Its instrument breaks a rule.

    Source:
        Issue 4, 1 and 7; requirements B5, A10 (the respondent is a keyed hash, never a name).
    """
    instrument = wave_instrument(study, wave)
    found, started = _forms(study, wave, instrument=instrument)
    counted = _first_of_each(form for form in found if form.merged.finished)
    finished = sum(form.merged.finished for form in found)
    late = 0 if take_late else _late(study, wave, counted)
    if late:
        stored = _stored_respondents(study, wave)
        counted = [form for form in counted if form.merged.respondent in stored]
    current, accepted = content_hash(instrument), _accepted_texts(study, wave)
    rows = list(_rows(counted, instrument, wave=wave, current=current, accepted=accepted))
    new = known = 0
    if rows:
        source = Source(step=f"survey collect {wave}", read=len(rows))
        done = append(study.store, "answers", rows, source=source, amend=True)
        new, known = done.new, done.known
    return Collected(
        wave=wave,
        started=started,
        finished=finished,
        new=new,
        known=known,
        late=late,
        twice=finished - len(rows) - late,
        other_text=sum(row["instrument_hash"] != current for row in rows),
    )


def late_forms(study: Study, wave: str) -> int:
    """Count the finished forms that came after the wave was frozen; 0 if it is not frozen."""
    if not _is_frozen(study, wave):
        return 0
    found, _ = _forms(study, wave, instrument=wave_instrument(study, wave))
    return _late(study, wave, _first_of_each(form for form in found if form.merged.finished))


def accept_text(study: Study, wave: str, *, user: str, today: date) -> None:
    """Keep on record that the instrument's present text means what the answered one meant.

    From then on the answers of the wave are read by the present text.
    """
    detail = {"hash": content_hash(wave_instrument(study, wave))}
    with study.store.begin() as connection:
        record_with(connection, user=user, action="accepted a changed text", about=wave)
        connection.execute(
            insert(WAVE_EVENTS).values(
                wave=wave, event=TEXT_ACCEPTED, day=today.isoformat(), user=user, detail=detail
            )
        )


def sealed_rows(study: Study, wave: str) -> tuple[int, str]:
    """Count the people whose answers a wave holds, and hash what they answered.

    The hash is the same for the same answers, in whatever order they came.
    """
    answers = read_facts(study.store, "answers")
    rows = answers[answers["wave"] == wave].sort_values("respondent")
    kept = rows[["respondent", "place", "answers"]].to_dict("records")
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return len(rows), hashlib.sha256(text.encode()).hexdigest()


def _forms(study: Study, wave: str, *, instrument: Instrument) -> tuple[list[_Form], int]:
    """Merge the parts of each form that still stands; and say how many were begun."""
    parts: dict[str, list[Stored]] = defaultdict(list)
    for part in read_submissions(study.store, wave):
        parts[part.instance].append(part)
    found = []
    for own in parts.values():
        merged = merged_answers(instrument, own, occasion=study.wave(wave).occasion)
        if merged.withdrawn or merged.replaced:
            continue
        found.append(
            _Form(
                ended=min((part.id for part in own if part.part in FINISHING), default=0),
                text=_answered_text(own),
                merged=merged,
            )
        )
    return found, len(found)


def _answered_text(parts: Sequence[Stored]) -> str:
    """Say with which text most parts were answered; of as many, the later one."""
    texts = [part.instrument_hash for part in parts if part.part != "correction"]
    times = Counter(texts)
    return max(reversed(texts), key=lambda text: times[text])


def _first_of_each(forms: Iterable[_Form]) -> list[_Form]:
    """Keep one form of each respondent: of a card that was used twice, the one finished first."""
    first: dict[str, _Form] = {}
    for form in sorted(forms, key=lambda form: form.ended):
        first.setdefault(form.merged.respondent, form)
    return list(first.values())


def _late(study: Study, wave: str, forms: Sequence[_Form]) -> int:
    if not _is_frozen(study, wave):
        return 0
    stored = _stored_respondents(study, wave)
    return sum(form.merged.respondent not in stored for form in forms)


def _is_frozen(study: Study, wave: str) -> bool:
    columns = WAVE_EVENTS.c
    query = select(func.count()).where(columns.wave == wave, columns.event == "frozen")
    with reading(study.store) as connection:
        return bool(connection.execute(query).scalar())


def _stored_respondents(study: Study, wave: str) -> set[str]:
    answers = read_facts(study.store, "answers")
    return set(answers.loc[answers["wave"] == wave, "respondent"])


def _accepted_texts(study: Study, wave: str) -> set[str]:
    columns = WAVE_EVENTS.c
    query = select(columns.detail).where(columns.wave == wave, columns.event == TEXT_ACCEPTED)
    with reading(study.store) as connection:
        return {detail["hash"] for detail in connection.execute(query).scalars()}


def _rows(
    forms: Sequence[_Form],
    instrument: Instrument,
    *,
    wave: str,
    current: str,
    accepted: set[str],
) -> Iterator[Mapping[str, Any]]:
    """Write forms as rows of the answers, in the columns that an import writes."""
    if not forms:
        return
    names = [item.name for item in instrument.items if item.asked]
    table = pd.DataFrame(
        [
            {
                "respondent": form.merged.respondent,
                "place": form.merged.place,
                "weight": float("nan"),
                **{name: form.merged.answers.get(name, "") for name in names},
            }
            for form in forms
        ]
    )
    for form, row in zip(forms, answer_rows(table, instrument, wave=wave), strict=True):
        code = {f"code.{name}": value for name, value in form.merged.code.items() if value}
        text = current if current in accepted else form.text
        yield {**row, "instrument_hash": text, "answers": {**row["answers"], **code}}
