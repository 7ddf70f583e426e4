"""Reviewed texts to give away, with nothing that says who wrote them, and quotes by consent."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from outcomes.errors import DataError, one_of
from outcomes.pipeline.collecting import collect_answers, fielded_waves
from outcomes.pipeline.free_text import pairs, reviewed_texts
from outcomes.pipeline.wave_answers import answers_of_wave
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.study import Study
from outcomes.surveys.free_text import beside, consenting
from outcomes.surveys.instrument import Instrument

TEXT_COLUMNS = ("item", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextExport:
    """Reviewed texts to give away, and what is left out."""

    table: pd.DataFrame
    waiting: int  # nobody has looked at them yet
    withheld: int  # somebody decided that they are not to be shown
    without_consent: int  # their writers did not agree to be quoted
    blanked: int  # people of whom nothing stands beside the text: too few share it
    quotes: bool

    def sentences(self) -> list[str]:
        """Say it in words, one line each."""
        lines = [f"{len(self.table)} texts, as they were reviewed at the desk."]
        if self.waiting:
            lines.append(f"Left out, for nobody has reviewed them yet: {self.waiting}.")
        if self.withheld:
            lines.append(f"Left out, for the review withheld them: {self.withheld}.")
        if self.without_consent:
            lines.append(
                f"Left out, for their writers did not agree to be quoted: {self.without_consent}."
            )
        if self.blanked:
            lines.append(
                f"Nothing stands beside the texts of {self.blanked} people: too few share it."
            )
        if not self.quotes:
            lines.append("They are for analysis. To quote some: --consent ITEM=VALUE")
        return lines


def export_reviewed(
    study: Study, wave: str, *, by: Sequence[str] = (), consent: str = ""
) -> TextExport:
    """Give the texts of a wave as they were reviewed, with nothing that says who wrote them.

    Args:
        study: The study.
        wave: The label of the wave; its finished forms are collected first.
        by: What may stand beside a text: ``place``, or items that describe the person; only
            where enough people share it.
        consent: For quotes: ``ITEM=VALUE``, the answer by which a person agreed to be quoted.

    Returns:
        Columns item, text and those of ``by``, in the order of the alphabet, so that two texts of
        one person do not stand together. An apostrophe stands before a text that a spreadsheet
        would run as a formula.

    Raises:
        DataError: There is no such wave, item or answer; or quotes are asked of so few people
            that a quote would nearly say who it is from.

    Source:
        Issue 5, 6; requirement E9 (quotes need consent).
    """
    instrument = wave_instrument(study, wave)
    _require_describing(instrument, by)
    if wave in fielded_waves(study):
        collect_answers(study, wave)
    rows = answers_of_wave(study, wave)
    floor = study.settings.publish.smallest_cell
    texts = reviewed_texts(study, wave, rows, instrument)
    agreed = {row.respondent for row in rows}
    if consent:
        agreed = consenting(pairs(rows), instrument, consent=consent)
        _require_enough(len(rows), wave=wave, floor=floor)
    people = pd.DataFrame(
        [{**row.answers, "place": row.place} for row in rows],
        index=[row.respondent for row in rows],
        columns=list(by),
        dtype=str,
    )
    described, blanked = beside(people, by, smallest=floor)
    shown = [each for each in texts if each.shown]
    quoted = [each for each in shown if each.written.respondent in agreed]
    table = pd.DataFrame(
        [
            {
                "item": each.written.item,
                "text": plain_line(each.shown),
                **(described.loc[each.written.respondent].to_dict() if by else {}),
            }
            for each in quoted
        ],
        columns=[*TEXT_COLUMNS, *by],
    )
    return TextExport(
        table=table.sort_values([*TEXT_COLUMNS, *by], ignore_index=True),
        waiting=sum(each.waiting for each in texts),
        withheld=sum(not each.waiting and not each.shown for each in texts),
        without_consent=len(shown) - len(quoted),
        blanked=blanked,
        quotes=bool(consent),
    )


def plain_line(text: str) -> str:
    """Put a text on one line, and keep a spreadsheet from taking it for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _require_describing(instrument: Instrument, by: Sequence[str]) -> None:
    known = [
        "place",
        *(each.name for each in instrument.items if each.privacy == "describes the person"),
    ]
    for name in by:
        if name not in known:
            raise DataError(f"--by {name}: it cannot stand beside a text. {one_of(name, known)}")


def _require_enough(people: int, *, wave: str, floor: int) -> None:
    if people < floor:
        raise DataError(
            f"the wave {wave} holds the answers of {people} people, fewer than {floor}: a quote "
            "would nearly say who it is from. Quote from a larger wave"
        )
