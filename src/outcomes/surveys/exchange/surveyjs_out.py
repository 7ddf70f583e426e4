"""An instrument as SurveyJS JSON: the same questions, the same logic, every language."""

import html
import re
from collections.abc import Mapping
from typing import Any

from outcomes.surveys.exchange.surveyjs_logic import Logic, logic_of
from outcomes.surveys.exchange.xlsform import added_rows, chain_of_groups
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.parts import CodeElement, Group, Item, Occasion, Texts

Json = dict[str, Any]
_WRITTEN = {"integer": "number", "decimal": "number", "date": "date"}


def to_surveyjs(instrument: Instrument, *, occasion: Occasion | None = None) -> Json:
    """Say an instrument in SurveyJS's JSON, for survey-core 2.x.

    The notice and the self-made code make the first page. Each outermost group makes a page, and
    so does each run of items outside of groups; groups inside are panels. A group that is shown as
    a matrix becomes one where SurveyJS can keep all of it (plain rows that share their choices);
    its answers then stand under the group's name, one for each row. A calculation becomes a
    calculated value, stored with the answers. Answers that are hidden again are cleared, as in
    ODK and here. Scales, privacy and paper are not SurveyJS's business: they stay in the YAML.

    Args:
        instrument: A sound instrument.
        occasion: Items of other occasions are kept but never shown, so that all occasions share
            their columns; none: every item is shown.

    Returns:
        What ``json.dump`` writes.

    Raises:
        DataError: An expression cannot be said in SurveyJS so that it means the same; names the
            item and the expression.
    """
    return _Form(instrument, occasion).whole()


def asked_on(item: Item, occasion: Occasion | None) -> bool:
    """Say whether an item belongs to an occasion; without one, every item does."""
    return occasion is None or not item.waves or occasion in item.waves


def matrix_groups(instrument: Instrument) -> frozenset[str]:
    """List the groups that become a SurveyJS matrix: plain rows that share their choices."""
    found = set()
    for name, group in instrument.groups.items():
        rows = [item for item in instrument.items if item.group == name]
        inner = any(other.group == name for other in instrument.groups.values())
        if group.appearance != "matrix" or inner or not rows or "." in name:
            continue
        plain = all(_plain_row(row) for row in rows)
        if plain and len({(row.type, row.required) for row in rows}) == 1:
            found.add(name)
    return frozenset(found)


def _plain_row(item: Item) -> bool:
    more = (item.relevant, item.constraint, item.hint, item.appearance, item.waves)
    return item.type.startswith("select_one ") and not any(more) and "." not in item.name


