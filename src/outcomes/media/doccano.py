"""Coding in doccano: its documents out, its export in."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.code_exchange import (
    NO,
    TEXTS,
    TONE_WORDS,
    YES,
    Article,
    GivenCode,
    codes_by_url,
    given_code,
    kept_about,
    read_json,
    read_text,
)

_NOT_RELEVANT = "not relevant"
_CONFIDENCE = "confidence"
_FLAGS = {"mixed": "mixed", "self_credit": "self-credit"}
_PROMPTED = {1: "prompted", 0: "not prompted"}


def doccano_jsonl(articles: Sequence[Article], codes: Sequence[GivenCode] = ()) -> str:
    """Lay articles out for a doccano project of the kind document classification.

    Args:
        articles: One line each, or one a code where it has several.
        codes: Written as labels; none for coders who are to be blind.
    """
    by_url = codes_by_url(codes)
    lines = []
    for each in articles:
        plain = {**asdict(each), "text": f"{each.title}\n\n{each.text}".strip(), "label": []}
        lines += [{**plain, **_labels(given)} for given in by_url.get(each.url, ())] or [plain]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


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
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        place = f"line {number}"
        line = read_json(path, text, place=place) if text.strip() else {}
        if not isinstance(line, dict):
            raise FileError(path, place, "this is no object", "Export as JSONL")
        labels = line.get("label", line.get("labels")) or []
        if not labels:
            continue
        about = {**(line.get("meta") or line.get("metadata") or {}), **line}
        answers = _from_labels(path, place, labels)
        answers.update({name: about[name] for name in TEXTS if about.get(name)})
        name = coder or str(about.get("coder") or path.stem)
        found.append(given_code(path, place, about=about, coder=name, answers=answers))
    return found


def _labels(given: GivenCode) -> dict[str, Any]:
    code = given.code
    labels = [TONE_WORDS[code.tone] if code.tone is not None else _NOT_RELEVANT]
    labels += [word for name, word in _FLAGS.items() if getattr(code, name) == 1]
    if code.prompted is not None:
        labels.append(_PROMPTED[code.prompted])
    labels.append(f"{_CONFIDENCE} {code.confidence}")
    texts = {name: getattr(code, name) for name in TEXTS if getattr(code, name)}
    return {**kept_about(given), **texts, "coder": given.coder, "label": labels}


def _from_labels(path: Path, place: str, labels: Sequence[Any]) -> dict[str, Any]:
    tones = {word: str(word) for word in TONE_WORDS.values()}
    answers: dict[str, Any] = {}
    for label in (str(each) for each in labels):
        if label == _NOT_RELEVANT:
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
            known = [_NOT_RELEVANT, *tones, *_FLAGS.values(), *_PROMPTED.values()]
            raise FileError(
                path, place, f"{label!r} is no label of the codebook", f"Use: {', '.join(known)}"
            )
    return answers
