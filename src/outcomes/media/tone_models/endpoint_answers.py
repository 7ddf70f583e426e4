"""Answers of an endpoint that were paid for, kept so that an interrupted run asks nothing twice."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import FileError
from outcomes.media.tone_models.endpoint_prompt import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one question: a judgement, or why there is none."""

    judgement: Judgement | None
    unclear: str = ""  # why there is no judgement
    answered_by: str = ""  # the model, as the endpoint itself names it


def fingerprint(question: Mapping[str, Any]) -> str:
    """Name a question by all that makes its answer: endpoint, model, settings and text."""
    whole = json.dumps(question, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


class KeptAnswers:
    """A file of answers by fingerprint, one a line; neither texts nor the key are in it."""

    def __init__(self, path: Path | None) -> None:
        """Read what is there; without a path, answers are kept as long as the program runs.

        Raises:
            FileError: The file cannot be read.
        """
        self._path = path
        self._answers: dict[str, Answer] = {}
        self.answered_by = ""  # the model, as the endpoint first named it; empty where it did not
        self._torn = False  # whether the last line was cut off, such as by a power cut
        if path is not None and path.exists():
            try:
                data = path.read_bytes()
            except OSError as error:
                raise FileError(
                    path, "", f"it cannot be read ({error.strerror})", "Make it readable for you"
                ) from None
            self._torn = bool(data) and not data.endswith(b"\n")
            for line in data.splitlines():
                self._take(line)

    def find(self, key: str) -> Answer | None:
        """Find the answer to a question; None where it was not asked yet."""
        return self._answers.get(key)

    def keep(self, key: str, answer: Answer) -> None:
        """Keep an answer, and see it on the disk before the next one is paid for.

        Raises:
            FileError: It cannot be written.
        """
        self._answers[key] = answer
        self.answered_by = self.answered_by or answer.answered_by
        if self._path is None:
            return
        judged = answer.judgement
        row = {
            "question": key,
            "probabilities": list(judged.probabilities) if judged else None,
            "because": list(judged.because) if judged else [],
            "unclear": answer.unclear,
            "answered_by": answer.answered_by,
        }
        line = ("\n" if self._torn else "") + json.dumps(row) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(line.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FileError(
                self._path,
                "",
                f"the answers cannot be kept ({error.strerror})",
                "Make that folder writable for you; what is not kept would be paid for twice",
            ) from None
        self._torn = False

    def _take(self, line: bytes) -> None:
        """Take one line; one that is damaged is asked again."""
        try:
            row = json.loads(line)
            odds = row["probabilities"]
            judged = None
            if odds is not None:
                negative, neutral, positive = (float(each) for each in odds)
                because = tuple(int(each) for each in row["because"])
                judged = Judgement(probabilities=(negative, neutral, positive), because=because)
            by = str(row["answered_by"])
            answer = Answer(judgement=judged, unclear=str(row["unclear"]), answered_by=by)
            self._answers[str(row["question"])] = answer
            self.answered_by = self.answered_by or by
        except (ValueError, KeyError, TypeError):
            return
