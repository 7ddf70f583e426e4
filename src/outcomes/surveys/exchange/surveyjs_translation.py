"""What SurveyJS's expressions mean, said as XLSForm expressions.

What SurveyJS does with empty answers, several choices and capital letters is kept; measured
against survey-core 2.5.38. What has no counterpart is refused with the reason.
"""

import re

from outcomes.surveys.exchange.formulas import NotTranslatable, quoted
from outcomes.surveys.exchange.surveyjs_answers import (
    NUMBER,
    Answer,
    Find,
    code_of,
    literal_of,
    of_date,
)
from outcomes.surveys.exchange.surveyjs_grammar import Part, surveyjs_tree

_RELATIONS = ("=", "!=", "<", "<=", ">", ">=")
_SETS = ("contains", "notcontains", "anyof", "allof", "noneof")
_SUMS = {"+": "+", "-": "-", "*": "*", "/": "div", "%": "mod"}
_ARITHMETIC = (*_SUMS, "^")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_WITHOUT = {
    "today": "today()",
    "currentDate": "today()",
    "currentYear": "number(format-date(today(), '%Y'))",
}


def condition(expression: str, find: Find) -> str:
    """Say a condition of SurveyJS as an XLSForm expression.

    Args:
        expression: As it stands in visibleIf, enableIf or an expression validator.
        find: Gives the answer for a name in braces.

    Raises:
        NotTranslatable: It cannot be read, or something in it has no counterpart; says what.
    """
    return _condition(surveyjs_tree(expression), find)


def value(expression: str, find: Find) -> str:
    """Say a formula of SurveyJS, whose value is shown or kept, as an XLSForm expression.

    Raises:
        NotTranslatable: As for ``condition``.
    """
    tree = surveyjs_tree(expression)
    if tree.kind == "operation" and tree.word not in _ARITHMETIC:
        return f"if({_condition(tree, find)}, 'yes', 'no')"
    return _text(tree, find)


def is_truth(expression: str) -> bool:
    """Say whether a formula gives true or false; raises NotTranslatable where it is unreadable."""
    tree = surveyjs_tree(expression)
    return tree.kind == "truth" or (tree.kind == "operation" and tree.word not in _ARITHMETIC)


def _condition(tree: Part, find: Find) -> str:
    if tree.kind == "operation":
        return _operation(tree, find)
    if tree.kind == "truth":
        return f"{tree.word}()"
    if tree.kind == "name":
        return _yes(tree, find)
    if tree.kind == "call" and tree.word == "iif" and len(tree.parts) == 3:
        asked, then, other = (_condition(part, find) for part in tree.parts)
        return f"if({asked}, {then}, {other})"
    raise NotTranslatable("a value stands where a comparison should stand")


def _operation(tree: Part, find: Find) -> str:
    word, parts = tree.word, tree.parts
    if word in {"and", "or"}:
        return f" {word} ".join(_joined(part, find) for part in parts)
    if word == "not":
        return f"not({_condition(parts[0], find)})"
    if word in {"empty", "notempty"}:
        return _emptiness(parts[0], find, sign="=" if word == "empty" else "!=")
    if word in _SETS:
        return _set(word, parts[0], parts[1], find=find)
    if word in _RELATIONS:
        return _relation(word, parts[0], parts[1], find=find)
    raise NotTranslatable("a calculation stands where a comparison should stand")


def _joined(part: Part, find: Find) -> str:
    said = _condition(part, find)
    return f"({said})" if part.kind == "operation" and part.word in {"and", "or"} else said


def _yes(tree: Part, find: Find) -> str:
    """A name that stands alone is a condition only for a yes-or-no question."""
    answer = find(tree.word)
    if answer.kind != "yes or no":
        raise NotTranslatable(
            f"{{{tree.word}}} stands alone, but its answers are not true or false. Compare it"
        )
    return f"{answer.words} = {quoted(answer.codes['true'])}"


def _emptiness(part: Part, find: Find, *, sign: str) -> str:
    if part.kind != "name":
        raise NotTranslatable("only an answer can be empty")
    return f"{find(part.word).words} {sign} ''"