class _Form:
    """What every part needs: the instrument, its logic, and which groups are matrices."""

    def __init__(self, instrument: Instrument, occasion: Occasion | None) -> None:
        self.instrument, self.occasion = instrument, occasion
        self.matrices = matrix_groups(instrument)
        self.logic: Logic = logic_of(instrument, matrices=self.matrices)
        self.main = "en" if "en" in instrument.languages else instrument.languages[0]
        self.taken = {item.name for item in instrument.items} | set(instrument.groups)

    def whole(self) -> Json:
        form = self.instrument
        first = form.languages[0]
        found: Json = {"title": self.texts(form.title)}
        if first != "en":
            found["locale"] = first
        found |= {
            "clearInvisibleValues": "onHiddenContainer",
            "pages": [self.first_page(), *self.pages()],
        }
        if values := self.calculated():
            found["calculatedValues"] = values
        if form.thanks:
            found["completedHtml"] = self.texts(form.thanks, as_html=True)
        return found

    def texts(self, texts: Texts, *, as_html: bool = False) -> str | dict[str, str]:
        """Say a text in every language; SurveyJS's default language is English."""
        said = {language: self.shown(text, as_html=as_html) for language, text in texts.items()}
        if len(said) == 1:
            return next(iter(said.values()))
        main = said.pop(self.main, "")
        return {"default": main, **said}

    def shown(self, text: str, *, as_html: bool) -> str:
        if as_html:
            text = html.escape(text, quote=False).replace("\n", "<br>")
        return re.sub(r"\$\{\s*([^}\s]+)\s*\}", lambda found: self.mentioned(found[1]), text)

    def mentioned(self, name: str) -> str:
        said = self.logic.answers.get(name)
        return f"{{{said.name if said else name}}}"

    def free(self, wanted: str) -> str:
        while wanted in self.taken:
            wanted += "_"
        self.taken.add(wanted)
        return wanted

    def first_page(self) -> Json:
        added = added_rows(self.instrument)
        notice = {
            "type": "html",
            "name": added["notice"],
            "html": self.texts(self.instrument.notice, as_html=True),
        }
        elements: list[Json] = [notice]
        if code := self.instrument.code:
            panel: Json = {"type": "panel", "name": added["code"]}
            panel["description"] = self.texts(code.intro)
            panel["elements"] = [self.code_element(element) for element in code.elements]
            elements.append(panel)
        return {"name": self.free("page_notice"), "elements": elements}

    def code_element(self, element: CodeElement) -> Json:
        found: Json = {"type": "text", "name": element.name, "title": self.texts(element.label)}
        if element.hint:
            found["description"] = self.texts(element.hint)
        if element.kind == "letter":
            found["maxLength"] = 1
            found["validators"] = [{"type": "regex", "regex": "^[A-Za-z]$"}]
            return found
        found["inputType"] = "number"
        bounds = (("min", element.low), ("max", element.high))
        return found | {name: bound for name, bound in bounds if bound is not None}

    def pages(self) -> list[Json]:
        """Make the pages: one for each outermost group and each run of items outside of groups."""
        pages: list[Json] = []
        panels: dict[str, Json] = {}  # groups that are open already
        loose: Json | None = None
        for item in self.instrument.items:
            chain = chain_of_groups(self.instrument, item)
            if item.type == "calculate":
                continue
            if not chain:
                if loose is None:
                    loose = {"name": self.free(f"page_{item.name}"), "elements": []}
                    pages.append(loose)
                loose["elements"].append(self.question(item))
                continue
            loose = None
            self.place(item, chain, panels=panels, pages=pages)
        return pages

    def place(
        self, item: Item, chain: list[str], *, panels: dict[str, Json], pages: list[Json]
    ) -> None:
        """Put an item into its group, and the group into those around it."""
        around: Json | None = None
        for name in chain:
            if name not in panels:
                panels[name] = self.container(name, outermost=around is None)
                if around is not None:
                    around["elements"].append(panels[name])
                elif name in self.matrices:
                    page = self.free(f"page_{name}")
                    pages.append({"name": page, "elements": [panels[name]]})
                else:
                    pages.append(panels[name])
            around = panels[name]
        if around is not None and chain[-1] not in self.matrices:
            around["elements"].append(self.question(item))

    def container(self, name: str, *, outermost: bool) -> Json:
        group = self.instrument.groups[name]
        found: Json = {} if outermost else {"type": "panel"}
        if name in self.matrices:
            found = {"type": "matrix"}
        found["name"] = name
        if group.label:
            found["title"] = self.texts(group.label)
        elif name in self.matrices:
            found["titleLocation"] = "hidden"
        if group.relevant:
            found["visibleIf"] = self.logic.shown_if(f"group {name}", group.relevant)
        return found | (self.grid(name) if name in self.matrices else {"elements": []})

    def grid(self, name: str) -> Json:
        rows = [item for item in self.instrument.items if item.group == name]
        found: Json = {
            "columns": self.choices(rows[0]),
            "rows": [{"value": row.name, "text": self.texts(row.label)} for row in rows],
        }
        if rows[0].required:
            found |= {"isRequired": True, "eachRowRequired": True}
        return found

    def choices(self, item: Item) -> list[Json]:
        listed = self.instrument.choices[item.choice_list]
        return [{"value": each.name, "text": self.texts(each.label)} for each in listed]

    def question(self, item: Item) -> Json:
        found: Json = {"type": _question_type(item), "name": item.name}
        found["html" if item.type == "note" else "title"] = self.texts(
            item.label, as_html=item.type == "note"
        )
        if item.type in _WRITTEN:
            found["inputType"] = _WRITTEN[item.type]
        if item.type == "decimal":
            found["step"] = "any"
        if item.choice_list:
            found["choices"] = self.choices(item)
        if item.hint and item.asked:
            found["description"] = self.texts(item.hint)
        if item.required and item.asked:
            found["isRequired"] = True
        return found | self.conditions(item)

    def conditions(self, item: Item) -> Json:
        found: Json = {}
        if not asked_on(item, self.occasion):
            found["visible"] = False
        elif item.relevant:
            found["visibleIf"] = self.logic.shown_if(f"item {item.name}", item.relevant)
        if validators := self.validators(item):
            found["validators"] = validators
        return found

    def validators(self, item: Item) -> list[Json]:
        found: list[Json] = []
        if item.type == "integer":
            whole = f"{{{item.name}}} empty or {{{item.name}}} % 1 = 0"
            found.append({"type": "expression", "expression": whole})
        if item.constraint:
            rules = self.logic.constraints(item)
            if item.constraint_message:
                message = self.texts(item.constraint_message)
                rules = [{**rule, "text": message} for rule in rules]
            found += rules
        return found

    def calculated(self) -> list[Json]:
        values = []
        for item in self.instrument.items:
            if item.type == "calculate":
                words = "''"
                if asked_on(item, self.occasion):
                    groups: Mapping[str, Group] = self.instrument.groups
                    chain = chain_of_groups(self.instrument, item)
                    around = [(f"group {name}", groups[name].relevant) for name in chain]
                    words = self.logic.calculation(item, around=around)
                values.append({"name": item.name, "expression": words, "includeIntoResult": True})
        return values


def _question_type(item: Item) -> str:
    if item.type.startswith("select_one"):
        return "dropdown" if "minimal" in item.appearance.split() else "radiogroup"
    if item.many:
        return "checkbox"
    if item.type == "note":
        return "html"
    return "comment" if "multiline" in item.appearance.split() else "text"
