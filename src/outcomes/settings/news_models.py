"""What study.toml says about models of tone that others made: [news.models.NAME]."""

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from outcomes.declarations import Declaration

Tone = Literal["negative", "neutral", "positive"]
_OURS = ("tone-small", "lexicon", "vader-article")  # names that models of outcomes have


class NewsModel(Declaration):
    """A model of tone that others made: from Hugging Face, or behind an endpoint."""

    kind: Literal["hugging-face", "endpoint"]
    # from Hugging Face, or a folder in its form
    name: str = ""  # ORG/NAME, or a folder
    revision: str = ""  # the 40 letters and digits of one version: a series needs one that stays
    online: bool = False  # whether it may be downloaded
    labels: tuple[Tone, ...] = ()  # the tone of each label of the model, where they do not tell it
    reads: Literal["sentence", "marked", "pair"] = "sentence"
    marks: tuple[str, str] = ("[T]", "[/T]")  # around the target, where reads = "marked"
    # behind an endpoint
    url: str = ""  # up to /v1: http://127.0.0.1:11434/v1
    model: str = ""  # as the endpoint calls it
    key_from: str = ""  # the environment variable that holds the key; none: no key is sent
    sends: Literal["law-enforcement sentences", "whole articles", ""] = ""
    yes_this_leaves_the_machine: bool = False
    own_network: bool = False  # the host stands in a private network
    most_requests: int = Field(default=1000, ge=1)  # of one run, repeated ones included
    most_money: float | None = Field(default=None, gt=0)  # of one run, in the currency of the price
    price: float | None = Field(default=None, ge=0)  # of a million tokens, read or written
    seconds: float = Field(default=60.0, gt=0, le=600)  # for one request
    longest_answer: int = Field(default=400, ge=50, le=20_000)  # tokens
    seed: int = 1

    @field_validator("key_from")
    @classmethod
    def _names_a_variable(cls, name: str) -> str:
        if name and not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,60}", name):  # it may be the key: not said
            raise ValueError(
                "key_from names an environment variable in capital letters, such as MODEL_KEY. "
                "Never write the key itself into study.toml"
            )
        return name

    @field_validator("revision")
    @classmethod
    def _is_a_commit(cls, revision: str) -> str:
        if revision and not re.fullmatch(r"[0-9a-f]{40}", revision):
            raise ValueError(
                f"the revision {revision[:60]!r} can change its meaning. Write the 40 letters and "
                "digits of one version, as the model's page shows them under Files, History"
            )
        return revision

    @model_validator(mode="after")
    def _is_complete(self) -> "NewsModel":
        if self.kind == "endpoint":
            _check_endpoint(self)
        else:
            _check_hugging_face(self)
        return self

    @property
    def on_this_machine(self) -> bool:
        """Whether the endpoint is a program on this machine, so that nothing leaves it."""
        return _numeric(_host(self.url)) == "this machine"

    @property
    def may_be_private(self) -> bool:
        """Whether the endpoint may stand in a private network: said so, or written as a number."""
        return self.own_network or _numeric(_host(self.url)) != "public"


def _check_hugging_face(model: NewsModel) -> None:
    if not model.name:
        raise ValueError('a model from Hugging Face needs its name. Add name = "ORG/NAME"')
    if model.online and not model.revision:
        raise ValueError(
            "a model that is downloaded needs a revision, because one without it changes silently "
            'and the series with it. Add revision = "…", 40 letters and digits'
        )
    if model.labels and len(model.labels) < 2:
        raise ValueError(
            "labels gives the tone of every label of the model. Write them in its order, such as "
            'labels = ["negative", "neutral", "positive"]'
        )


def _check_endpoint(model: NewsModel) -> None:
    parts = urlsplit(model.url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError(
            "an endpoint needs its address, without a name or password in it. Write one like "
            'url = "https://models.example/v1"'
        )
    if not model.model:
        raise ValueError("an endpoint serves several models. Add model, as the endpoint calls it")
    if not model.sends:
        raise ValueError(
            "say what is sent to the endpoint. "
            'Add sends = "law-enforcement sentences" or sends = "whole articles"'
        )
    if not model.on_this_machine and not model.yes_this_leaves_the_machine:
        raise ValueError(
            f"texts of news would go to {parts.hostname}. If you may send them there, add "
            "yes_this_leaves_the_machine = true"
        )
    if parts.scheme == "http" and not model.may_be_private:
        raise ValueError(
            f"http:// would send the key and the texts to {parts.hostname} in the open. Write "
            "https://, or add own_network = true if that machine stands in your own network"
        )
    if model.most_money is not None and model.price is None:
        raise ValueError(
            "most_money cannot be kept without a price. Add price, of a million tokens"
        )


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _numeric(host: str) -> Literal["this machine", "private", "public"]:
    """Say where a host stands, as far as its name tells; an unknown name counts as public."""
    if host == "localhost":
        return "this machine"
    try:
        machine = ipaddress.ip_address(host)
    except ValueError:
        return "public"
    if machine.is_loopback:
        return "this machine"
    return "private" if machine.is_private else "public"


def model_names(models: dict[str, NewsModel]) -> dict[str, NewsModel]:
    """Refuse names under which nobody could tell whose model it is."""
    for name in models:
        if name in _OURS or not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
            raise ValueError(
                f"no model of others can be called {name!r}. Use small letters, digits, - and _, "
                f"and none of {', '.join(_OURS)}"
            )
    return models
