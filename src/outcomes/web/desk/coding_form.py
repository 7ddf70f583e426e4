"""The questions about an article as a form: how they are shown, and what was answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcomes.media.codebook import Answer, Code, Codebook, Question, check_code
from outcomes.study import Study
from outcomes.web.forms import Form

COMMANDS = (  # keys of the page itself; an answer of the codebook cannot have one of them
    ("Enter", "save and go to the next article"),
    ("s", "skip the article, with a reason"),
    ("z", "go back to the last one"),
    ("c", "change how sure you are: fairly sure, sure, unsure"),
    ("u", "unsure"),
    ("t", "type the agency; Esc leaves the field"),
    ("w", "write a note; Esc leaves the field"),
    ("?", "these keys, and the rules"),
)
_TAKEN = {key for key, _ in COMMANDS}
_USUAL = {  # the keys that every codebook's answers have here, beside those it names itself
    ("relevant", 1): "r", ("relevant", 0): "n",
    ("tone", -1): "1", ("tone", 0): "2", ("tone", 1): "3",
    ("mixed", 1): "m", ("self_credit", 1): "a",
    ("prompted", 1): "p", ("prompted", 0): "o",
}  # fmt: skip
_TICKED = ("mixed", "self_credit")  # yes, or nothing
_WRITTEN = ("target", "note")
_ASKED = (  # in this order: what every article needs stands where no scrolling is needed
    "relevant", "tone", "mixed", "self_credit", "confidence", "target", "prompted",
)  # fmt: skip
_NOTE = Question(name="note", ask="A note", about="For whoever settles this article. No names.")
_TONES = {-1: "Negative", 0: "Neutral", 1: "Positive"}
_USUALLY = str(Code.__dataclass_fields__["confidence"].default)

Values = Mapping[str, str]  # name of a question -> what stands in the form


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer on the page."""

    value: str
    label: str
    said: str  # in few words
    keys: str  # of the keyboard, one character each; may be empty
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question on the page."""

    name: str
    ask: str
    about: str
    kind: str  # choices, tick, text
    choices: tuple[Choice, ...]
    value: str  # what was written


def questions(codebook: Codebook, values: Values) -> list[Asked]:
    """Give the questions of a codebook as the page shows them, with what is answered already."""
    keys = keys_of(codebook)
    known = [each for name in _ASKED if (each := codebook.question(name))]
    return [_asked(each, values, keys) for each in (*known, _NOTE)]


def keys_of(codebook: Codebook) -> dict[tuple[str, int], str]:
    """Say which keys give an answer: the codebook's own where it is free, and the usual one."""
    given: dict[tuple[str, int], str] = {}
    taken = set(_TAKEN)
    answers = [(each.name, answer) for each in codebook.questions for answer in each.answers]
    wished = [((name, answer.value), answer.key.lower()) for name, answer in answers]
    usual = [(one, _USUAL.get(one, "")) for one, _ in wished]
    for one, key in (*wished, *usual):
        if key and key not in taken:
            taken.add(key)
            given[one] = given.get(one, "") + key
    return given


def keys_in_words(codebook: Codebook) -> list[tuple[str, str]]:
    """List the keys and what they do, those of answers first."""
    keys = keys_of(codebook)
    lines = []
    for question in codebook.questions:
        for answer in question.answers:
            pressed = keys.get((question.name, answer.value), "")
            if pressed:
                what = f"{_short(question)}: {answer.label.lower()}"
                lines.append((" or ".join(pressed), what))
    return [*lines, *COMMANDS]


def values_of(code: Code | None) -> dict[str, str]:
    """Fill the form with a code, or with nothing but how sure a coder usually is."""
    if code is None:
        return {"confidence": _USUALLY}
    return {
        name: "" if value is None else str(value)
        for name in (*_ASKED, *_WRITTEN)
        if (value := getattr(code, name)) is not None or name in {"tone", "prompted"}
    }


