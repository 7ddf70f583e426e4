"""Asking an endpoint one question after the other: bounded, patient, and no dearer than allowed."""

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from outcomes.errors import DataError
from outcomes.media.addresses import LookUp, system_look_up, web_address
from outcomes.media.fetch import Fetched, Limits
from outcomes.media.post import post
from outcomes.media.tone_models.endpoint_answers import Answer
from outcomes.media.tone_models.endpoint_prompt import (
    SCHEMA,
    Judgement,
    UnclearAnswerError,
    read_answer,
)
from outcomes.settings.news_models import NewsModel

TRIES = 4  # of one question
LONGEST_WAIT = 60.0  # seconds before a question is repeated, whatever the server asks for
BODY_BYTES = 1_000_000  # of an answer
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_BROKEN_LINES = frozenset({"no-connection", "deadline", "short", "broken", "encoding"})
_HOPELESS = frozenset({"address", "private", "no-name", "certificate", "not-followed"})
_UNHEARD = _HOPELESS - {"not-followed"} | {"no-connection"}  # nobody received the question
_REFUSED = {
    401: "it does not accept the key",
    402: "it wants to be paid first",
    403: "it does not accept the key, or not for this model",
    404: "it knows no such address, or no such model",
    405: "it is no endpoint of this kind",
}


class UnansweredError(Exception):
    """One question stays without an answer; its text says why."""


class EndpointStoppedError(DataError):
    """No further question can be asked, in a sentence that says what to do."""


@dataclass(slots=True, kw_only=True)
class Spent:
    """What a run has used up."""

    requests: int = 0
    tokens: int = 0  # read and written, as the endpoint counts them; else estimated

    def money(self, price: float | None) -> float:
        """What that costs, at a price for a million tokens."""
        return self.tokens * (price or 0.0) / 1e6


