"""A form that a tablet sent back, as answers: read from its XML, with every code hashed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from outcomes.errors import DataError
from outcomes.surveys.code_cards import check_code
from outcomes.surveys.exchange.tablet_form import CARD_NODE, PLACE_NODE, WAVE_NODE
from outcomes.surveys.exchange.xlsform import added_rows
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.keyed_codes import hashed_elements, respondent_of, sealed_digest
from outcomes.surveys.parts import Item

_META = "meta"
# pyxform's names for the rows of a table, and ours for rows that are no items
_SILENT = re.compile(
    r"(generated_table_list_label|reserved_name_for_field_list_labels)_\d+"
    rf"|(notice_text|thanks_text)(_[nt])*|({WAVE_NODE}|{PLACE_NODE})_*"
)
_CARD = re.compile(f"{CARD_NODE}_*")
_NAMED = re.compile("(?:uuid:)?((?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))")
_CODE_GROUP = re.compile(r"self_code(_s)*")
# what a form of somebody else's may note of the device and the person who holds it: never kept
_OF_THE_DEVICE = frozenset(
    {"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username"}
    | {"email", "audit"}
)


# one filled-in node of a form: the name of the node around it, its own name, and its text; a plain
# tuple, for there are hundreds in each form, and hundreds of forms in a second
Leaf = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedForm:
    """What a tablet sent, before it is known what was asked."""

    form_id: str
    version: str
    instance: str  # the uuid of instanceID
    replaces: str  # the uuid of the instance that this one is an edit of; "" for none
    leaves: tuple[Leaf, ...]  # in order, without empty ones


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedForm:
    """A form with its codes hashed: what may be stored."""

    respondent: str
    answers: Mapping[str, str]
    code: Mapping[str, str]  # element -> keyed hash
    other: Mapping[str, str]  # nodes that the instrument does not know, by name
    notes: tuple[str, ...]  # what a person should know about it
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TabletQuestions:
    """An instrument, made ready for sorting out what tablets send."""

    instrument: Instrument
    plain: frozenset[str]  # items whose text is the answer as it stands
    reads: Mapping[str, Callable[[str], str] | None]  # the others: how a text becomes the answer
    elements: frozenset[str]  # of the self-made code
    code_group: str  # the group around them; "" for none


def read_submitted_form(xml: bytes) -> SubmittedForm:
    """Read the XML of a filled-in form.

    It is read safely: no document type, no entities, nothing fetched.

    Raises:
        DataError: It is no XML in UTF-8, has a document type, names no form, or lacks a sound
            ``instanceID``, without which a form that comes twice could not be told from another.
    """
    root = _root(xml)
    leaves: list[Leaf] = []
    _gather(root, _local(root.tag), into=leaves)
    meta = {name: text for group, name, text in leaves if group == _META}
    form_id = str(root.get("id") or etree.QName(root).namespace or "")
    if not form_id:
        raise DataError("the form does not say which form it is (no id). Download it again")
    replaces = meta.get("deprecatedID", "")
    return SubmittedForm(
        form_id=form_id,
        version=str(root.get("version") or ""),
        instance=_uuid(meta.get("instanceID", ""), name="instanceID"),
        replaces=_uuid(replaces, name="deprecatedID") if replaces else "",
        leaves=tuple(leaves),
    )


def tablet_questions(instrument: Instrument) -> TabletQuestions:
    """Prepare an instrument, once, for sorting out what tablets send."""
    elements = instrument.code.elements if instrument.code else ()
    reads = {item.name: _reader(item) for item in instrument.items}
    return TabletQuestions(
        instrument=instrument,
        plain=frozenset(name for name, read in reads.items() if read is _as_it_is),
        reads={name: read for name, read in reads.items() if read is not _as_it_is},
        elements=frozenset(element.name for element in elements),
        code_group=added_rows(instrument).get("code", ""),
    )


def sealed_form(
    form: SubmittedForm, questions: TabletQuestions, *, key: bytes, known_as: str = ""
) -> SealedForm:
    """Sort what was sent by what the instrument asks, and hash every code in it.

    Groups do not matter: an answer belongs to the item of its name. What the tablet worked out is
    left out, for it is worked out again. A code on a card that is not sound loses no answer: the
    form then counts for a respondent of its own, and a note says so.

    Args:
        form: From :func:`read_submitted_form`.
        questions: What the wave asks now; the tablet may have had an earlier version.
        key: The study key.
        known_as: The respondent of the form that this one is an edit of; counts where no sound
            code of a card was written.
    """
    found = _sorted_out(form, questions)
    instrument = questions.instrument
    respondent, notes = _respondent(found.card, key=key)
    if not respondent:
        respondent = known_as or _nobody(form, key=key)
    code = hashed_elements(key, instrument.code, found.elements) if instrument.code else {}
    if found.elements.keys() - code.keys():
        notes += ("the self-made code of an earlier version was left out",)
    return SealedForm(
        respondent=respondent,
        answers=found.answers,
        code={name: sealed for name, sealed in code.items() if sealed},
        other=found.other,
        notes=notes,
        digest=sealed_digest(key, canonical_content(form)),
    )


def canonical_content(form: SubmittedForm) -> bytes:
    """Write what a form says in one way: the same answers give the same bytes.

    Spaces between the tags, the order of the nodes and the names of namespaces do not matter.
    """
    about = (form.form_id, form.version, form.instance)
    lines = ["\x1f".join(about), *sorted(map("\x1f".join, form.leaves))]
    return "\x1e".join(lines).encode()  # signs that no XML can hold


def _root(xml: bytes) -> Any:
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError("the form is not written in UTF-8. Send it again") from None
    if b"<!DOCTYPE" in xml:
        raise DataError("the form has a document type, as no tablet sends. It was not read")
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever it says of itself, so that the check above holds
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise DataError("the form is not whole, or not XML. Send it again") from None


def _gather(parent: Any, group: str, *, into: list[Leaf]) -> None:
    """Collect what is filled in, in order; the parser lets no tree be deeper than 256 nodes."""
    for node in parent:
        text, tag = node.text, node.tag
        if tag[0] == "{":
            tag = _local(tag)
        if text and (text := text.strip()):
            into.append((group, tag, text))
        if len(node):
            _gather(node, tag, into=into)


def _local(tag: str) -> str:
    return tag[tag.find("}") + 1 :]  # of {namespace}name


def _uuid(text: str, *, name: str) -> str:
    found = _NAMED.fullmatch(text)
    if not found:
        problem = f"the {name} is not a uuid" if text else f"there is no {name}"
        raise DataError(
            f"{problem}, so the form could not be known again if it came twice. "
            "Fill it in with ODK Collect, KoboCollect or Enketo"
        )
    return found[1].lower()


def _reader(item: Item) -> Callable[[str], str] | None:
    """Say how the text of a node becomes an answer; None for what nobody answers."""
    if not item.asked:
        return None
    if item.many:
        return lambda text: " ".join(text.split())
    return _day if item.type == "date" else _as_it_is


def _as_it_is(text: str) -> str:
    return text


def _day(text: str) -> str:
    return text[:10] if re.match(r"\d{4}-\d\d-\d\dT", text) else text


@dataclass(slots=True, kw_only=True)
class _Sorted:
    answers: dict[str, str]
    elements: dict[str, str]  # of the self-made code, plain
    other: dict[str, str]
    card: str = ""  # plain


def _sorted_out(form: SubmittedForm, questions: TabletQuestions) -> _Sorted:
    plain, answers = questions.plain, dict[str, str]()
    found = _Sorted(answers=answers, elements={}, other={})
    for leaf in form.leaves:
        _, name, text = leaf
        if name in plain and name not in answers:
            answers[name] = text
        else:
            _sort_other(leaf, questions, into=found)
    return found


def _sort_other(leaf: Leaf, questions: TabletQuestions, *, into: _Sorted) -> None:
    group, name, text = leaf
    if name in questions.reads and name not in into.answers:
        read = questions.reads[name]
        if read is not None:
            into.answers[name] = read(text)
        return
    if group == _META or name in _OF_THE_DEVICE:
        return
    earlier = _CODE_GROUP.fullmatch(group) and group not in questions.instrument.groups
    if name in questions.elements or group == questions.code_group or earlier:
        into.elements[name] = text
    elif _CARD.fullmatch(name):
        into.card = text
    elif not _SILENT.fullmatch(name):
        into.other[_free(name, into.other)] = text


def _free(name: str, taken: Mapping[str, str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _respondent(card: str, *, key: bytes) -> tuple[str, tuple[str, ...]]:
    """Hash the code of a card; "" where there is none, or none that is sound."""
    if not card:
        return "", ()
    try:
        check_code(card)
    except DataError:
        return "", ("the code of the card was not sound",)
    return respondent_of(key, card), ()


def _nobody(form: SubmittedForm, *, key: bytes) -> str:
    """Make a respondent of its own for a form without a code; an edit keeps that of its first."""
    return sealed_digest(key, f"tablet/{form.replaces or form.instance}".encode())[:26]
