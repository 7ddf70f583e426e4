"""The logic of an instrument in SurveyJS's words: what is shown, allowed and worked out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from outcomes.errors import DataError
from outcomes.surveys.exchange.expression_tree import (
    Answer,
    Call,
    Node,
    Operation,
    Text,
    expression_tree,
)
from outcomes.surveys.exchange.surveyjs_expression import calculation, condition
from outcomes.surveys.exchange.surveyjs_words import Kind, Said, answer_said, quoted, together
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import Item

_KINDS: dict[str, Kind] = {
    "integer": "number",
    "decimal": "number",
    "date": "date",
    "text": "text",
}


@dataclass(slots=True, kw_only=True)
class Logic:
    """The answers of an instrument as SurveyJS names them, and its expressions said with them."""

    instrument: Instrument
    answers: dict[str, Said] = field(default_factory=dict)
    calculations: dict[str, str] = field(default_factory=dict)

    def shown_if(self, owner: str, expression: str) -> str:
        """Say a relevant expression."""
        place = f"{owner}, relevant"
        tree = self.tree(place, expression)
        return self._condition(place, expression, tree=tree, answers=self.answers)

    def constraints(self, item: Item) -> list[dict[str, object]]:
        """Say a constraint as validators: its patterns one by one, the rest as one expression."""
        place = f"item {item.name}, constraint"
        tree = self.tree(place, item.constraint)
        answer = self.answers[item.name]
        answers = {**self.answers, "": answer}
        none = (
            [] if item.choice_list else list(self.instrument.missing)
        )  # say no answer, so may stand
        rules: list[dict[str, object]] = []
        words = []
        for part in _parts(tree):
            if (pattern := _pattern(part, name=item.name)) is not None:
                allowed = "|".join([pattern, *map(re.escape, none)])
                rules.append({"type": "regex", "regex": f"^(?:{allowed})$"})
            else:
                words.append(
                    self._condition(place, item.constraint, tree=part, answers=answers, whole=False)
                )
        if words:
            may = [
                f"{{{answer.name}}} empty",
                *(f"{answer.words} = {quoted(code)}" for code in none),
            ]
            rules.append(
                {"type": "expression", "expression": f"{' or '.join(may)} or {together(words)}"}
            )
        return rules

    def calculation(self, item: Item, *, around: Sequence[tuple[str, str]]) -> str:
        """Say a calculation; it is empty where it or a group around it is not relevant."""
        words = self.calculations[item.name]
        shown = [self.shown_if(owner, relevant) for owner, relevant in around if relevant]
        if item.relevant:
            shown.append(self.shown_if(f"item {item.name}", item.relevant))
        if not shown:
            return words
        return f"iif({together([f'({each})' for each in shown])}, {words}, '')"

    def _condition(
        self,
        place: str,
        expression: str,
        *,
        tree: Node,
        answers: Mapping[str, Said],
        whole: bool = True,
    ) -> str:
        try:
            said = condition(tree, answers=answers)
        except DataError as error:
            raise self.refused(place, expression, error) from None
        return said if whole else f"({said})"

    def tree(self, place: str, expression: str) -> Node:
        """Read an expression; what is none is refused with its place."""
        try:
            return expression_tree(expression)
        except DataError as error:
            raise DataError(f"{self.instrument.id}: {place}: {error}") from None

    def refused(self, place: str, expression: str, error: DataError) -> DataError:
        """Say where an expression stands that has no counterpart."""
        return DataError(
            f"{self.instrument.id}: {place}: {expression!r} cannot be said in SurveyJS: {error}"
        )


def logic_of(instrument: Instrument, *, matrices: frozenset[str]) -> Logic:
    """Learn how SurveyJS names every answer of an instrument, and say its calculations.

    Args:
        instrument: A sound instrument.
        matrices: The groups whose items are rows of a matrix, and so stand under its name.

    Raises:
        DataError: Two names differ in capital letters only, or a calculation cannot be said.
    """
    logic = Logic(instrument=instrument)
    _refuse_same_names(instrument)
    for item in instrument.items:
        if item.asked:
            name = f"{item.group}.{item.name}" if item.group in matrices else item.name
            codes = None
            if item.choice_list:
                codes = frozenset(each.name for each in instrument.choices[item.choice_list])
            kind: Kind = "many" if item.many else "code" if codes else _KINDS[item.type]
            logic.answers[item.name] = answer_said(name, kind=kind, codes=codes)
    waiting = [item for item in instrument.items if item.type == "calculate"]
    names = {item.name for item in waiting}
    while waiting:
        ready = [
            item for item in waiting if not _mentions(logic, item) & (names - set(logic.answers))
        ]
        for item in ready or waiting[:1]:  # those that go in a circle are refused by name
            _calculate(logic, item)
        waiting = [item for item in waiting if item.name not in logic.answers]
    return logic


def _calculate(logic: Logic, item: Item) -> None:
    place = f"item {item.name}, calculation"
    tree = logic.tree(place, item.calculation)
    try:
        said = calculation(tree, answers=logic.answers)
    except DataError as error:
        raise logic.refused(place, item.calculation, error) from None
    logic.calculations[item.name] = said.words
    words = f"{{{item.name}}}" if said.kind == "figure" else f"{{#{item.name}}}"
    logic.answers[item.name] = replace(
        said,
        words=words,
        name=item.name,
        given=f"{{{item.name}}} notempty",
        blank=f"{{{item.name}}} empty",
    )


def _mentions(logic: Logic, item: Item) -> set[str]:
    place = f"item {item.name}, calculation"
    waiting: list[Node] = [logic.tree(place, item.calculation)]
    found = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Answer):
            found.add(node.name)
        for name in ("left", "right", "of"):
            if inner := getattr(node, name, None):
                waiting.append(inner)
        waiting += getattr(node, "arguments", ())
    return found


def _parts(tree: Node) -> list[Node]:
    """Take a constraint apart at its outermost ands."""
    if isinstance(tree, Operation) and tree.sign == "and":
        return [*_parts(tree.left), *_parts(tree.right)]
    return [tree]


def _pattern(tree: Node, *, name: str) -> str | None:
    """Give the pattern of ``regex(., '...')``; None for anything else."""
    if not isinstance(tree, Call) or tree.name != "regex" or len(tree.arguments) != 2:
        return None
    answer, pattern = tree.arguments
    if isinstance(answer, Answer) and answer.name in {"", name} and isinstance(pattern, Text):
        return pattern.value
    return None


def _refuse_same_names(instrument: Instrument) -> None:
    seen: dict[str, str] = {}
    for name in (*(item.name for item in instrument.items), *instrument.groups):
        if name.endswith((".length", "-unwrapped")):
            raise DataError(
                f"{instrument.id}: item {name}: SurveyJS reads the end of the name as an order. "
                "Rename it"
            )
        if seen.setdefault(name.lower(), name) != name:
            raise DataError(
                f"{instrument.id}: SurveyJS takes the names {seen[name.lower()]} and {name} for "
                "the same. Rename one of them"
            )
