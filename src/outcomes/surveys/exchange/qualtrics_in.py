"""An instrument from Qualtrics: the survey file (.qsf)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.surveys.exchange.form_assembly import (
    Assembly,
    add_group,
    complete,
    free_name,
    later,
    report,
)
from outcomes.surveys.exchange.form_finish import finish
from outcomes.surveys.exchange.mapping import FormImport, Mapped
from outcomes.surveys.exchange.qualtrics_logic import comparison, condition, entries
from outcomes.surveys.exchange.qualtrics_parts import Survey, language_here
from outcomes.surveys.exchange.qualtrics_questions import add_question

_INSERTED = r"\$\{[a-z]+://[^}]*\}"
_DEEPEST = 30
_FLOW_RULES = {
    "EmbeddedData": "data about respondents from outside the form are not kept",
    "WebService": "other computers are not asked while somebody answers",
    "Authenticator": "respondents do not sign in; who answered is not known here",
    "ReferenceSurvey": "another survey is not part of this file",
    "TableOfContents": "there is no table of contents",
    "QuotaCheck": "quotas are part of fielding, not of the questions",
    "SupplementalData": "data from outside the form are not kept",
}
_ELEMENTS = {
    "SO": "settings of looks, links and dates belong to fielding",
    "SCO": "points are not shown to respondents; write scales",
    "PROJ": "the kind of project is not kept",
    "STAT": "statistics of the survey are not kept",
    "QC": "the number of questions is counted anew",
    "RS": "answers are not part of the form",
    "PL": "the preview link is not kept",
    "NT": "notes of the authors are not kept",
    "TR": "e-mails that answers set off are not sent",
    "QO": "quotas are part of fielding, not of the questions",
    "QG": "quotas are part of fielding, not of the questions",
}


@dataclass(slots=True, kw_only=True)
class Flow:
    """Where the reader stands in the flow of blocks."""

    survey: Survey
    blocks: dict[str, Mapping[str, Any]]
    payloads: dict[str, Mapping[str, Any]]
    seen: set[str] = field(default_factory=set)  # blocks that were added
    owners: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)  # block, QID, part
    ends: list[Any] = field(default_factory=list)  # logic of branches that ended the survey
    pages: int = 0


def read_qualtrics(path: Path, *, keep_going: bool = False) -> FormImport:
    """Read a survey of Qualtrics, and say what became of each of its parts.

    Args:
        path: The file, ending in .qsf.
        keep_going: Whether an instrument is wanted although parts were lost; what lost its
            condition is then shown to nobody until somebody mends it.

    Returns:
        The instrument (None where a part is an error, unless ``keep_going``) and the mapping of
        blocks, questions, choices, rows, logic, flow, settings and languages.

    Raises:
        FileError: There is no such file.

    Source:
        Qualtrics' own exports; issue 3, part 3.
    """
    if not path.is_file():
        raise FileError(path, "", "there is no such file", "Check the name")
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _refused("this is not JSON")
    elements = data.get("SurveyElements") if isinstance(data, dict) else None
    if not isinstance(elements, list):
        return _refused("this is JSON, but no survey of Qualtrics (it has no SurveyElements)")
    parts = [each for each in elements if isinstance(each, Mapping)]
    entry = dict(entries(data.get("SurveyEntry")))
    language = str(entry.get("SurveyLanguage") or "EN")
    payloads = _payloads(parts)
    form = Assembly(tool="Qualtrics", languages=_languages(language, payloads), inserted=_INSERTED)
    for spoken in form.languages:
        report(form, f"language {spoken}", "mapped", became=spoken)
    name = str(entry.get("SurveyName") or path.stem)
    title = {language_here(language): name}
    form.title = complete(form, title, part="name of the survey", instead="Untitled survey")
    survey = Survey(form=form, language=language)
    flow = Flow(survey=survey, blocks=_blocks(parts), payloads=payloads)
    _walk(flow, _flow(parts, flow.blocks), group="", depth=0)
    _unused(flow)
    for each in parts:
        if why := _ELEMENTS.get(str(each.get("Element"))):
            what = str(each.get("PrimaryAttribute") or each.get("Element"))
            report(form, f"element {each.get('Element')}, {what}", "dropped by rule", why=why)
    return finish(form, form_id=name, keep_going=keep_going)


def _refused(problem: str) -> FormImport:
    why = f"{problem}. In Qualtrics: Tools, Import/Export, Export Survey"
    return FormImport(tool="Qualtrics", mapping=[Mapped(part="the file", fate="error", why=why)])


def _payloads(parts: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {
        str(each.get("PrimaryAttribute")): each["Payload"]
        for each in parts
        if each.get("Element") == "SQ" and isinstance(each.get("Payload"), Mapping)
    }


def _languages(base: str, payloads: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    named = [base]
    for payload in payloads.values():
        if isinstance(payload.get("Language"), Mapping):
            named += [str(key) for key in payload["Language"]]
    return tuple(dict.fromkeys(map(language_here, named)))


def _blocks(parts: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {
        str(block.get("ID")): block
        for each in parts
        if each.get("Element") == "BL"
        for _, block in entries(each.get("Payload"))
        if isinstance(block, Mapping)
    }


def _flow(
    parts: list[Mapping[str, Any]], blocks: Mapping[str, Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Read the flow; without one the blocks follow each other as they stand."""
    for each in parts:
        if each.get("Element") == "FL" and isinstance(each.get("Payload"), Mapping):
            return _nodes(each["Payload"].get("Flow"))
    return [
        {"Type": "Block", "ID": name}
        for name, block in blocks.items()
        if block.get("Type") != "Trash"
    ]


