"""An instrument as its respondents will see it: one web page, in every language."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from outcomes.errors import DataError
from outcomes.surveys.flow import state
from outcomes.surveys.form_layout import (
    Block,
    FormLayout,
    Heading,
    lay_out,
    occasions_of,
)
from outcomes.surveys.instrument import Instrument, content_hash, item_named
from outcomes.surveys.parts import Occasion
from outcomes.surveys.wording import language_name, language_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on one page of a form: a group, or questions outside any group."""

    heading: Heading | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One language and occasion of an instrument."""

    anchor: str
    language: str
    lang: str  # code, for the lang attribute
    occasion: Occasion | None
    layout: FormLayout
    pages: tuple[Page, ...]


def preview_html(instrument: Instrument, *, answers: Mapping[str, str] | None = None) -> str:
    """Show an instrument as a page: each language, each occasion, each page with its questions.

    Conditions stand in words beside what they govern. The page is whole in itself: no script, no
    other file. What is entered in it goes nowhere.

    Args:
        instrument: A sound instrument.
        answers: Show only the path of somebody who gives these answers; without them, everything.

    Raises:
        DataError: An answer is to an item that there is not, or that nobody answers.
    """
    for name in answers or {}:
        if not item_named(instrument, name).asked:
            raise DataError(f"{name} is not answered by anybody. Name a question")
    template = page_template("preview.html")
    return template.render(
        instrument=instrument,
        title=instrument.title[instrument.languages[0]],
        lang=language_tag(instrument.languages[0]),
        fingerprint=content_hash(instrument)[:16],
        paths=_paths(instrument, answers=answers),
        answers=answers or {},
        asks_always=not occasions_of(instrument),
    )


def page_template(name: str) -> Template:
    """Find a template of a web page beside this module; texts in it are escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["kind_of"] = lambda block: type(block).__name__
    environment.filters["language"] = language_name
    return environment.from_string(
        files("outcomes.surveys").joinpath(name).read_text(encoding="utf-8")
    )


def on_path(
    instrument: Instrument, answers: Mapping[str, str], *, occasion: Occasion | None = None
) -> Instrument:
    """Leave only what somebody is asked who gives these answers; what is left has no condition."""
    found = state(instrument, answers, occasion=occasion)
    items = tuple(
        item.model_copy(update={"relevant": ""})
        for item in instrument.items
        if found.items[item.name].shown
    )
    groups = {
        name: group.model_copy(update={"relevant": ""}) for name, group in instrument.groups.items()
    }
    return instrument.model_copy(update={"items": items, "groups": groups})


def _paths(instrument: Instrument, *, answers: Mapping[str, str] | None) -> list[Path]:
    occasions: tuple[Occasion | None, ...] = occasions_of(instrument) or (None,)
    made = []
    for number, language in enumerate(instrument.languages, start=1):
        for occasion in occasions:
            seen = on_path(instrument, answers, occasion=occasion) if answers else instrument
            layout = lay_out(seen, language=language, occasion=occasion)
            made.append(
                Path(
                    anchor=f"form-{number}-{occasion or 'always'}",
                    language=language,
                    lang=language_tag(language),
                    occasion=occasion,
                    layout=layout,
                    pages=_pages(layout),
                )
            )
    return made


def _pages(layout: FormLayout) -> tuple[Page, ...]:
    """Cut a form into pages: a heading of the first level begins one."""
    pages: list[Page] = []
    heading: Heading | None = None
    blocks: list[Block] = []
    for block in layout.blocks:
        if isinstance(block, Heading) and block.level == 1:
            if blocks or heading:
                pages.append(Page(heading=heading, blocks=tuple(blocks)))
            heading, blocks = block, []
        else:
            blocks.append(block)
    pages.append(Page(heading=heading, blocks=tuple(blocks)))
    return tuple(pages)
