"""A language model behind an OpenAI-compatible endpoint, as a model of tone."""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from outcomes.media.codebook import Codebook, read_codebook
from outcomes.media.lexicon import ArticleTone
from outcomes.media.relevance import Sentence, find_law_enforcement
from outcomes.media.tone_models.endpoint_answers import (
    Answer,
    KeptAnswers,
    fingerprint,
)
from outcomes.media.tone_models.endpoint_asking import (
    Asking,
    EndpointStoppedError,
    UnansweredError,
)
from outcomes.media.tone_models.endpoint_prompt import (
    PROMPT,
    article_messages,
    target_messages,
)

_IN_A_ROW = 3  # questions without an answer, after which no further one is asked
_NOTHING = (float("nan"), float("nan"), float("nan"))
Messages = list[dict[str, str]]


def say_on_stderr(line: str) -> None:
    """Say something beside the result."""
    sys.stderr.write(line + "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """One text to be judged."""

    key: str  # its fingerprint
    messages: Messages


class EndpointReader:
    """Asks a language model by the codebook. Its probabilities are stated, not calibrated."""

    def __init__(
        self,
        asking: Asking,
        *,
        codebook: Codebook | None = None,
        answers: Path | None = None,
        agreed: bool = False,
        say: Callable[[str], None] = say_on_stderr,
    ) -> None:
        """Make a reader; nothing is sent before texts are given to it.

        Args:
            asking: The endpoint.
            codebook: Whose rules stand in the question; the shipped one unless another is given.
            answers: The file in which answers are kept; none: they are kept in memory.
            agreed: Whether the person at the keyboard agreed that texts leave the machine (--yes).
            say: Takes the warning before the first request, and what could not be judged.
        """
        self._asking, self._say = asking, say
        self._codebook = codebook or read_codebook()
        self._answers_path = answers
        self._opened: KeptAnswers | None = None
        self._announced = False
        self.agreed = agreed
        table = asking.table
        part = "articles" if table.sends == "whole articles" else "sentences"
        version = f"{table.model}/codebook-{self._codebook.version}/prompt-{PROMPT}/{part}"
        rest = [asking.url, table.seed, table.longest_answer, self._codebook.model_dump()]
        version += f"/{fingerprint({'rest': rest})[:6]}"  # of all else that makes the answers
        self.name = f"{asking.name} {version.replace(' ', '_')}"

    def classify(self, titles: Sequence[str], texts: Sequence[str]) -> list[ArticleTone]:
        """Ask about each article that speaks of law enforcement.

        Returns:
            One verdict an article. A relevant article of which the model said no tone has none: it
            is counted and said, never guessed.

        Raises:
            EndpointStoppedError: Nobody agreed to send the texts, or the endpoint gives no
                answers; what was answered is kept, and the same call goes on from there.
        """
        whole = self._asking.table.sends == "whole articles"
        found = [
            find_law_enforcement(text, title=title)
            for title, text in zip(titles, texts, strict=True)
        ]
        messages = [
            article_messages(self._codebook, title=title, text=text, sentences=told, whole=whole)
            for title, text, told in zip(titles, texts, found, strict=True)
            if told
        ]
        answers = iter(self._judge(messages, what="articles"))
        return [
            _verdict(told, next(answers))
            if told
            else ArticleTone(relevant=False, probabilities=None, deciding=())
            for told in found
        ]

    def classify_targets(
        self, texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]
    ) -> NDArray[np.float64]:
        """Ask how each text reflects on what stands from start to end.

        Returns:
            Probabilities (n, 3): negative, neutral, positive; NaN where the model said no tone.

        Raises:
            EndpointStoppedError: As ``classify``.
        """
        messages = [
            target_messages(self._codebook, text=text, start=start, end=end)
            for text, start, end in zip(texts, starts, ends, strict=True)
        ]
        judged = [answer.judgement for answer in self._judge(messages, what="sentences")]
        odds = [each.probabilities if each else _NOTHING for each in judged]
        return np.array(odds, dtype=float).reshape(-1, 3)

    def warning(self, count: int, *, what: str = "articles") -> str:
        """Say what leaves the machine, to whom, and how much of it."""
        table, host = self._asking.table, self._asking.host
        sent = f"{count} whole {what}" if what != "articles" else f"the texts of {count} articles"
        if what == "articles" and table.sends != "whole articles":
            sent = f"the sentences about law enforcement of {count} articles"
        money = f" and {table.most_money:.2f} of money" if table.most_money is not None else ""
        where = (
            "to a program on this machine" if table.on_this_machine else "away from this machine"
        )
        return (
            f"The model {self._asking.name!r} is asked over the network: {sent} go {where}, to "
            f"{host} (model {table.model}), in at most {table.most_requests} requests{money}. "
            "News texts may be protected by copyright and name people: send them only where you "
            "may. What the operator of the endpoint does with them is not in our hands. The "
            "probabilities that come back are stated by the model, not calibrated."
        )

    @property
    def _answers(self) -> KeptAnswers:
        if self._opened is None:
            self._opened = KeptAnswers(self._answers_path)
        return self._opened

    def _judge(self, messages: list[Messages], *, what: str) -> list[Answer]:
        questions = [_Question(key=fingerprint(self._identity(m)), messages=m) for m in messages]
        new = {each.key: each for each in questions if self._answers.find(each.key) is None}
        failed: dict[str, Answer] = {}
        if new:
            self._permit(len(new), what=what)
            failed = self._ask(list(new.values()), what=what)
        whole = [self._answers.find(each.key) or failed[each.key] for each in questions]
        self._account(whole, what=what)
        return whole

    def _identity(self, messages: Messages) -> dict[str, Any]:
        table = self._asking.table
        return {
            "url": self._asking.url,
            "model": table.model,
            "seed": table.seed,
            "longest": table.longest_answer,
            "prompt": PROMPT,
            "messages": messages,
        }

    def _permit(self, count: int, *, what: str) -> None:
        self._asking.key()  # a missing key is said before anything else
        if parent_process() is not None:
            raise EndpointStoppedError(
                "an endpoint is asked by one process, so that its cap on requests holds. Give the "
                "command without --workers"
            )
        warning = self.warning(count, what=what)
        if not self.agreed and not self._asking.table.on_this_machine:
            raise EndpointStoppedError(
                f"{warning} Nothing was sent yet. If you agree, add --yes to: outcomes media "
                "classify"
            )
        if self._announced:
            self._say(f"{count} more {what} are asked about.")
        else:
            self._say(warning)
        self._announced = True

    def _ask(self, questions: list[_Question], *, what: str) -> dict[str, Answer]:
        """Ask what was not asked yet; give back those that stayed without an answer, and why."""
        failed: dict[str, Answer] = {}
        in_a_row = 0
        for done, question in enumerate(questions):
            try:
                answer = self._asking.ask(question.messages)
                self._same_model(answer)
            except UnansweredError as error:
                failed[question.key] = Answer(judgement=None, unclear=str(error))
                in_a_row += 1
                if in_a_row == _IN_A_ROW or len(failed) == len(questions):
                    raise self._stopped(
                        f"the endpoint {self._asking.host} gives no answers: {error}",
                        done=done + 1 - len(failed), of=len(questions), what=what,
                    ) from None  # fmt: skip
            except EndpointStoppedError as error:
                left = done - len(failed)
                raise self._stopped(str(error), done=left, of=len(questions), what=what) from None
            else:
                in_a_row = 0
                self._answers.keep(question.key, answer)
        return failed

    def _same_model(self, answer: Answer) -> None:
        before = self._answers.answered_by
        if before and answer.answered_by and answer.answered_by != before:
            raise EndpointStoppedError(
                f"the endpoint {self._asking.host} now answers as {answer.answered_by!r}, before "
                f"as {before!r}: one series would hold two models. Give the table in study.toml "
                "another name to begin a new series"
            )

    def _stopped(self, why: str, *, done: int, of: int, what: str) -> EndpointStoppedError:
        where = " in data/derived" if self._answers_path else ""
        return EndpointStoppedError(
            f"{why}. Of {of} {what} that were to be asked about, {done} are answered and kept"
            f"{where}. The same command goes on from there"
        )

    def _account(self, answers: list[Answer], *, what: str) -> None:
        """Say how many could not be judged, and why."""
        why = Counter(each.unclear for each in answers if each.judgement is None)
        if why:
            reasons = "; ".join(f"{count}: {reason}" for reason, count in why.most_common())
            self._say(
                f"{sum(why.values())} of {len(answers)} {what} could not be judged by "
                f"{self._asking.name!r} and have no tone ({reasons})."
            )


def _verdict(sentences: tuple[Sentence, ...], answer: Answer) -> ArticleTone:
    judged = answer.judgement
    if judged is None:
        return ArticleTone(relevant=True, probabilities=None, deciding=sentences)
    numbers = dict.fromkeys(n for n in judged.because if 1 <= n <= len(sentences))
    telling = tuple(sentences[n - 1] for n in numbers)
    return ArticleTone(
        relevant=True, probabilities=judged.probabilities, deciding=telling or sentences
    )
