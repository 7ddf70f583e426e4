"""Coding in Label Studio: its tasks and form out, its export in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from outcomes.errors import FileError
from outcomes.media.code_exchange import (
    CHOICES,
    TEXTS,
    Article,
    GivenCode,
    codes_by_url,
    given_code,
    kept_about,
    read_json,
    read_text,
    word,
)
from outcomes.media.codebook import Codebook


def label_studio_json(articles: Sequence[Article], codes: Sequence[GivenCode] = ()) -> str:
    """Lay articles out as tasks for Label Studio, with the codes that they have.

    Args:
        articles: One task each.
        codes: Written as annotations; none for coders who are to be blind.
    """
    by_url = codes_by_url(codes)
    tasks: list[dict[str, Any]] = [
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
        if question.name in TEXTS:
            lines.append(f"  <Header value={quoteattr(question.ask)}/>")
            lines.append(f'  <TextArea name="{question.name}" toName="body" maxSubmissions="1"/>')
        elif question.name in CHOICES:
            needed = ' required="true"' if question.name == "relevant" else ""
            lines.append(f"  <Header value={quoteattr(question.ask)}/>")
            lines.append(
                f'  <Choices name="{question.name}" toName="body" choice="single"{needed}>'
            )
            lines += [
                f"    <Choice value={quoteattr(word(question.name, answer.value))}/>"
                for answer in question.answers
            ]
            lines.append("  </Choices>")
    return "\n".join([*lines, "</View>", ""])


def read_label_studio(path: Path, *, coder: str = "") -> list[GivenCode]:
    """Read what Label Studio exported as JSON or JSON-MIN.

    Args:
        path: The file.
        coder: Who coded all of it; empty: whom the file names with each annotation.

    Raises:
        FileError: The file is not JSON, is no such export, or an answer is not one that is known.
    """
    tasks = read_json(path, read_text(path), place="")
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise FileError(path, "", "this is no list of tasks", "Export as JSON or JSON-MIN")
    return [
        given_code(path, f"task {number}", about=about, coder=coder or _who(about), answers=answers)
        for number, task in enumerate(tasks, start=1)
        for answers, about in _annotated(task)
    ]


def _annotated(task: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give the answers of each annotation, and what is known about it."""
    if "data" not in task:  # JSON-MIN: everything side by side
        names = (*CHOICES, *TEXTS)
        answers = {name: task[name] for name in names if task.get(name) not in (None, "")}
        yield answers, {**task, "completed_by": task.get("annotator")}
        return
    for each in task.get("annotations") or []:
        if not each.get("was_cancelled"):
            yield _results(each), {**task["data"], **each}


def _annotation(given: GivenCode) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    for name in CHOICES:
        value = getattr(given.code, name)
        if value is not None:
            results.append(_result(name, "choices", {"choices": [word(name, value)]}))
    for name in TEXTS:
        if text := getattr(given.code, name):
            results.append(_result(name, "textarea", {"text": [text]}))
    return {
        "completed_by": given.coder,
        **kept_about(given),
        "lead_time": given.seconds,
        "result": results,
    }


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
    return {name: task[name] for name in (*CHOICES, *TEXTS) if task.get(name) not in (None, "")}


def _who(about: Mapping[str, Any]) -> str:
    person = about.get("completed_by")
    if isinstance(person, dict):
        person = person.get("email") or person.get("username") or person.get("id")
    return "" if person is None else str(person)
