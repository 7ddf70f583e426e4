"""Response rates: of a table of cases, or of a wave whose people had code cards."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import select

from outcomes.errors import DataError
from outcomes.pipeline.collecting import forms, late_forms
from outcomes.pipeline.fielding import standing
from outcomes.pipeline.wave_answers import imported_respondents
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.settings import Wave
from outcomes.sheets import AS_IT_IS, Column, Reading, read_sheet
from outcomes.stats.response_rates import (
    DISPOSITIONS,
    count_dispositions,
    eligible_share,
    response_rates,
)
from outcomes.store.desk_tables import CARDS
from outcomes.store.engine import reading
from outcomes.store.submissions import (
    WITHDRAWN,
    Counts,
    Stored,
    count_instances,
    read_submissions,
)
from outcomes.study import Study
from outcomes.surveys.dispositions import Case, Fieldwork, case_of, deciding_items, fieldwork
from outcomes.surveys.merged import merged_answers

RESULT_COLUMNS = ("rate", "value", "numerator", "denominator", "e", "method_of_e", "cases")
CASRO = "casro"


def rates_of_file(
    path: Path,
    *,
    column: str,
    e: str = "",
    by: str = "",
    weights: str = "",
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Compute the rates of a file of cases, for all or group by group.

    Args:
        path: CSV or Excel with one case a row.
        column: Where the disposition stands: one of ``DISPOSITIONS``.
        e: The share of unknown cases that are eligible: a number, "casro", or "" for none.
        by: The column with the groups; "" takes all cases together.
        weights: The column with the cases' weights; "" counts each once.
        reading: How the file is to be read.

    Returns:
        The rates, and what their reader should know, in sentences.

    Raises:
        FileError: The file cannot be read or lacks a column.
        RowsRefused: A disposition is unknown, or a weight is not above 0.
        DataError: ``e`` is neither a share nor a method.
    """
    columns = [Column(name=column, allowed=tuple(DISPOSITIONS))]
    columns += [Column(name=by)] if by else []
    columns += [Column(name=weights, kind="number")] if weights else []
    sheet = read_sheet(path, columns, reading=reading)
    if weights:
        sheet.refuse(
            sheet.table[weights].astype(float) <= 0,
            column=weights,
            problem="{:g} is not above 0",
            mend="A weight says how many cases a row stands for",
        )
    sheet.or_refuse(leave_out=reading.leave_out_refused)
    groups = [("", sheet.table)] if not by else list(sheet.table.groupby(by, sort=True))
    frames = [
        _rates(rows, column=column, e=e, weights=weights).assign(**({by: name} if by else {}))
        for name, rows in groups
    ]
    if not frames:
        raise DataError(f"{path.name}: there is no case, so there is no rate")
    table = pd.concat(frames, ignore_index=True)
    return table[[*([by] if by else []), *RESULT_COLUMNS]], _sentences(table, e=e)


