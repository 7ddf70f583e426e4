"""Codes of articles in the files of other coding programs: Label Studio (JSON), doccano (JSONL)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from outcomes.errors import FileError
from outcomes.media.codebook import Code, Codebook, code_of
from outcomes.sheets import decode_text

TONE_WORDS = {-1: "negative", 0: "neutral", 1: "positive"}
YES, NO = "yes", "no"
NOT_RELEVANT = "not relevant"
_CONFIDENCE = "confidence"
_FLAGS = {"mixed": "mixed", "self_credit": "self-credit"}
_PROMPTED = {1: "prompted", 0: "not prompted"}
_CHOICES = ("relevant", "tone", "mixed", "self_credit", "prompted", "confidence")
_TEXTS = ("target", "note")
_KEPT = ("sample", "codebook", "seconds", "coded_on")  # about the coding; the programs keep it


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a coder reads, in a file of another program: no model's tone, no chance of being drawn."""

    url: str
    title: str
    text: str
    sample: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCode:
    """One coder's code of one article, with what is known about the coding."""

    url: str
    coder: str
    code: Code
    sample: str = ""
    codebook: str = ""
    seconds: int | None = None
    coded_on: str = ""
    row: int = 0  # in the file it was read from


def label_studio_json(articles: Sequence[Article], codes: Sequence[GivenCode] = ()) -> str:
    """Lay articles out as tasks for Label Studio, with the codes that they have.

    Args:
        articles: One task each.
        codes: Written as annotations; none for coders who are to be blind.
    """
    by_url = _by_url(codes)
    tasks = [
        {
            "data": {**asdict(each), "body": f"{each.title}\n\n{each.text}".strip()},
            "annotations": [_annotation(given) for given in by_url.get(each.url, ())],
        }
        for each in articles
    ]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


def label_studio_form(codebook: Codebook) -> str:
    """Write the labelling interface that asks the codebook's questions in Label Studio."""
    lines = ["<View>", '  <Text name="body" value="$body"/>']
    for question in codebook.questions:
        if question.name in _TEXTS:
            lines.append(f'  <Header value={quoteattr(escape(question.ask))}/>')
            lines.append(f'  <TextArea name="{question.name}" toName="body" maxSubmissions="1"/>')
        elif question.name in _CHOICES:
            needed = ' required="true"' if question.name == "relevant" else ""
            lines.append(f'  <Header value={quoteattr(escape(question.ask))}/>')
            lines.append(f'  <Choices name="{question.name}" toName="body" choice="single"{needed}>')
            lines += [
                f"    <Choice value={quoteattr(_word(question.name, answer.value))}/>"
                for answer in question.answers
            ]
            lines.append("  </Choices>")
    return "\n".join([*lines, "</View>", ""])


def doccano_jsonl(articles: Sequence[Article], codes: Sequence[GivenCode] = ()) -> str:
    """Lay articles out for a doccano project of the kind document classification.

    Args:
        articles: One line each, or one a code where it has several.
        codes: Written as labels; none for coders who are to be blind.
    """
    by_url = _by_url(codes)
    lines = []
    for each in articles:
        plain = {**asdict(each), "text": f"{each.title}\n\n{each.text}".strip(), "label": []}
        lines += [{**plain, **_labels(given)} for given in by_url.get(each.url, ())] or [plain]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def read_label_studio(path: Path, *, coder: str = "") -> list[GivenCode]:
    """Read what Label Studio exported as JSON or JSON-MIN.

    Args:
        path: The file.
        coder: Who coded all of it; empty: whom the file names with each annotation.

    Raises:
        FileError: The file is not JSON, is no such export, or an answer is not one that is known.
    """
    tasks = _json(path)
    found = []
    for number, task in enumerate(tasks, start=1):
        place = f"task {number}"
        given: list[Mapping[str, Any]] = task.get("annotations") or []
        if "data" not in task:  # JSON-MIN: everything side by side
            url, who = task.get("url"), task.get("annotator")
            pairs = [(_plain_answers(task), {**task, "completed_by": who})]
        else:
            url = task["data"].get("url")
            pairs = [
                (_results(each), {**task["data"], **each})
                for each in given
                if not each.get("was_cancelled")
            ]
        for answers, about in pairs:
            name = coder or about.get("coder") or _who(about.get("completed_by"))
            found.append(_given(path, place, url, name, answers=answers, about=about, row=number))
    return found