def _nodes(value: Any) -> list[Mapping[str, Any]]:
    return [each for _, each in entries(value) if isinstance(each, Mapping)]


def _walk(flow: Flow, nodes: list[Mapping[str, Any]], *, group: str, depth: int) -> None:
    form = flow.survey.form
    for node in nodes:
        kind = str(node.get("Type") or "")
        part = f"flow {node.get('FlowID') or node.get('ID') or ''} {kind}"
        if depth > _DEEPEST:
            report(form, part, "error", why="the flow is nested too deeply")
        elif kind in {"Block", "Standard", "Default"}:
            _block(flow, str(node.get("ID")), group=group)
        elif kind == "Branch":
            _branch(flow, node, group=group, part=part, depth=depth)
        elif kind in {"Group", "BlockRandomizer", "Root"}:
            _inner(flow, node, group=group, part=part, depth=depth)
        elif kind == "EndSurvey":
            why = "the survey ends for everybody where it stands"
            report(form, part, "dropped by rule", why=why)
        else:
            why = _FLOW_RULES.get(kind, f"{kind or 'this'} is no part of a flow that is known here")
            report(form, part, "dropped by rule" if kind in _FLOW_RULES else "error", why=why)


def _inner(flow: Flow, node: Mapping[str, Any], *, group: str, part: str, depth: int) -> None:
    inner = _nodes(node.get("Flow"))
    form = flow.survey.form
    if node.get("Type") == "BlockRandomizer":
        shown = str(node.get("SubSet") or len(inner))
        if shown.isdigit() and int(shown) < len(inner):
            why = f"chance shows {shown} of its {len(inner)} parts; here everybody would get all"
            report(form, part, "error", why=f"{why}. Take out what is not wanted")
        else:
            report(form, part, "dropped by rule", why="pages keep one order here")
    _walk(flow, inner, group=group, depth=depth + 1)


def _branch(flow: Flow, node: Mapping[str, Any], *, group: str, part: str, depth: int) -> None:
    logic, inner = node.get("BranchLogic"), _nodes(node.get("Flow"))
    name = free_name(flow.survey.form, _next_page(flow, "branch"), part=part)
    made = add_group(flow.survey.form, name, group=group)
    questions = flow.survey.questions
    later(
        flow.survey.form,
        made,
        "relevant",
        part=f"{part}, branch logic",
        write=lambda: condition(logic, questions),
    )
    ends = [each for each in inner if each.get("Type") == "EndSurvey"]
    _walk(flow, [each for each in inner if each not in ends], group=name, depth=depth + 1)
    if ends:
        flow.ends.append(logic)
        became = "a condition of the pages that follow"
        report(flow.survey.form, f"{part}, end of survey", "mapped", became=became)


def _next_page(flow: Flow, word: str) -> str:
    flow.pages += 1
    return f"{word}_{flow.pages}"


