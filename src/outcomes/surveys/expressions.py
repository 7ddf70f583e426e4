"""The expressions of an instrument, compiled once: pyxform makes the form, elementpath reads it.

pyxform turns the instrument into an XForm, as it does for ODK Collect; the binds of that XForm are
what is worked out here, so that both run the same expressions.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from outcomes.errors import DataError
from outcomes.surveys.xpath import Expression, bind_expression
from outcomes.surveys.xpath_parser import ExpressionRefused

if TYPE_CHECKING:
    from outcomes.surveys.instrument import Instrument
    from outcomes.surveys.parts import Item

KINDS = {
    "relevant": "relevant",
    "constraint": "constraint",
    "calculate": "calculation",
    "required": "required",
}  # the bind's word -> ours
REFERENCE = re.compile(r"\$\{\s*([^{}]*?)\s*\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class XFormBinds:
    """What an XForm says of its nodes: their paths, and the expressions on them."""

    items: tuple[str, ...]  # paths of the nodes that hold an answer, in order
    groups: tuple[str, ...]  # paths of the nodes around them
    sources: Mapping[tuple[str, str], str]  # (path, "relevant") -> XPath


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledForm:
    """An instrument whose expressions are ready to be worked out."""

    paths: Mapping[str, str]  # of items and groups, by name
    expressions: Mapping[tuple[str, str], Expression]  # (name, "relevant") -> expression
    order: tuple[str, ...]  # items, each after those it depends on


def read_xform(xform: str | bytes) -> XFormBinds:
    """Read the nodes and the binds of an XForm.

    Raises:
        DataError: The text is no XML, or no XForm.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(xform.encode() if isinstance(xform, str) else xform, parser)
    except etree.XMLSyntaxError as error:
        raise DataError(f"The form is not XML: {error}. Export it again") from None
    instance = next(root.iter("{*}instance"), None)
    if instance is None or not len(instance):
        raise DataError("The form has no instance, so it is no XForm. Export it again")
    items: list[str] = []
    groups: list[str] = []
    _walk(instance[0], "", items=items, groups=groups)
    sources = {
        (str(bind.get("nodeset")), KINDS[kind]): str(bind.get(kind))
        for bind in root.iter("{*}bind")
        for kind in KINDS
        if bind.get(kind)
    }
    return XFormBinds(items=tuple(items), groups=tuple(groups), sources=sources)


def _walk(node: Any, around: str, *, items: list[str], groups: list[str]) -> None:
    path = f"{around}/{str(node.tag).rpartition('}')[2]}"
    inner = [child for child in node if isinstance(child.tag, str)]  # not a comment
    (groups if inner or not around else items).append(path)
    for child in inner:
        _walk(child, path, items=items, groups=groups)


_BY_IDENTITY: dict[int, tuple["Instrument", CompiledForm]] = {}
_BY_CONTENT: dict[str, CompiledForm] = {}
_KEPT = 64  # forms, so that a long-running desk does not grow


def compile_form(instrument: "Instrument") -> CompiledForm:
    """Make the expressions of an instrument ready; each content is compiled once.

    Raises:
        DataError: pyxform refuses the instrument, or an expression cannot be worked out; says the
            item, the expression and the mend.
    """
    known = _BY_IDENTITY.get(id(instrument))
    if known is not None and known[0] is instrument:
        return known[1]
    from outcomes.surveys.instrument import content_hash

    digest = content_hash(instrument)
    form = _BY_CONTENT.get(digest) or _compile(instrument)
    for kept in (_BY_IDENTITY, _BY_CONTENT):
        if len(kept) >= _KEPT:
            kept.clear()
    _BY_CONTENT[digest] = form
    _BY_IDENTITY[id(instrument)] = (instrument, form)
    return form


def _compile(instrument: "Instrument") -> CompiledForm:
    from outcomes.surveys.exchange.xform import to_xform

    binds = read_xform(to_xform(instrument))
    paths = paths_of(instrument)
    names = {path: name for name, path in paths.items()}
    items, groups = frozenset(binds.items), frozenset(binds.groups)
    expressions: dict[tuple[str, str], Expression] = {}
    for (path, kind), source in binds.sources.items():
        if path not in names:
            continue  # a node that pyxform adds
        try:
            bound = bind_expression(source, here=path, items=items, groups=groups)
        except ExpressionRefused as error:
            raise DataError(f"{instrument.id}, {names[path]}, {kind}: {error}") from None
        expressions[names[path], kind] = bound
    needs = dependencies(instrument, expressions)
    try:
        order = tuple(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise DataError(f"{instrument.id}: {circle(error)}. Let one of them stand alone") from None
    return CompiledForm(paths=paths, expressions=expressions, order=order)


def paths_of(instrument: "Instrument") -> dict[str, str]:
    """Say where each item and each group lies in the form: ``/data/group/item``."""
    paths = {name: _path(instrument, [name], around=name) for name in instrument.groups}
    for item in instrument.items:
        paths[item.name] = _path(instrument, [item.name], around=item.group, own=True)
    return paths


def _path(instrument: "Instrument", steps: list[str], *, around: str, own: bool = False) -> str:
    name = around if own else getattr(instrument.groups.get(around), "group", "")
    while name in instrument.groups and name not in steps[: len(steps) - own]:
        steps.insert(0, name)
        name = instrument.groups[name].group
    return "/".join(("/data", *steps))


def groups_around(instrument: "Instrument", item: "Item") -> tuple[str, ...]:
    """List the groups around an item, the outermost first; a circle of groups is cut."""
    chain: list[str] = []
    name = item.group
    while name in instrument.groups and name not in chain:
        chain.insert(0, name)
        name = instrument.groups[name].group
    return tuple(chain)


def dependencies(
    instrument: "Instrument", expressions: Mapping[tuple[str, str], Expression]
) -> dict[str, list[str]]:
    """List for each item the items whose answers decide whether it is shown, or its value.

    Its constraint is left out: it judges an answer and changes none.
    """
    names = {path: name for name, path in paths_of(instrument).items()}
    needs: dict[str, list[str]] = {}
    for item in instrument.items:
        sources = [
            expressions.get((group, "relevant")) for group in groups_around(instrument, item)
        ]
        sources += [expressions.get((item.name, kind)) for kind in ("relevant", "calculation")]
        needs[item.name] = sorted(
            {names[path] for one in sources if one for path in one.reads if path in names}
            - set(instrument.groups)
        )
    return needs


def circle(error: CycleError) -> str:
    """Say a circle of items in words."""
    names: Iterable[str] = reversed(error.args[1])
    return f"items depend on one another in a circle: {' needs '.join(names)}"
