"""One person's form as the page for corrections shows it: questions, answers, what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcomes.pipeline.correcting import Change
from outcomes.store.submissions import Stored
from outcomes.surveys.double_entry import short_codes
from outcomes.surveys.instrument import Instrument, item_named
from outcomes.surveys.merged import Merged, merged_answers
from outcomes.surveys.numbering import question_numbers, with_numbers
from outcomes.surveys.parts import Occasion
from outcomes.surveys.wording import in_language
from outcomes.web.desk.keying_rows import codes_of, meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question whose answer is to be corrected."""

    name: str
    number: int
    label: str
    many: bool
    lines: bool  # a long text
    codes: tuple[tuple[str, str], ...]  # what may be chosen; none where words are written
    typed: tuple[str, ...]  # what the form shows: codes, or one text


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form, with what is needed to say it in words."""

    instrument: Instrument
    merged: Merged
    language: str  # that it was answered in
    numbers: Mapping[str, int]  # of the questions of the occasion, as printed

    def line(self, name: str) -> dict[str, Any]:
        """Show one question with its answer."""
        return {
            "item": name,
            "number": self.numbers[name],
            "label": self._label(name),
            "answer": self._said(name, self.merged.given.get(name, "")),
            "skipped": name in self.merged.skipped,
            "unasked": not self.merged.standing.items[name].shown,
        }

    def question(self, name: str) -> Question:
        """Show one question with what may be answered, and what was."""
        item = item_named(self.instrument, name)
        old = self.merged.given.get(name, "")
        typed: tuple[str, ...] = (old,)
        codes: tuple[tuple[str, str], ...] = ()
        if item.choice_list:
            codes = codes_of(self.instrument, item, language=self.language)
            taken = old.split(" ")
            known = short_codes(self.instrument, item).items()
            typed = tuple(code for code, stored in known if stored in taken)
        return Question(
            name=name,
            number=self.numbers[name],
            label=self._label(name),
            many=item.many,
            lines="multiline" in item.appearance.split(),
            codes=codes,
            typed=typed,
        )

    def change(self, made: Change) -> dict[str, Any]:
        """Show one correction."""
        return {
            "question": self.numbers.get(made.item, made.item),
            "old": self._said(made.item, made.old),
            "new": self._said(made.item, made.new),
            "by": made.editor,
            "day": made.day,
            "reason": made.reason,
        }

    def _label(self, name: str) -> str:
        words = in_language(item_named(self.instrument, name).label, self.language)
        return with_numbers(words, self.numbers, language=self.language)

    def _said(self, name: str, value: str) -> str:
        item = item_named(self.instrument, name)
        return meaning(self.instrument, item, value, language=self.language)


def form_view(
    instrument: Instrument, parts: Sequence[Stored], *, occasion: Occasion | None
) -> FormView:
    """Put a form together as it stands, in the language in which it was answered."""
    merged = merged_answers(instrument, parts, occasion=occasion)
    spoken = merged.language in instrument.languages
    return FormView(
        instrument=instrument,
        merged=merged,
        language=merged.language if spoken else instrument.languages[0],
        numbers=question_numbers(instrument, occasion),
    )