def _block(flow: Flow, name: str, *, group: str) -> None:
    form, block = flow.survey.form, flow.blocks.get(name)
    part = f"block {name} {(block or {}).get('Description') or ''}".strip()
    if block is None or name in flow.seen:
        why = "the flow shows it twice" if block else "it is in the flow, but not in the file"
        report(form, part, "error", why=f"{why}. Mend the flow in Qualtrics")
        return
    flow.seen.add(name)
    page = free_name(form, _next_page(flow, "block"), part=part)
    made = add_group(form, page, group=group)
    report(form, part, "mapped", became=page)
    if dict(entries(block.get("Options"))).get("Looping") not in {None, "", "None", False}:
        why = "it is asked again and again (loop and merge), which has no counterpart here"
        report(form, f"{part}, loop", "error", why=why)
    for logic in flow.ends:
        later(
            form,
            made,
            "relevant",
            part=f"{part}, after an end of the survey",
            write=_negated(flow, logic),
        )
    for element in _nodes(block.get("BlockElements")):
        qid = str(element.get("QuestionID") or "")
        if element.get("Type") == "Question":
            _question(flow, qid, block=name, page=page)
        elif element.get("Type") != "Page Break":
            why = "this element of a block is not known here"
            report(form, f"{part}, {element.get('Type')}", "error", why=why)
    _skips(flow, block=name)


def _negated(flow: Flow, logic: Any) -> Any:
    return lambda: f"not({condition(logic, flow.survey.questions)})"


def _question(flow: Flow, qid: str, *, block: str, page: str) -> None:
    form, payload = flow.survey.form, flow.payloads.get(qid)
    if payload is None or qid in flow.survey.questions:
        why = "it stands in two blocks" if payload else "it is in a block, but not in the file"
        report(form, f"question {qid}", "error", why=f"{why}. Mend it in Qualtrics")
        return
    owner = add_question(flow.survey, qid, payload, group=page)
    if owner is None:
        return
    flow.owners.append((block, qid, owner))
    for key in ("DisplayLogic", "InPageDisplayLogic"):
        if logic := payload.get(key):
            write = partial(condition, logic, flow.survey.questions)
            later(form, owner, "relevant", part=f"question {qid}, {key}", write=write)
    for key in ("Choices", "Answers"):
        for number, choice in entries(payload.get(key)):
            if isinstance(choice, Mapping) and choice.get("DisplayLogic"):
                why = "a choice cannot be shown on a condition here; make it a question of its own"
                report(form, f"question {qid}, choice {number}, DisplayLogic", "error", why=why)


def _skips(flow: Flow, *, block: str) -> None:
    """Turn skips forward into conditions of what they leap over."""
    inside = [(qid, owner) for where, qid, owner in flow.owners if where == block]
    places = {qid: at for at, (qid, _) in enumerate(inside)}
    for qid, _ in inside:
        for term in _nodes(flow.payloads[qid].get("SkipLogic")):
            target = str(term.get("SkipToDestination") or "")
            part = f"question {qid}, skip to {target}"
            to_end = target in {"ENDOFBLOCK", "ENDOFSURVEY"}
            end = len(inside) if to_end else places.get(target, -1)
            if target == "ENDOFSURVEY":
                flow.ends.append({"0": {"0": term}})
            if end <= places[qid]:  # backward, or to a question that was left out
                why = "only a skip to a later question of its block or to an end can be taken over"
                report(flow.survey.form, part, "error", why=why)
                continue
            for _, owner in inside[places[qid] + 1 : end]:
                later(flow.survey.form, owner, "relevant", part=part, write=_skip(flow, term))


def _skip(flow: Flow, term: Mapping[str, Any]) -> Any:
    return lambda: f"not({comparison(term, flow.survey.questions)})"


def _unused(flow: Flow) -> None:
    for name, block in flow.blocks.items():
        if name in flow.seen:
            continue
        why = "it is in the trash" if block.get("Type") == "Trash" else "the flow never shows it"
        part = f"block {name} {block.get('Description') or ''}".strip()
        report(flow.survey.form, part, "dropped by rule", why=why)
    for qid in _unseen(flow):
        why = "no block that is shown holds it"
        report(flow.survey.form, f"question {qid}", "dropped by rule", why=why)


def _unseen(flow: Flow) -> Iterator[str]:
    return (qid for qid in flow.payloads if qid not in flow.survey.questions)
