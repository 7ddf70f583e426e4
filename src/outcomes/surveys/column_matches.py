"""Which column of an export belongs to which item? By its name or its question; sure ones only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from outcomes.surveys.answer_files import AnswerColumn, AnswerFile, fold, fold_name
from outcomes.surveys.choice_words import KnownWords, labels_of
from outcomes.surveys.instrument import Instrument, answer_names
from outcomes.surveys.parts import Item

CODE = "code."  # begins the target of an element of the self-made code
HOW = (  # by what a column was matched, the surest first
    *("by its name", "by its name", "by its name", "by its question", "by its row of a grid"),
)
_MOST_SIMILAR = 3
_words = lru_cache(maxsize=4096)(fold)  # headers and questions come up again and again
_name = lru_cache(maxsize=4096)(fold_name)
_SIMILAR = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that a column may answer: an item, or an element of the self-made code."""

    name: str
    labels: frozenset[str]  # its question in all languages, as texts are compared
    choices: KnownWords | None = None  # of an item with several answers
    codes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Matches:
    """What was matched for sure, and what may be meant."""

    whole: dict[str, str] = field(default_factory=dict)  # target -> column
    spread: dict[str, dict[str, str]] = field(default_factory=dict)  # item -> code -> column
    doubled: dict[str, str] = field(default_factory=dict)  # column -> the one that says the same
    how: dict[str, str] = field(default_factory=dict)  # column -> by what it was matched
    similar: dict[str, tuple[str, ...]] = field(default_factory=dict)  # column -> targets


def match_columns(file: AnswerFile, instrument: Instrument) -> Matches:
    """Match the columns of an export that may hold answers with what the instrument asks.

    Only a match that no other column contests counts; of several, a name says more than words.
    """
    targets = _targets(instrument)
    free = [column for column in file.columns if column.use == ""]
    found = Matches()
    for name, header, rank in _uncontested(_ranks(free, targets)):
        found.whole[name] = header
        found.how[header] = HOW[rank]
    taken = set(found.whole.values())
    for column in free:
        if column.header in taken:
            continue
        ticks = {tick for target in targets if target.choices for tick in _ticks(column, target)}
        if len(ticks) == 1:
            name, code = ticks.pop()
            _place_tick(found, name, code, column=column.header)
    open_targets = [each for each in targets if each.name not in {*found.whole, *found.spread}]
    for column in free:
        if column.header not in found.how and column.header not in found.doubled:
            found.similar[column.header] = _similar(column, open_targets)
    return found


def _targets(instrument: Instrument) -> list[Target]:
    targets = [_target(instrument, item) for item in instrument.items if item.asked]
    for element in instrument.code.elements if instrument.code else ():
        labels = frozenset(_words(label) for label in element.label.values())
        targets.append(Target(name=CODE + element.name, labels=labels))
    return targets


def _target(instrument: Instrument, item: Item) -> Target:
    labels = frozenset(_words(label) for label in item.label.values())
    if not item.many:
        return Target(name=item.name, labels=labels)
    return Target(
        name=item.name,
        labels=labels,
        choices=labels_of(instrument, item),
        codes=answer_names(instrument, item),
    )


_Rank = tuple[int, str, str]  # how sure, the target, the column


def _ranks(columns: Sequence[AnswerColumn], targets: Sequence[Target]) -> list[_Rank]:
    return sorted(
        (rank, target.name, column.header)
        for column in columns
        for target in targets
        if (rank := _rank(column, target)) is not None
    )


def _rank(column: AnswerColumn, target: Target) -> int | None:
    """Say how surely a column is meant by a target, 0 is the surest; None: it is not."""
    bare = target.name.removeprefix(CODE)
    names = [question for question, part in column.names if not part]
    if bare in names:
        return 0
    if bare.lower() in [name.lower() for name in names]:
        return 1
    if _name(bare) in [_name(name) for name in names]:
        return 2
    if any(_words(question) in target.labels for question, part in column.texts if not part):
        return 3
    return 4 if any(_words(part) in target.labels for _, part in column.texts if part) else None


def _uncontested(ranks: Sequence[_Rank]) -> Iterator[tuple[str, str, int]]:
    """Give out targets and columns, the surest first; where two want one, neither has it."""
    done: set[str] = set()  # targets and columns, told apart by a mark
    for level in range(len(HOW)):
        left = [
            (name, column)
            for rank, name, column in ranks
            if rank == level and f"t {name}" not in done and f"c {column}" not in done
        ]
        for name, column in left:
            rivals = [pair for pair in left if name in pair[:1] or column in pair[1:]]
            if len(rivals) == 1:
                yield name, column, level
                done |= {f"t {name}", f"c {column}"}
        # a name that two columns share is not given to a third one by its words
        done |= {f"t {name}" for name, _ in left}


def _ticks(column: AnswerColumn, target: Target) -> Iterator[tuple[str, str]]:
    """List the choices of an item that a column may hold the ticks of."""
    bare = _name(target.name)
    for question, part in column.names:
        if part and _name(question) == bare and (code := _choice(part, target)):
            yield target.name, code
    for question, part in column.texts:
        if part and _words(question) in target.labels and (code := _choice(part, target)):
            yield target.name, code


def _choice(part: str, target: Target) -> str:
    if part in target.codes:
        return part
    return (target.choices.code(part) if target.choices else None) or ""


def _place_tick(found: Matches, name: str, code: str, *, column: str) -> None:
    if name in found.whole:
        found.doubled[column] = found.whole[name]
    elif code not in found.spread.setdefault(name, {}):
        found.spread[name][code] = column
        found.how[column] = "by its question and choice"


def _similar(column: AnswerColumn, targets: Sequence[Target]) -> tuple[str, ...]:
    """List the likeliest targets of a column by likeness of words; a person decides."""
    said = {_words(text) for pair in column.texts for text in pair if text}
    named = {_name(text) for pair in column.names for text in pair if text}
    scores: Mapping[str, float] = {
        target.name: max(
            [_alike(mine, label) for mine in said for label in target.labels]
            + [_alike(mine, _name(target.name.removeprefix(CODE))) for mine in named],
            default=0.0,
        )
        for target in targets
    }
    likely = sorted((name for name in scores if scores[name] >= _SIMILAR), key=lambda n: -scores[n])
    return tuple(likely[:_MOST_SIMILAR])


def _alike(one: str, other: str) -> float:
    found = SequenceMatcher(None, one, other, autojunk=False)
    return found.ratio() if found.quick_ratio() >= _SIMILAR else 0.0