def rates_of_wave(
    study: Study, wave: str, *, today: date, issued: int | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """Compute the rates of a wave whose cards are a sample of eligible people.

    Args:
        study: The study.
        wave: The label of a wave with code cards.
        today: In the study's time zone.
        issued: How many cards were handed out; None: all that were printed for its group.

    Returns:
        The rates, in the columns of ``rates_of_file``, and what their reader should know.

    Raises:
        DataError: It has no response rate (an open link, imported answers, no cards), nothing
            can have come in yet, or the number of cards cannot be.

    Source:
        AAPOR (2023), Standard Definitions; requirement D11, issue 5, 8.
    """
    found = fieldwork_of_wave(study, wave, today=today, issued=issued)
    table = pd.DataFrame(
        {
            "rate": rate.name,
            "value": rate.value,
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "e": 1.0,
            "method_of_e": "no case of unknown eligibility, so that e changes nothing",
            "cases": found.issued,
        }
        for rate in response_rates(found.counts, e=1.0)
    )
    return table, _about_wave(study, wave, found, issued=issued, today=today)


def fieldwork_of_wave(
    study: Study, wave: str, *, today: date, issued: int | None = None
) -> Fieldwork:
    """Count what became of each card of a wave; arguments and refusals as ``rates_of_wave``."""
    declared = study.wave(wave)
    imported = len(imported_respondents(study, wave))
    if declared.entry != "code card":
        counts = count_instances(study.store, wave)
        raise DataError(_of_open_link(declared, counts, imported=imported))
    if standing(study, wave, today=today).state == "planned":
        raise DataError(
            f"the wave {wave} opens on {declared.opens}, and nobody can have answered yet. "
            "Ask again once it is in the field"
        )
    if imported:
        raise DataError(
            f"the wave {wave} holds imported answers ({imported}), and an import does not say "
            "who was asked and did not answer, so there is no response rate. Report instead how "
            "many took part and who was invited and how; or write a table with one disposition a "
            "row for everybody who was asked, and give it as FILE"
        )
    query = select(CARDS.c.respondent).where(CARDS.c.group == declared.group)
    with reading(study.store) as connection:
        cards = set(connection.execute(query).scalars())
    if not cards:
        raise DataError(
            f"no code card was printed for the group {declared.group}, so nobody knows how many "
            "people were asked, and there is no response rate. Report instead how many took part "
            "and who was invited and how"
        )
    instrument = wave_instrument(study, wave)
    deciding = deciding_items(instrument, declared.occasion)
    cases = _cases(study, declared, deciding=deciding)
    return fieldwork(cases, cards, deciding=len(deciding), issued=issued)


def _cases(study: Study, wave: Wave, *, deciding: tuple[str, ...]) -> list[Case]:
    instrument = wave_instrument(study, wave.label)
    parts: dict[str, list[Stored]] = defaultdict(list)
    for part in read_submissions(study.store, wave.label):
        parts[part.instance].append(part)
    cases = []
    for own in parts.values():
        merged = merged_answers(instrument, own, occasion=wave.occasion)
        if merged.replaced:
            continue
        cases.append(
            case_of(
                merged,
                respondent=next((part.respondent for part in own if part.respondent), ""),
                deciding=deciding,
                missing=instrument.missing,
                staff=next((part.editor for part in own if part.part == WITHDRAWN), ""),
            )
        )
    return cases


def _of_open_link(wave: Wave, counts: Counts, *, imported: int) -> str:
    asked = f"who was asked ({wave.population})" if wave.population else "who was asked"
    took_part = f"{forms(counts.finished)} finished, {counts.started - counts.finished} only begun"
    if imported:
        took_part = f"answers of {imported} people imported, {took_part} at the desk"
    return (
        f"the wave {wave.label} is an open link: nobody knows how many people saw it, so there is "
        f"no response rate. Report instead how many took part ({took_part}), {asked}, and how "
        "they were invited"
    )


def _about_wave(
    study: Study, wave: str, found: Fieldwork, *, issued: int | None, today: date
) -> list[str]:
    counts = found.counts
    lines = [
        f"Of {found.issued} cards handed out: {counts['I']} finished (I), {counts['P']} begun with "
        f"at least half of the scored questions answered (P), {counts['R']} broken off before that "
        f"or taken back (R), {counts['O']} erased by staff (O), {counts['NC']} not used (NC). "
        "Everybody with a card counts as eligible."
    ]
    planned = study.wave(wave).planned
    if issued is None and planned is not None and planned != found.printed:
        lines.append(
            f"All {found.printed} printed cards count as handed out, and study.toml plans for "
            f"{planned} answers. If some cards were never handed out, say how many were: --issued N"
        )
    if found.without_card:
        lines.append(
            f"Left out: {forms(found.without_card)} without a card of this group. If those people "
            "had a card, it counts as not used, and the rates are a little too low."
        )
    if found.erased:
        lines.append(
            f"Staff erased {forms(found.erased)}, of which it is no longer known how far they "
            "were. Rates worked out before that may be told instead, with their date."
        )
    if standing(study, wave, today=today).state == "open":
        lines.append("The wave is still open: these are the rates so far.")
    if late := late_forms(study, wave):
        lines.append(f"After the wave was frozen came {forms(late)}: here they count as finished.")
    floor = study.settings.publish.smallest_cell
    if any(0 < counts[code] < floor for code in ("P", "R", "O")):
        lines.append(
            f"Some of these counts are of fewer than {floor} people: keep them inside the team. "
            "What may be published stands in: outcomes survey disclosure"
        )
    return lines


def _rates(rows: pd.DataFrame, *, column: str, e: str, weights: str) -> pd.DataFrame:
    counts = count_dispositions(
        rows[column].tolist(), weights=rows[weights].astype(float) if weights else None
    )
    share, method = _share(e, counts)
    return pd.DataFrame(
        {
            "rate": rate.name,
            "value": rate.value,
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "e": np.nan if share is None else share,
            "method_of_e": method,
            "cases": len(rows),
        }
        for rate in response_rates(counts, e=share)
    )


def _share(e: str, counts: dict[str, float]) -> tuple[float | None, str]:
    if not e:
        return None, "not stated"
    if e.lower() == CASRO:
        return eligible_share(counts), "estimated from the cases of known eligibility (CASRO)"
    try:
        return float(e), "given"
    except ValueError:
        raise DataError(f"--e {e!r}: write a share from 0 to 1, or casro") from None


def _sentences(table: pd.DataFrame, *, e: str) -> list[str]:
    lines = []
    if not e:
        lines.append(
            "RR3, RR4, REF2, CON2 and LOC2 are left out: they rest on e, the share of the unknown "
            "cases that are eligible. Say --e 0.5, for example, or --e casro."
        )
    empty = table.loc[table["value"].isna(), "rate"].unique()
    if len(empty):
        lines.append(f"No case stands below the line of {', '.join(empty)}: no rate.")
    return lines
