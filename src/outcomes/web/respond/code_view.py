"""The page of the self-made code, ready for the template."""

from dataclasses import dataclass

from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_codes import tidy_element
from outcomes.surveys.parts import CodeElement
from outcomes.surveys.respondent_words import respondent_words
from outcomes.surveys.wording import in_language


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementField:
    """One part of the code as it stands on the page."""

    name: str
    label: str
    hint: str
    letter: bool
    digits: int
    value: str  # only what was just typed and could not be used; never what is stored
    message: str

    @property
    def anchor(self) -> str:
        """Where a link to this part leads."""
        return f"code-{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The page of the self-made code in one language."""

    intro: str
    fields: tuple[ElementField, ...]
    given: bool  # it was made already

    @property
    def wrong(self) -> tuple[ElementField, ...]:
        """The parts that cannot be used."""
        return tuple(one for one in self.fields if one.message)


def view_code(
    instrument: Instrument, *, language: str, typed: dict[str, str], given: bool
) -> CodeView:
    """Lay out the page of the self-made code.

    Args:
        instrument: Its code says what is asked.
        language: One of the instrument's.
        typed: What was just typed; empty when the page is shown anew.
        given: Whether a code was made already; it is not shown again.
    """
    code = instrument.code
    return CodeView(
        intro=in_language(code.intro, language) if code else "",
        fields=tuple(
            ElementField(
                name=each.name,
                label=in_language(each.label, language),
                hint=in_language(each.hint, language),
                letter=each.kind == "letter",
                digits=1 if each.kind == "letter" else len(str(each.high or 99)),
                value=typed.get(each.name, ""),
                message=_message(each, typed.get(each.name, ""), language=language),
            )
            for each in (code.elements if code else ())
        ),
        given=given,
    )


def _message(element: CodeElement, typed: str, *, language: str) -> str:
    if not typed or tidy_element(element, typed):
        return ""
    words = respondent_words(language)
    if element.kind == "letter":
        return words["element_letter_wrong"]
    if element.low is None or element.high is None:
        return words["element_number_any"]
    return words["element_number_wrong"].format(low=element.low, high=element.high)
