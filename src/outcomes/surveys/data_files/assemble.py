"""Put answers together into one dataset: several waves, several versions, nothing lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from outcomes.errors import DataError
from outcomes.surveys.data_files.columns import (
    Code,
    ItemColumn,
    Plan,
    different,
    free_name,
    plan_columns,
)
from outcomes.surveys.data_files.dataset import (
    AboutData,
    Dataset,
    Kind,
    Role,
    Variable,
    versions_of,
)
from outcomes.surveys.data_files.label_sets import LabelSets
from outcomes.surveys.data_files.score_columns import score_variables
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.parts import Privacy, Texts
from outcomes.surveys.wording import in_language, language_tag

META: tuple[Role, ...] = ("link", "wave", "version", "place", "day", "weight")
_META_NAMES = {"link": "link_id"}
_META_LABELS: dict[str, Texts] = {
    "link": {
        "en": "Link: the same text for the same person in every wave; it names nobody",
        "es": "Enlace: el mismo texto para la misma persona en cada ronda; no nombra a nadie",
    },
    "wave": {"en": "Wave: the round of the survey", "es": "Ronda de la encuesta"},
    "version": {
        "en": "Version of the questionnaire that was answered",
        "es": "Versión del cuestionario que se respondió",
    },
    "place": {"en": "Place", "es": "Lugar"},
    "day": {"en": "Day on which the form was finished", "es": "Día en que se terminó"},
    "weight": {
        "en": "Weight: how many people the respondent stands for",
        "es": "Peso: a cuántas personas representa quien respondió",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Answers that were given to one version of an instrument."""

    instrument: Instrument | None  # None: the text of that version is not at hand
    version: str
    about: pd.DataFrame  # columns of META that there are, as text
    answers: pd.DataFrame  # one column an item, as text; same index
    scores: pd.DataFrame | None = None  # one column a scale, same index

    @property
    def scores_or_none(self) -> pd.DataFrame:
        """The scores; a table without columns where there are none."""
        return pd.DataFrame(index=self.answers.index) if self.scores is None else self.scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of the answers."""

    person_items: bool = False
    free_text: bool = False
    codes: Mapping[str, Sequence[Code]] = field(default_factory=dict)  # of wave and place

    @property
    def privacy(self) -> tuple[Privacy, ...]:
        """The classes of items that are wanted."""
        found: list[Privacy] = ["answer"]
        if self.person_items:
            found.append("describes the person")
        if self.free_text:
            found.append("free text")
        return tuple(found)


def assemble(parts: Sequence[Part], wanted: Wanted, *, about: AboutData, name: str) -> Dataset:
    """Make one dataset of the answers of several waves and versions.

    Args:
        parts: The newest first.
        wanted: Which items, and the labels of waves and places.
        about: Whose data they are.
        name: What the files are called.

    Returns:
        All columns of all versions; a cell is empty where a version did not ask. What belongs to
        no known version of an instrument stands in columns of its own, without labels.

    Raises:
        DataError: No version of an instrument is known.
    """
    versions = {content_hash(each.instrument): each.instrument for each in parts if each.instrument}
    if not versions:
        raise DataError("the text of the instrument is not at hand. Name it with --earlier FILE")
    known = tuple(versions.values())
    languages = tuple(dict.fromkeys(each for one in known for each in one.languages))
    plan = plan_columns(known, privacy=wanted.privacy)
    build = _Build(
        sets=LabelSets(_number_cells(parts, plan)), taken={each.name for each in plan.values()}
    )
    frames = [_renamed(part, plan, newest=known[0], wanted=wanted) for part in parts]
    table = pd.concat([each.answers for each in frames], ignore_index=True)
    meta = pd.concat([each.about for each in parts], ignore_index=True)
    for role in META:
        if role in meta.columns:
            _add_meta(build, role, meta[role], wanted=wanted, languages=languages)
    for column in different(list(plan.values())):
        _add_item(build, column, table[column.name])
    for found in dict.fromkeys(each for frame in frames for each in frame.unknown):
        _add_unknown(build, found, table[found])
    for variable, cells in score_variables(
        [(each.instrument, each.scores_or_none) for each in parts]
    ):
        build.add(variable, cells)
    return Dataset(
        name=name,
        about=about,
        languages=languages,
        instruments=known,
        table=pd.DataFrame(build.cells).fillna(""),
        variables=tuple(build.variables),
        label_sets=build.sets.sets,
        notes=tuple(note for frame in frames for note in frame.notes),
    )


@dataclass(slots=True, kw_only=True)
class _Build:
    """The columns so far."""

    sets: LabelSets
    taken: set[str]  # names of items, which nothing else may have
    variables: list[Variable] = field(default_factory=list)
    cells: dict[str, pd.Series] = field(default_factory=dict)

    def add(self, variable: Variable, cells: pd.Series) -> None:
        self.variables.append(variable)
        self.cells[variable.name] = cells.fillna("").astype(str)
        self.taken.add(variable.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Renamed:
    """A part whose columns are called as in the dataset."""

    answers: pd.DataFrame
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def _renamed(part: Part, plan: Plan, *, newest: Instrument, wanted: Wanted) -> _Renamed:
    given = part.answers
    if part.instrument is not None:
        key = content_hash(part.instrument)
        own = {
            column.name: given[item]
            for (version, item), column in plan.items()
            if version == key and item in given.columns
        }
        return _Renamed(answers=_filled(own, plan, index=given.index))
    if not (wanted.free_text and wanted.person_items):
        notes = _unread(part, given=False)
        return _Renamed(answers=_filled({}, plan, index=given.index), notes=notes)
    end = f"_v{part.version}" if part.version != newest.version else f"_v{part.version}_earlier"
    own = {f"{name}{end}": given[name] for name in given.columns}
    return _Renamed(
        answers=_filled(own, plan, index=given.index),
        unknown=tuple(own),
        notes=_unread(part, given=True),
    )


def _filled(columns: dict[str, pd.Series], plan: Plan, *, index: pd.Index) -> pd.DataFrame:
    """Give a part every column of the plan, empty where its version did not ask."""
    empty = pd.Series("", index=index, dtype=object)
    every = {each.name: empty for each in plan.values()}
    return pd.DataFrame(every | columns, index=index)


def _unread(part: Part, *, given: bool) -> tuple[str, ...]:
    what = (
        "stand in columns of their own, without labels"
        if given
        else "are left out, for nothing says which of them describe the person or are free text "
        "(ask for both to have them without labels)"
    )
    return (
        f"{len(part.answers)} rows were answered with version {part.version} of the instrument, "
        f"whose text is not at hand: their answers {what}. Name the text with --earlier FILE.",
    )


def _number_cells(parts: Sequence[Part], plan: Plan) -> set[str]:
    numbers = {item for (_, item), column in plan.items() if column.kind == "number"}
    return {
        cell
        for part in parts
        for name in numbers & set(part.answers.columns)
        for cell in part.answers[name].unique()
    }


def _add_meta(
    build: _Build, role: Role, cells: pd.Series, *, wanted: Wanted, languages: Sequence[str]
) -> None:
    if (cells.fillna("") == "").all() or (role == "version" and cells.nunique() < 2):
        return
    name = _META_NAMES.get(role, role)
    codes = wanted.codes.get(role, ())
    words = _META_LABELS[role]
    build.add(
        Variable(
            name=f"survey_{name}" if name in build.taken else name,
            kind="code" if codes else _META_KINDS.get(role, "text"),
            role=role,
            label={each: words.get(language_tag(each), words["en"]) for each in languages},
            label_set=build.sets.add(codes, name=name) if codes else "",
            decimals=3 if role == "weight" else 0,
        ),
        cells,
    )


_META_KINDS: dict[Role, Kind] = {"day": "date", "weight": "number"}


def _add_item(build: _Build, column: ItemColumn, cells: pd.Series) -> None:
    many = column.item.many
    set_name = column.item.choice_list or "no_answer"
    labelled = not many and column.kind in {"code", "number"}
    build.add(
        Variable(
            name=column.name,
            kind=column.kind,
            role=column.role,
            label=column.item.label,
            label_set=build.sets.add(column.codes, name=set_name) if labelled else "",
            decimals=2 if column.item.type == "decimal" else 0,
            ordered=bool(column.scales),
            item=column.item.name,
            privacy=column.item.privacy,
            scales=column.scales,
            reversed_in=column.reversed_in,
            versions=versions_of(column.versions),
        ),
        cells,
    )
    if many:
        none = {each.code for each in column.codes if each.missing} | set(column.instrument.missing)
        for code in column.codes:
            _add_mark(build, column, code, cells=cells, none=none - {code.code})


def _add_mark(
    build: _Build, column: ItemColumn, code: Code, *, cells: pd.Series, none: set[str]
) -> None:
    """Say for one of several choices whether it was taken; empty where nothing was answered."""
    taken = cells.str.split()
    marks = ["" if not each or set(each) <= none else str(int(code.code in each)) for each in taken]
    build.add(
        Variable(
            name=free_name(f"{column.name}_{code.code}", build.taken),
            kind="mark",
            role="item",
            label={
                language: f"{in_language(code.label, language)} - {text}"
                for language, text in column.item.label.items()
            },
            item=column.item.name,
            privacy=column.item.privacy,
            versions=versions_of(column.versions),
            how=f"1 where {code.code} is among the answers to {column.name}, otherwise 0; empty "
            "where nothing was answered",
        ),
        pd.Series(marks, index=cells.index, dtype=object),
    )


def _add_unknown(build: _Build, name: str, cells: pd.Series) -> None:
    build.add(
        Variable(
            name=free_name(name, build.taken),
            kind="text",
            role="item",
            label={"en": "Answer to a version of the questionnaire whose text is not at hand"},
            privacy="free text",
        ),
        cells,
    )