def _set(operator: str, left: Part, right: Part, *, find: Find) -> str:
    if operator in {"notcontains", "noneof"}:
        opposite = "contains" if operator == "notcontains" else "anyof"
        return f"not({_set(opposite, left, right, find=find)})"
    if left.kind != "name":
        raise NotTranslatable(f"{operator} stands after something that is no answer")
    answer = find(left.word)
    values = right.parts if right.kind == "list" else (right,)
    if not values:
        raise NotTranslatable(f"{operator} is followed by an empty list")
    if operator == "contains" and answer.kind != "many":
        if right.kind == "list":
            raise NotTranslatable("contains with a list is asked of a question with one answer")
        return _within(answer, right)
    found = [_one(answer, each, find=find) for each in values]
    word = " or " if operator == "anyof" else " and "
    return found[0] if len(found) == 1 else f"({word.join(found)})"


def _one(answer: Answer, part: Part, *, find: Find) -> str:
    """Whether a certain choice is (among) the answer."""
    if answer.kind == "many":
        if part.kind == "name":
            other = find(part.word)
            if other.kind == "many":
                raise NotTranslatable("two questions with several answers are compared")
            return f"({other.words} != '' and selected({answer.words}, {other.words}))"
        code = code_of(answer, part)
        known = not answer.codes or code in answer.codes.values()
        return f"selected({answer.words}, {quoted(code)})" if known else "false()"
    sides = (answer, find(part.word) if part.kind == "name" else None)
    return _compare("=", (Part(kind="name"), part), sides=sides, find=find)


def _within(answer: Answer, part: Part) -> str:
    """SurveyJS looks for the letters in a single answer: list the choices that hold them."""
    literal = literal_of(part)
    if answer.kind in {"one", "yes or no"}:
        found = [code for there, code in answer.codes.items() if literal.lower() in there.lower()]
        tests = [f"{answer.words} = {quoted(code)}" for code in dict.fromkeys(found)]
        if not tests:
            return "false()"
        return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"
    if answer.kind == "text":
        return f"contains({answer.words}, {quoted(literal)})"
    raise NotTranslatable("contains is asked of a number or a date")


def _relation(operator: str, left: Part, right: Part, *, find: Find) -> str:
    for one, other in ((left, right), (right, left)):
        if one.kind == "operation" and one.word not in _ARITHMETIC:
            raise NotTranslatable(
                "something true or false is compared with a value. Put brackets around what `!` "
                "turns into its opposite"
            )
        if one.kind == "name" and other.kind == "list" and operator in {"=", "!="}:
            return _same_choices(operator, find(one.word), other)
    sides = tuple(find(part.word) if part.kind == "name" else None for part in (left, right))
    return _compare(operator, (left, right), sides=sides, find=find)


def _compare(
    operator: str, parts: tuple[Part, Part], *, sides: tuple[Answer | None, ...], find: Find
) -> str:
    if any(answer and answer.kind == "many" for answer in sides):
        return _against_many(operator, parts, sides=sides)
    if "nothing" in {part.kind for part in parts} and operator not in {"=", "!="}:
        return "false()"
    if operator in {"=", "!="} and _asks_for_nothing(parts, sides):
        return "true()" if operator == "!=" else "false()"
    left = _side(parts[0], sides[0], other=sides[1], operator=operator, find=find)
    right = _side(parts[1], sides[1], other=sides[0], operator=operator, find=find)
    return f"{left} {operator} {right}"


def _asks_for_nothing(parts: tuple[Part, Part], sides: tuple[Answer | None, ...]) -> bool:
    """Whether a fixed value is compared that is no choice of the question."""
    for part, other in ((parts[0], sides[1]), (parts[1], sides[0])):
        if part.kind in {"text", "truth", "number"} and part.word and other and other.codes:
            return code_of(other, part) not in other.codes.values()
    return False


def _against_many(
    operator: str, parts: tuple[Part, Part], *, sides: tuple[Answer | None, ...]
) -> str:
    """SurveyJS never finds a list of choices equal to a single value, only to nothing."""
    if all(sides):
        raise NotTranslatable("two questions are compared, one of them with several answers")
    part, answer = (parts[1], sides[0]) if sides[0] else (parts[0], sides[1])
    if answer and (part.kind == "nothing" or (part.kind == "text" and part.word == "")):
        return f"{answer.words} {operator} ''"
    if operator in {"=", "!="}:
        return "false()" if operator == "=" else "true()"
    raise NotTranslatable("a question with several answers is compared by size")


