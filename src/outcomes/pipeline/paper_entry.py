"""Paper forms: keyed twice by two people, compared, and counted only once nothing differs."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select
from sqlalchemy.exc import DatabaseError, IntegrityError

from outcomes.errors import DataError, OutcomesError
from outcomes.settings import Wave
from outcomes.store.desk_tables import CARDS, PAPER_ENTRIES
from outcomes.store.engine import reading
from outcomes.store.submissions import FINISHING, NotSaved, Submission, Verdict, read_submissions
from outcomes.study import Study
from outcomes.surveys.code_cards import code_from_secret
from outcomes.surveys.double_entry import KeyedForm, fields_of
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.keyed_codes import instance_of, respondent_of, sealed_digest
from outcomes.surveys.keyed_sheets import Entry, Overview, Sheet, SheetName, require_turn, sheet_of


def overview(study: Study, instrument: Instrument, *, wave: Wave) -> Overview:
    """Say how every sheet of a wave stands, in the order of their numbers."""
    rows: dict[SheetName, list[Entry]] = defaultdict(list)
    for name, entry in _entries(study, PAPER_ENTRIES.c.wave == wave.label):
        rows[name].append(entry)
    sheets = tuple(
        sheet_of(name, entries, instrument=instrument, occasion=wave.occasion)
        for name, entries in sorted(rows.items(), key=lambda each: (each[0].place, each[0].sheet))
    )
    twice = sum(sheet.second is not None for sheet in sheets)
    apart = sum(sheet.keyed_apart for sheet in sheets)
    return Overview(sheets=sheets, fields=twice * fields_of(instrument, wave.occasion), apart=apart)


def read_sheet_entries(
    study: Study, name: SheetName, *, instrument: Instrument, wave: Wave
) -> Sheet:
    """Say how one sheet stands; one that nobody has keyed yet has no entries."""
    entries = [entry for _, entry in _entries(study, *_is(name))]
    return sheet_of(name, entries, instrument=instrument, occasion=wave.occasion)


def keep_entry(
    study: Study, sheet: Sheet, entry: Entry, *, choices: Mapping[str, str] | None = None
) -> None:
    """Append what somebody did with a sheet; nothing that was kept before is changed.

    Args:
        study: The study.
        sheet: As it stood when the page was shown.
        entry: A draft, a finished entry, codes keyed again, or (with ``choices``) a choice.
        choices: By field, the value that stands on the paper.

    Raises:
        DataError: Two others have finished it, or this person has already.
        NotSaved: The store cannot be written just now.
    """
    require_turn(sheet, entry)
    body: dict[str, Any] = {
        "stage": entry.stage,
        "language": entry.language,
        "answers": dict(entry.form.answers),
        "code": dict(entry.form.code),
        "card": entry.form.card,
    }
    if choices is not None:
        body["choices"] = dict(choices)
    if entry.instance:
        body["instance"] = entry.instance
    _append(study, sheet.name, user=entry.user, body=body, day=entry.day)


def submission_of(
    sheet: Sheet, *, key: bytes, instrument: Instrument, editor: str, day: date
) -> Submission:
    """Write an agreed sheet as the submission that it becomes, always the same one.

    Somebody without a card gets a respondent of their own, worked out of the sheet's number under
    the study key: a second try after a power cut finds the first one.
    """
    name = sheet.name
    label = f"paper/{name.wave}/{name.place}/{name.sheet}"
    secret = sealed_digest(key, label.encode()).encode()
    respondent = sheet.form.card or respondent_of(key, code_from_secret(secret))
    body = json.dumps(
        {"answers": dict(sheet.form.answers), "code": dict(sheet.form.code)},
        sort_keys=True,
        ensure_ascii=False,
    )
    return Submission(
        wave=name.wave,
        place=name.place,
        instance=instance_of(key, wave=name.wave, respondent=respondent),
        part="form",
        respondent=respondent,
        body=body,
        digest=sealed_digest(key, f"{label}/{body}".encode()),
        way="paper",
        language=sheet.language,
        instrument=instrument.id,
        instrument_version=instrument.version,
        instrument_hash=content_hash(instrument),
        day=day.isoformat(),
        editor=editor,
    )


def require_alone(study: Study, submission: Submission) -> None:
    """Refuse a sheet whose card has finished a form of this wave already: nobody counts twice.

    A form that was only begun, on a phone for example, is no hindrance: the sheet stands instead.

    Raises:
        DataError: Says what is there already, and what to do.
    """
    for part in read_submissions(study.store, submission.wave):
        own = part.part == "form" and part.digest == submission.digest
        if part.respondent != submission.respondent or part.part not in FINISHING or own:
            continue
        raise DataError(
            f"the code card of this sheet has answered {submission.wave} already ({part.way}, "
            f"{part.day}), and one person cannot count twice. Look whether the code was copied "
            "from the right card; if both forms are this person's, keep the sheet out, or let an "
            "administrator erase the other form and then count this one"
        )


def require_counted(verdict: Verdict, *, name: SheetName) -> None:
    """Refuse what the writer did not take.

    Raises:
        DataError: It was sent before with other answers, or withdrawn.
    """
    if verdict not in {"new", "same"}:
        raise DataError(
            f"{name} was not counted: its form is stored already with other answers, or was "
            "withdrawn. Change stored answers under Corrections"
        )


def card_is_known(study: Study, group: str, respondent: str) -> bool:
    """Say whether a card's code was printed for a group; always so where none was printed."""
    of_group = CARDS.c.group == group
    with reading(study.store) as connection:
        if connection.execute(select(func.count()).where(of_group)).scalar_one() == 0:
            return True
        known = select(func.count()).where(of_group, CARDS.c.respondent == respondent)
        return connection.execute(known).scalar_one() > 0