def values_sent(sent: Form) -> dict[str, str]:
    """Read what a form holds, so that a page with a fault shows it again."""
    return {name: sent.get(name, "").strip() for name in (*_ASKED, "note")}


def read_code(sent: Form, codebook: Codebook) -> tuple[Code | None, list[str]]:
    """Make a code of what was sent.

    Returns:
        The code, and what is wrong with it, in sentences; None where none can be made of it.
    """
    values = values_sent(sent)
    relevant = _number(values["relevant"])
    if relevant is None:
        keys = keys_of(codebook)
        yes, no = (keys.get(("relevant", value), "")[:1] for value in (1, 0))
        return None, [
            f"Say first whether law enforcement is part of this article (keys {yes} and {no}); "
            "nothing was saved yet."
        ]
    code = Code(
        relevant=relevant,
        tone=_number(values["tone"]),
        mixed=_number(values["mixed"]) or 0,
        confidence=_number(values["confidence"] or _USUALLY) or 0,
        target=" ".join(values["target"].split()),
        prompted=_number(values["prompted"]),
        self_credit=_number(values["self_credit"]) or 0,
        note=values["note"],
    )
    return code, check_code(code, codebook)


def in_words(code: Code, codebook: Codebook) -> list[tuple[str, str]]:
    """Say a code in words: what was asked in short, and the answer."""
    lines = [("Law enforcement", "part of the article" if code.relevant else "not part of it")]
    if code.tone is not None:
        lines.append(("Tone", _label(codebook, "tone", code.tone) or _TONES[code.tone]))
    if code.mixed:
        lines.append(("Mixed", "yes"))
    if code.self_credit:
        lines.append(("Self-credit", "yes"))
    lines.append(("How sure", _label(codebook, "confidence", code.confidence)))
    if code.target:
        lines.append(("Agency", code.target))
    if code.prompted is not None:
        lines.append(("Prompted by the agency", "yes" if code.prompted else "no"))
    if code.note:
        lines.append(("Note", code.note))
    return [line for line in lines if line[1]]


def agencies(study: Study) -> list[str]:
    """List the agencies that a study names, its own first."""
    settings = study.settings
    return list(dict.fromkeys([settings.study.agency, *(each.name for each in settings.agencies)]))


def _asked(question: Question, values: Values, keys: Mapping[tuple[str, int], str]) -> Asked:
    value = values.get(question.name, "")
    answers: Sequence[Answer] = question.answers
    kind = "choices" if answers else "text"
    if question.name in _TICKED:
        kind, answers = "tick", [each for each in answers if each.value == 1]
    choices = [
        Choice(
            value=str(each.value),
            label=each.label,
            said=_short(question).capitalize() if kind == "tick" else each.label,
            keys=keys.get((question.name, each.value), ""),
            chosen=value == str(each.value),
        )
        for each in answers
    ]
    if question.name == "prompted":
        choices.append(_cannot_tell(chosen=value == ""))
    return Asked(
        name=question.name,
        ask=question.ask,
        about=question.about,
        kind=kind,
        choices=tuple(choices),
        value=value,
    )


def _cannot_tell(*, chosen: bool) -> Choice:
    return Choice(value="", label="Cannot tell", said="Cannot tell", keys="", chosen=chosen)


def _short(question: Question) -> str:
    called: dict[str, Any] = {
        "relevant": "law enforcement is part of it",
        "self_credit": "self-credit",
        "confidence": "how sure",
        "prompted": "prompted by the agency",
    }
    return str(called.get(question.name, question.name))


def _label(codebook: Codebook, name: str, value: int) -> str:
    question = codebook.question(name)
    answers = question.answers if question else ()
    return next((each.label for each in answers if each.value == value), "")


def _number(text: str) -> int | None:
    """Read an answer; what is no small number is one that no question has."""
    if not text:
        return None
    return int(text) if text in {"-1", "0", "1", "2", "3"} else 99
