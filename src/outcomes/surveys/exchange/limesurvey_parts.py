"""What all types of question of LimeSurvey share: where one stands, its lists, rows and names."""

from dataclasses import dataclass, field
from typing import Any

from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    Texts,
    add_choices,
    add_group,
    complete,
    free_name,
    later,
    own_word,
    report,
    same_in_all,
)
from outcomes.surveys.exchange.limesurvey_expressions import Symbol, Symbols, bound
from outcomes.surveys.exchange.limesurvey_tables import LimeQuestion

OTHER = "-oth-"  # LimeSurvey's code for the answer that is written instead of chosen


FIXED: dict[str, list[tuple[str, str]]] = {  # type: (code, word; without one the code is shown)
    "5": [(str(code), "") for code in range(1, 6)],
    "A": [(str(code), "") for code in range(1, 6)],
    "B": [(str(code), "") for code in range(1, 11)],
    "C": [("Y", "yes"), ("U", "uncertain"), ("N", "no")],
    "E": [("I", "increase"), ("S", "same"), ("D", "decrease")],
    "Y": [("Y", "yes"), ("N", "no")],
    "G": [("F", "female"), ("M", "male")],
}


@dataclass(slots=True, kw_only=True)
class Lime:
    """One survey while it is read."""

    form: Assembly
    survey: str  # its number, as old names of answers begin
    symbols: Symbols = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Place:
    """Where a question stands, and what it becomes."""

    question: LimeQuestion
    part: str  # how the report calls it
    name: str  # what it is called here
    group: str  # the page it stands on
    label: Texts
    hint: Texts
    stem: str = ""  # how the names of its rows begin, if not with its own name

    @property
    def required(self) -> bool:
        """Whether an answer is asked for."""
        return self.question.row.get("mandatory", "N").strip() == "Y"


def lose(lime: Lime, question: LimeQuestion, why: str) -> None:
    """Remember a question that was left out, so that conditions on it are refused."""
    lost = Symbol(kind="lost", why=why)
    know(lime, question, lost)
    for sub in question.subquestions:
        know(lime, question, lost, sub=sub)
        know(lime, question, lost, sub=sub, after="comment")
    know(lime, question, lost, after="other")
    know(lime, question, lost, after="comment")


def know(
    lime: Lime,
    question: LimeQuestion,
    symbol: Symbol,
    *,
    sub: LimeQuestion | None = None,
    sub_2: LimeQuestion | None = None,
    after: str = "",
) -> str:
    """Remember under which names expressions know an answer; the first is returned."""
    sgq = f"{lime.survey}X{question.row.get('gid', '')}X{question.qid}"
    plain, old, new = question.code, sgq, f"Q{question.qid}"
    if sub is not None:
        plain, old, new = f"{plain}_{sub.code}", f"{old}{sub.code}", f"{new}_S{sub.qid}"
    if sub_2 is not None:
        plain, old, new = f"{plain}_{sub_2.code}", f"{old}_{sub_2.code}", f"{new}_S{sub_2.qid}"
    if after in {"other", "comment"}:
        plain = f"{plain}{after}" if sub is not None else f"{plain}_{after}"
        old, new = f"{old}{after}", f"{new}_C{after}"
    elif after:  # the scale of a dual scale or the place of a ranking
        mark = "#" if sub is not None else ""
        plain, old, new = f"{plain}_{after}", f"{old}{mark}{after}", f"{new}#{after}"
    for name in (plain, old, new):
        lime.symbols.setdefault(name, symbol)
    return plain


def answer_symbol(item: str, codes: dict[str, str] | None = None) -> Symbol:
    """Say that a name stands for the answer to an item."""
    return Symbol(kind="answer", item=item, codes=codes or {})


def fixed_list(lime: Lime, type_: str, part: str) -> tuple[str, dict[str, str]]:
    """Add the list that a type of question brings along, such as Yes and No."""
    rows = []
    for code, word in FIXED[type_]:
        rows.append((code, own_word(lime.form, word) if word else same_in_all(lime.form, code)))
    return add_choices(
        lime.form, f"points_{type_}" if type_ in "5AB" else f"list_{type_}", rows, part=part
    )