def read_doccano(path: Path, *, coder: str = "") -> list[GivenCode]:
    """Read what doccano exported as JSONL; a line without labels was not coded.

    Args:
        path: The file.
        coder: Who coded all of it; empty: whom each line names, else the file, which doccano
            names after the annotator.

    Raises:
        FileError: A line is not JSON, or holds a label that is not known.
    """
    found = []
    for number, line in _lines(path):
        labels = line.get("label", line.get("labels")) or []
        if not labels:
            continue
        about = {**(line.get("meta") or line.get("metadata") or {}), **line}
        answers = _from_labels(path, f"line {number}", labels)
        answers.update({name: about[name] for name in _TEXTS if about.get(name)})
        name = coder or about.get("coder") or path.stem
        url = about.get("url")
        place = f"line {number}"
        found.append(_given(path, place, url, name, answers=answers, about=about, row=number))
    return found


def _by_url(codes: Sequence[GivenCode]) -> dict[str, list[GivenCode]]:
    found: dict[str, list[GivenCode]] = {}
    for each in codes:
        found.setdefault(each.url, []).append(each)
    return found


def _word(name: str, value: int) -> str:
    if name == "tone":
        return TONE_WORDS[value]
    return str(value) if name == "confidence" else (YES if value else NO)


def _annotation(given: GivenCode) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for name in _CHOICES:
        value = getattr(given.code, name)
        if value is not None:
            results.append(_result(name, "choices", {"choices": [_word(name, value)]}))
    for name in _TEXTS:
        if text := getattr(given.code, name):
            results.append(_result(name, "textarea", {"text": [text]}))
    kept = {name: getattr(given, name) for name in _KEPT if getattr(given, name)}
    return {"completed_by": given.coder, **kept, "lead_time": given.seconds, "result": results}


def _result(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "body", "type": kind, "value": value}


def _results(annotation: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for each in annotation.get("result") or []:
        value = each.get("value") or {}
        texts = value.get("choices") or value.get("text") or [""]
        found[each.get("from_name")] = texts if isinstance(texts, str) else texts[0]
    return found


def _plain_answers(task: Mapping[str, Any]) -> dict[str, Any]:
    return {name: task[name] for name in (*_CHOICES, *_TEXTS) if task.get(name) not in (None, "")}


def _who(completed_by: Any) -> str:
    if isinstance(completed_by, dict):
        return str(completed_by.get("email") or completed_by.get("username") or completed_by["id"])
    return "" if completed_by is None else str(completed_by)


def _labels(given: GivenCode) -> dict[str, Any]:
    code = given.code
    labels = [TONE_WORDS[code.tone] if code.tone is not None else NOT_RELEVANT]
    labels += [word for name, word in _FLAGS.items() if getattr(code, name) == 1]
    if code.prompted is not None:
        labels.append(_PROMPTED[code.prompted])
    labels.append(f"{_CONFIDENCE} {code.confidence}")
    kept = {name: getattr(given, name) for name in _KEPT if getattr(given, name)}
    texts = {name: getattr(code, name) for name in _TEXTS if getattr(code, name)}
    return {**kept, **texts, "coder": given.coder, "label": labels}


def _from_labels(path: Path, place: str, labels: Sequence[Any]) -> dict[str, Any]:
    tones = {word: str(word) for word in TONE_WORDS.values()}
    answers: dict[str, Any] = {}
    for label in (str(each) for each in labels):
        if label == NOT_RELEVANT:
            answers["relevant"] = NO
        elif label in tones:
            answers.setdefault("relevant", YES)
            if "tone" in answers:
                raise FileError(path, place, "the article has two tones", "Leave one of them")
            answers["tone"] = label
        elif label in _FLAGS.values():
            answers[next(name for name, word in _FLAGS.items() if word == label)] = YES
        elif label in _PROMPTED.values():
            answers["prompted"] = YES if label == _PROMPTED[1] else NO
        elif label.startswith(f"{_CONFIDENCE} "):
            answers["confidence"] = label.rpartition(" ")[2]
        else:
            known = [NOT_RELEVANT, *tones, *_FLAGS.values(), *_PROMPTED.values()]
            raise FileError(
                path, place, f"{label!r} is no label of the codebook", f"Use: {', '.join(known)}"
            )
    return answers