def _same_choices(operator: str, answer: Answer, listed: Part) -> str:
    """Exactly these choices, in whichever order."""
    values = [code_of(answer, part) for part in listed.parts]
    if answer.kind != "many" or len(set(values)) < len(values):
        return "false()" if operator == "=" else "true()"
    tests = [_one(answer, part, find=_no_names) for part in listed.parts]
    tests.append(f"count-selected({answer.words}) = {len(listed.parts)}")
    same = " and ".join(tests)
    if operator == "!=":
        return f"not({same})"
    return f"({same})" if len(tests) > 1 else same


def _no_names(name: str) -> Answer:
    raise NotTranslatable(f"{{{name}}} stands in a list")


def _side(
    part: Part, answer: Answer | None, *, other: Answer | None, operator: str, find: Find
) -> str:
    """Say one side of a comparison, in the way that suits the other side."""
    if part.kind not in {"text", "number", "truth", "nothing"}:
        return answer.words if answer else _text(part, find)
    literal = "" if part.kind == "nothing" else literal_of(part)
    ordered = operator not in {"=", "!="}
    if other is not None and other.kind in {"one", "yes or no"} and literal:
        code = code_of(other, part)
        return code if ordered and NUMBER.fullmatch(code) else quoted(code)
    if NUMBER.fullmatch(literal):
        as_number = other is None or other.kind == "number" or part.kind == "number"
        return literal if as_number else quoted(literal)
    if _DAY.fullmatch(literal):
        return f"date({quoted(literal)})" if other and other.kind == "date" else quoted(literal)
    if ordered and literal:
        raise NotTranslatable(f"{literal!r} is compared by the order of letters")
    return quoted(literal)


def _text(tree: Part, find: Find) -> str:
    """Say a part that has a value."""
    if tree.kind == "name":
        return f"{find(tree.word).words}"
    if tree.kind == "number":
        return tree.word
    if tree.kind in {"text", "truth"}:
        return quoted(tree.word)
    if tree.kind == "call":
        return _call(tree, find)
    if tree.kind == "operation" and tree.word in _ARITHMETIC:
        return _sum(tree, find)
    raise NotTranslatable("a value is needed where a condition or a list stands")


def _sum(tree: Part, find: Find) -> str:
    if tree.word == "+" and any(part.kind == "text" for part in tree.parts):
        return f"concat({', '.join(_text(part, find) for part in tree.parts)})"
    left, right = (_figure(part, find) for part in tree.parts)
    if tree.word == "^":
        return f"pow({left}, {right})"
    if tree.word in {"/", "%"} and tree.parts[1].kind != "number":
        return f"if({right} = 0, '', {left} {_SUMS[tree.word]} {right})"
    return f"{left} {_SUMS[tree.word]} {right}"


def _figure(part: Part, find: Find) -> str:
    """Say a number in a calculation, where SurveyJS counts no answer as 0."""
    if part.kind == "name":
        answer = find(part.word)
        if answer.kind not in {"number", "one"}:
            raise NotTranslatable(f"{{{part.word}}} stands in a calculation but is no number")
        return f"coalesce({answer.words}, 0)"
    if part.kind == "text" and not NUMBER.fullmatch(part.word):
        raise NotTranslatable(f"{part.word!r} stands in a calculation but is no number")
    said = part.word if part.kind == "text" else _text(part, find)
    return f"({said})" if part.kind == "operation" else said


def _call(tree: Part, find: Find) -> str:
    name, parts = tree.word, tree.parts
    if not parts and name in _WITHOUT:
        return _WITHOUT[name]
    if name == "iif" and len(parts) == 3:
        then, other = (_text(part, find) for part in parts[1:])
        return f"if({_condition(parts[0], find)}, {then}, {other})"
    if name in {"sum", "round", "trunc"} and parts:
        figures = [_figure(part, find) for part in parts]
        if name == "sum":
            return f"({' + '.join(figures)})"
        return (
            f"round({', '.join((*figures, '0')[:2])})" if name == "round" else f"int({figures[0]})"
        )
    if len(parts) == 1 and parts[0].kind == "name" and name in {"age", "year", "getYear", "month"}:
        answer = find(parts[0].word)
        if answer.kind != "date":
            raise NotTranslatable(f"{name}() is asked of something that is no date")
        return of_date(name, answer.words)
    raise NotTranslatable(f"the function {name}() has no counterpart here")