def own_list(
    lime: Lime, place: Place, *, scale: str = "0", other: bool = False
) -> tuple[str, dict[str, str]]:
    """Add the list of answers of one question; without any answer the name is empty."""
    answers = [each for each in place.question.answers if each.scale == scale]
    rows = [
        (
            each.code,
            complete(
                lime.form,
                each.texts,
                part=f"{place.part}, answer {each.code}",
                instead=each.code or "?",
            ),
        )
        for each in answers
    ]
    if not rows:
        why = "it has no answers to choose from; add them in LimeSurvey"
        report(lime.form, place.part, "error", why=why)
        return "", {}
    codes = {code for code, _ in rows}
    own = "other_" if "other" in codes else "other"
    if other:
        rows.append((own, other_label(lime, place)))
    wanted = place.name if scale == "0" else f"{place.name}_{scale}"
    listed, names = add_choices(lime.form, wanted, rows, part=place.part)
    if not listed:
        return "", {}
    report(lime.form, f"{place.part}, list of {len(rows)} answers", "mapped", became=listed)
    return listed, {**names, OTHER: own} if other else names


def other_label(lime: Lime, place: Place) -> Texts:
    """Say the word for the answer that is written instead of chosen."""
    texts = setting_texts(lime, place.question, "other_replace_text")
    said = complete(lime.form, texts, part=f"{place.part}, word for other") if texts else {}
    return said or own_word(lime.form, "other")


def setting_texts(lime: Lime, question: LimeQuestion, name: str) -> Texts:
    """Read a setting that holds words; old surveys keep them without a language."""
    translated = question.translated.get(name, {})
    if any(text.strip() for text in translated.values()):
        return translated
    text = question.setting(name)
    return {lime.form.languages[0]: text} if text else {}


def rows_of(question: LimeQuestion, *, scale: str = "0") -> list[LimeQuestion]:
    """List the subquestions: the rows (scale 0) or the columns (scale 1)."""
    return [each for each in question.subquestions if (each.row.get("scale_id") or "0") == scale]


def row_label(lime: Lime, place: Place, sub: LimeQuestion) -> Texts:
    """Say the text of a row or a column."""
    part = f"{place.part}, subquestion {sub.code}"
    return complete(lime.form, sub.texts, part=part, instead=sub.code or "?")


def row_name(lime: Lime, place: Place, sub: LimeQuestion, *, after: str = "") -> str:
    """Give the item of a row its name, and report it."""
    part = f"{place.part}, subquestion {sub.code}"
    name = free_name(lime.form, f"{place.stem or place.name}_{sub.code}{after}", part=part)
    report(lime.form, part + (f", column{after}" if after else ""), "mapped", became=name)
    return name


def add_page(lime: Lime, place: Place, **keys: Any) -> dict[str, Any]:
    """Open the group that holds the rows of a question; its help is said with its text."""
    label = {
        language: "\n".join(filter(None, (text, place.hint.get(language, ""))))
        for language, text in place.label.items()
    }
    return add_group(lime.form, place.name, label=label, group=place.group, **keys)


def no_rows(lime: Lime, place: Place) -> dict[str, Any] | None:
    """Report a question that has no subquestions."""
    report(lime.form, place.part, "error", why="it has no subquestions; add them in LimeSurvey")
    lose(lime, place.question, "it has no subquestions")
    return None


def add_limits(lime: Lime, place: Place, item: dict[str, Any], *, low: str, high: str) -> None:
    """Add the lowest and the highest number that may be answered, where numbers are asked."""
    if item["type"] not in {"integer", "decimal"}:
        return
    for setting, sign in ((low, ">="), (high, "<=")):
        if text := place.question.setting(setting):
            later(
                lime.form,
                item,
                "constraint",
                part=f"{place.part}, {setting} {text}",
                write=lambda text=text, sign=sign: bound(  # type: ignore[misc]
                    text, sign, lime.symbols, own=item["name"]
                ),
            )