def _is(name: SheetName) -> tuple[Any, ...]:
    columns = PAPER_ENTRIES.c
    return (columns.wave == name.wave, columns.place == name.place, columns.sheet == name.sheet)


def _entries(study: Study, *conditions: Any) -> list[tuple[SheetName, Entry]]:
    query = select(PAPER_ENTRIES).where(*conditions).order_by(PAPER_ENTRIES.c.id)
    with reading(study.store) as connection:
        return [_entry(row) for row in connection.execute(query).mappings()]


def _entry(row: RowMapping) -> tuple[SheetName, Entry]:
    name = SheetName(wave=row["wave"], place=row["place"], sheet=row["sheet"])
    body = row["body"] or {}
    answers = body.get("choices", body.get("answers", {}))
    entry = Entry(
        user=row["user"],
        stage=body.get("stage", ""),
        form=KeyedForm(answers=answers, code=body.get("code", {}), card=body.get("card", "")),
        language=body.get("language", ""),
        day=row["day"],
        instance=body.get("instance", ""),
    )
    return name, entry


def _append(study: Study, name: SheetName, *, user: str, body: Mapping[str, Any], day: str) -> None:
    where = {"wave": name.wave, "sheet": name.sheet, "user": user}
    for _ in range(3):  # the same person in two windows: the later one takes the next number
        try:
            with study.store.begin() as connection:
                version = _last_version(connection, where) + 1
                row = {**where, "place": name.place, "version": version, "body": body, "day": day}
                connection.execute(insert(PAPER_ENTRIES).values(**row))
        except IntegrityError:
            continue
        except DatabaseError as error:
            raise NotSaved(
                f"{name}: the entry was not saved ({error.orig}). Keep the sheet and try again"
            ) from None
        return
    raise OutcomesError(f"{name}: another window of yours was faster. Look at the sheet again")


def _last_version(connection: Connection, where: Mapping[str, str]) -> int:
    columns = PAPER_ENTRIES.c
    query = select(func.max(columns.version)).where(
        *(columns[name] == value for name, value in where.items())
    )
    return connection.execute(query).scalar_one_or_none() or 0