@dataclass(slots=True, kw_only=True)
class Asking:
    """One endpoint that is being asked."""

    name: str  # in study.toml
    table: NewsModel
    wait: Callable[[float], None] = time.sleep
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    by: LookUp = system_look_up
    spent: Spent = field(default_factory=Spent)
    _estimate: int = 0  # tokens of the question that is asked now
    _plain: bool = False  # whether the endpoint takes neither a seed nor a form for its answers

    @property
    def host(self) -> str:
        """Whom the texts go to, as host and port."""
        return web_address(self.table.url).authority

    @property
    def url(self) -> str:
        """The address that is asked."""
        base = self.table.url.rstrip("/")
        return base if base.endswith("/chat/completions") else f"{base}/chat/completions"

    def key(self) -> str:
        """Read the key from the environment; it is sent, and never stored or shown.

        Raises:
            EndpointStoppedError: The variable is empty, or holds what cannot be a key.
        """
        variable = self.table.key_from
        if not variable:
            return ""
        key = self.environment.get(variable, "").strip()
        if not key:
            raise EndpointStoppedError(
                f"the key of the model {self.name!r} is missing: the environment variable "
                f"{variable} is empty. Set it first, or take key_from out of study.toml"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise EndpointStoppedError(
                f"what the environment variable {variable} holds is no key. Copy the key once more"
            )
        return key

    def ask(self, messages: list[dict[str, str]]) -> Answer:
        """Ask one question; repeat it where the endpoint is busy or the line breaks.

        Raises:
            UnansweredError: This question stays without an answer.
            EndpointStoppedError: The endpoint, the key or the allowance makes further ones useless.
        """
        tried = 0
        while True:
            fetched = self._send(messages)
            tried += 1
            if self._takes_no_form(fetched):
                tried -= 1  # asked again in a plainer form
                continue
            if not (fetched.reason in _BROKEN_LINES or _busy(fetched)):
                return self._answer(fetched)
            if tried == TRIES:
                raise UnansweredError(f"{fetched.sentence} ({TRIES} tries)")
            self.wait(_pause(fetched, tried=tried))

    def _takes_no_form(self, fetched: Fetched) -> bool:
        if fetched.reason or fetched.status not in {400, 422} or self._plain:
            return False
        self._plain = True
        return True

    def _send(self, messages: list[dict[str, str]]) -> Fetched:
        body = json.dumps(self._question(messages)).encode("ascii")
        self._check_allowance(body)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if key := self.key():
            headers["Authorization"] = f"Bearer {key}"
        self.spent.requests += 1
        fetched = post(
            self.url,
            body=body,
            headers=headers,
            limits=Limits(seconds=self.table.seconds, wire_bytes=BODY_BYTES, body_bytes=BODY_BYTES),
            allow_private=self.table.may_be_private,
            by=self.by,
        )
        if fetched.reason and fetched.reason not in _UNHEARD:
            self.spent.tokens += (
                self._estimate
            )  # the answer was lost, and perhaps paid all the same
        return fetched

    def _question(self, messages: list[dict[str, str]]) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": self.table.model,
            "messages": messages,
            "temperature": 0,
            "max_tokens": self.table.longest_answer,
        }
        if not self._plain:
            form = {"name": "tone", "strict": True, "schema": SCHEMA}
            asked["seed"] = self.table.seed
            asked["response_format"] = {"type": "json_schema", "json_schema": form}
        return asked

    def _check_allowance(self, body: bytes) -> None:
        table, spent = self.table, self.spent
        if spent.requests >= table.most_requests:
            raise EndpointStoppedError(
                f"{spent.requests} requests were made to {self.host}, the most that study.toml "
                f"allows in one run (most_requests under [news.models.{self.name}])"
            )
        self._estimate = len(body) // 3 + table.longest_answer
        would_be = (spent.tokens + self._estimate) * (table.price or 0.0) / 1e6
        if table.most_money is not None and would_be > table.most_money:
            raise EndpointStoppedError(
                f"the next request to {self.host} could cost more than study.toml allows for one "
                f"run: about {spent.money(table.price):.2f} of {table.most_money:.2f} are spent "
                f"(most_money under [news.models.{self.name}])"
            )

    def _answer(self, fetched: Fetched) -> Answer:
        if fetched.reason in _HOPELESS or fetched.status in _REFUSED:
            why = fetched.sentence
            if fetched.reason == "not-followed":
                why = "it leads on to another address, and texts go only to the one in study.toml"
            elif not fetched.reason:
                why = f"it answered {fetched.status}: {_REFUSED[fetched.status]}"
            raise EndpointStoppedError(
                f"the endpoint {self.host} cannot be asked: {why}. "
                f"Check url, model and key_from under [news.models.{self.name}] in study.toml"
            )
        if fetched.reason or fetched.status != 200:
            self._plain = self._plain and fetched.status not in {400, 422}  # it was not the form
            raise UnansweredError(fetched.sentence)
        try:
            found = json.loads(fetched.body)
            said = found["choices"][0]
            message, ended = said["message"], said.get("finish_reason")
            content = message.get("content")
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            raise UnansweredError(
                "the answer is not in the form of an OpenAI-compatible endpoint"
            ) from None
        self._count(found.get("usage"))
        judged, unclear = _judged(content, refusal=message.get("refusal"), ended=ended)
        model = found.get("model")
        return Answer(
            judgement=judged,
            unclear=unclear,
            answered_by=model[:200] if isinstance(model, str) else "",
        )

    def _count(self, usage: object) -> None:
        """Count the tokens of an answer; what the endpoint does not tell is estimated, high."""
        total = usage.get("total_tokens") if isinstance(usage, dict) else None
        known = isinstance(total, int) and not isinstance(total, bool) and total > 0
        self.spent.tokens += total if known else self._estimate  # type: ignore[operator]


def _judged(content: object, *, refusal: object, ended: object) -> tuple[Judgement | None, str]:
    if refusal or ended == "content_filter":
        return None, "the model refused to judge it"
    text = content if isinstance(content, str) else ""
    try:
        return read_answer(text), ""
    except UnclearAnswerError as error:
        cut = ended == "length"
        return None, "the answer broke off (longest_answer)" if cut else str(error)


def _busy(fetched: Fetched) -> bool:
    return not fetched.reason and fetched.status in _AGAIN


def _pause(fetched: Fetched, *, tried: int) -> float:
    """Wait as long as the server asks, or twice as long each time; never in step with others."""
    asked = fetched.headers.get("retry-after", "")
    seconds = float(asked) if asked.isascii() and asked.isdigit() else float(2 ** (tried - 1))
    return min(seconds, LONGEST_WAIT) + random.uniform(0, 1)
