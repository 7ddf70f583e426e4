"""The codebook of an instrument: what every column of its answers and scores means."""

import json
from dataclasses import asdict, dataclass
from typing import Any

import yaml

from outcomes.measures import find
from outcomes.surveys.instrument import Instrument, content_hash
from outcomes.surveys.numbering import question_numbers
from outcomes.surveys.parts import Item, Occasion, Privacy
from outcomes.surveys.preview import page_template
from outcomes.surveys.wording import in_language, language_tag, require_language


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMeaning:
    """One code that may stand in a column, and what it means."""

    code: str
    label: str  # empty for a missing code that is no choice
    missing: bool  # whether it means no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CodebookRow:
    """One item: one column of an answers file."""

    name: str
    number: int  # as respondents count over all occasions; 0 for what nobody answers
    type: str  # XLSForm's word
    text: str  # of the question, in the language asked for
    hint: str
    group: str
    codes: tuple[CodeMeaning, ...]  # none where the answer is written
    scales: tuple[str, ...]  # that it counts toward
    reversed_in: tuple[str, ...]  # scales in which agreeing means less of what is measured
    privacy: Privacy
    occasions: tuple[Occasion, ...]  # none: always
    required: bool
    relevant: str  # XLSForm expressions, as the file writes them
    constraint: str
    calculation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow:
    """One scale: one column of a scores file."""

    name: str
    label: str
    items: tuple[str, ...]
    reversed: tuple[str, ...]
    low: int  # lowest and highest score
    high: int
    score: str  # how answers become one score
    needed: int  # items that must be answered
    measure: str  # code of the registered measure; empty: scored, not evaluated
    direction: str  # of the measure
    requirement: str  # id of the requirement that the measure serves


def codebook_rows(instrument: Instrument, language: str) -> list[CodebookRow]:
    """List the items of an instrument, one row a column of its answers, in their order.

    Args:
        instrument: A sound instrument.
        language: In which texts and labels are given; one of its own.

    Raises:
        DataError: The instrument has no such language.
    """
    require_language(instrument, language)
    numbers = question_numbers(instrument)
    return [
        CodebookRow(
            name=item.name,
            number=numbers.get(item.name, 0),
            type=item.type,
            text=in_language(item.label, language),
            hint=in_language(item.hint, language),
            group=item.group,
            codes=_codes(instrument, item, language=language),
            scales=tuple(
                name for name, scale in instrument.scales.items() if item.name in scale.items
            ),
            reversed_in=tuple(
                name for name, scale in instrument.scales.items() if item.name in scale.reversed
            ),
            privacy=item.privacy,
            occasions=item.waves,
            required=item.required,
            relevant=item.relevant,
            constraint=item.constraint,
            calculation=item.calculation,
        )
        for item in instrument.items
    ]


def scale_rows(instrument: Instrument) -> list[ScaleRow]:
    """List the scales of an instrument, one row a column of its scores."""
    rows = []
    for name, scale in instrument.scales.items():
        low, high = instrument.score_range(name)
        measure = find(scale.measure) if scale.measure else None
        rows.append(
            ScaleRow(
                name=name,
                label=scale.label,
                items=scale.items,
                reversed=scale.reversed,
                low=low,
                high=high,
                score=scale.score,
                needed=scale.needed,
                measure=scale.measure,
                direction=measure.direction if measure else "",
                requirement=measure.requirement if measure else "",
            )
        )
    return rows


def codebook_html(instrument: Instrument) -> str:
    """Write the codebook as one web page, the texts in every language side by side.

    Args:
        instrument: A sound instrument.
    """
    by_language = {
        language: codebook_rows(instrument, language) for language in instrument.languages
    }
    return page_template("codebook.html").render(
        instrument=instrument,
        title=instrument.title[instrument.languages[0]],
        fingerprint=content_hash(instrument),
        languages=[(language, language_tag(language)) for language in instrument.languages],
        items=list(zip(*by_language.values(), strict=True)),
        scales=scale_rows(instrument),
    )


def codebook_content(instrument: Instrument) -> dict[str, Any]:
    """Give the codebook in plain types, for programs; texts stand by language.

    Args:
        instrument: A sound instrument.

    Returns:
        ``id``, ``version``, ``fingerprint``, ``title``, ``languages``, where it comes from, and
        lists of ``items`` and ``scales`` with the fields of ``CodebookRow`` and ``ScaleRow``.
    """
    by_language = {
        language: codebook_rows(instrument, language) for language in instrument.languages
    }
    return {
        "id": instrument.id,
        "version": instrument.version,
        "fingerprint": content_hash(instrument),
        "title": dict(instrument.title),
        "languages": list(instrument.languages),
        "population": instrument.population,
        "construct": instrument.source.concept,
        "literature": list(instrument.source.literature),
        "licence": instrument.licence,
        "missing": list(instrument.missing),
        "items": [
            _item_content(dict(zip(by_language, told, strict=True)))
            for told in zip(*by_language.values(), strict=True)
        ],
        "scales": [_listed(asdict(row)) for row in scale_rows(instrument)],
    }


def codebook_json(instrument: Instrument) -> str:
    """Write the codebook as JSON."""
    return json.dumps(codebook_content(instrument), ensure_ascii=False, indent=1) + "\n"


def codebook_yaml(instrument: Instrument) -> str:
    """Write the codebook as YAML."""
    text: str = yaml.safe_dump(codebook_content(instrument), allow_unicode=True, sort_keys=False)
    return text


def _item_content(told: dict[str, CodebookRow]) -> dict[str, Any]:
    """Put the rows of one item together, its texts by language."""
    first = next(iter(told.values()))
    return {
        **_listed(asdict(first)),
        "text": {language: row.text for language, row in told.items()},
        "hint": {language: row.hint for language, row in told.items() if row.hint},
        "codes": [
            {
                "code": code.code,
                "label": {
                    language: row.codes[at].label
                    for language, row in told.items()
                    if row.codes[at].label
                },
                "missing": code.missing,
            }
            for at, code in enumerate(first.codes)
        ],
    }


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    """Write tuples as lists, which is what YAML and JSON know."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()}


def _codes(instrument: Instrument, item: Item, *, language: str) -> tuple[CodeMeaning, ...]:
    """List the choices of an item, and the missing codes that are valid beside them."""
    if not item.choice_list:
        return ()
    choices = instrument.choices[item.choice_list]
    listed = [
        CodeMeaning(
            code=choice.name,
            label=in_language(choice.label, language),
            missing=choice.name in instrument.missing,
        )
        for choice in choices
    ]
    known = {choice.name for choice in choices}
    if not item.many:
        listed += [
            CodeMeaning(code=code, label="", missing=True)
            for code in instrument.missing
            if code not in known
        ]
    return tuple(listed)
