"""Models of tone that others made, found by the names that study.toml gives them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from outcomes.errors import DataError, one_of
from outcomes.media.codebook import read_codebook
from outcomes.media.tone_models.endpoint import EndpointReader, say_on_stderr
from outcomes.media.tone_models.endpoint_asking import Asking
from outcomes.media.tone_models.hugging_face import HuggingFaceReader
from outcomes.media.tone_models.hugging_face_cache import (
    Hub,
    HuggingFaceHub,
    folder_size,
    is_model_folder,
)
from outcomes.settings import Settings
from outcomes.settings.news_models import NewsModel

OUTSIDE = (EndpointReader, HuggingFaceReader)
_HUB, _ENDPOINT = "hf:", "endpoint:"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideModel:
    """What there is to know of a model of others before it is used."""

    name: str  # behind --model
    kind: str
    stands: str  # where it is
    version: str
    size: int | None  # bytes on this machine; None where it is not here, or nobody knows
    offline: bool  # whether it works without the network
    leaves: str  # what leaves this machine


def outside_model(
    settings: Settings | None,
    name: str,
    *,
    root: Path | None = None,
    agreed: bool = False,
    say: Callable[[str], None] = say_on_stderr,
) -> EndpointReader | HuggingFaceReader | None:
    """Make a model of others by its name.

    Args:
        settings: Of the study, which must list an endpoint and whatever is downloaded.
        name: Of a table [news.models.NAME], hf:ORG/NAME, endpoint:NAME, or the folder of a model
            in the form of Hugging Face.
        root: The folder of the study; its answers are kept there, and its codebook is used.
        agreed: Whether the person at the keyboard gave --yes.
        say: Takes warnings before anything leaves the machine or comes to it.

    Returns:
        The model; None where no model of others has that name.

    Raises:
        DataError: The name says that it is one (hf:, endpoint:), but study.toml does not list it.
        FileError: The codebook of the study, or a file of the model, cannot be read.
    """
    found = _listed(settings.news.models if settings else {}, name)
    if found is None:
        if is_model_folder(Path(name)):
            table = NewsModel(kind="hugging-face", name=name)
            return HuggingFaceReader(Path(name).name, table, agreed=agreed, say=say)
        return None
    ours, table = found
    if table.kind == "hugging-face":
        return HuggingFaceReader(ours, table, root=root, agreed=agreed, say=say)
    own = settings.news.codebook if settings else ""
    return EndpointReader(
        Asking(name=ours, table=table),
        codebook=read_codebook(root / own if own and root else None),
        answers=_answers(root, ours),
        agreed=agreed,
        say=say,
    )


def _answers(root: Path | None, name: str) -> Path | None:
    return root / "data" / "derived" / "endpoint_answers" / f"{name}.jsonl" if root else None


def _listed(models: Mapping[str, NewsModel], name: str) -> tuple[str, NewsModel] | None:
    """Find the table that a name means."""
    if name in models:
        return name, models[name]
    if name.startswith(_HUB):
        wanted = name.removeprefix(_HUB)
        for ours, table in models.items():
            if table.kind == "hugging-face" and table.name == wanted:
                return ours, table
        if is_model_folder(Path(wanted)):
            return Path(wanted).name, NewsModel(kind="hugging-face", name=wanted)
        raise DataError(
            f"study.toml lists no model {wanted!r}. A model from Hugging Face needs a version that "
            "stays, so that a series does not change silently. Add [news.models.NAME] with "
            f'kind = "hugging-face", name = "{wanted}" and revision = "…" (40 letters and digits)'
        )
    if name.startswith(_ENDPOINT):
        wanted = name.removeprefix(_ENDPOINT)
        if wanted in models and models[wanted].kind == "endpoint":
            return wanted, models[wanted]
        endpoints = [ours for ours, table in models.items() if table.kind == "endpoint"]
        raise DataError(f"study.toml lists no endpoint {wanted!r}. {one_of(wanted, endpoints)}")
    return None


def describe_outside_models(
    settings: Settings, *, root: Path, hub: Hub | None = None
) -> list[OutsideModel]:
    """Tell of every model of others that study.toml lists; asks nobody and loads nothing."""
    return [
        _endpoint(name, table)
        if table.kind == "endpoint"
        else _hugging_face(name, table, root=root, hub=hub or HuggingFaceHub())
        for name, table in settings.news.models.items()
    ]


def _endpoint(name: str, table: NewsModel) -> OutsideModel:
    asking = Asking(name=name, table=table)
    leaves = f"{table.sends}, to {asking.host}"
    return OutsideModel(
        name=name,
        kind="endpoint",
        stands=table.url,
        version=table.model,
        size=None,
        offline=table.on_this_machine,
        leaves="nothing, if the program at that address keeps it"
        if table.on_this_machine
        else leaves,
    )


def _hugging_face(name: str, table: NewsModel, *, root: Path, hub: Hub) -> OutsideModel:
    named = root / Path(table.name).expanduser()
    folder: Path | None = named if is_model_folder(named) else None
    stands = "a folder of the study" if folder else "Hugging Face"
    if folder is None and table.revision:
        try:
            folder = hub.cached(table.name, table.revision)
        except DataError:  # the library is not installed
            folder = None
        stands = "on this machine, from Hugging Face" if folder else "not here: Hugging Face"
    return OutsideModel(
        name=name,
        kind="hugging-face",
        stands=stands,
        version=table.revision[:12] or "by its files",
        size=folder_size(folder) if folder else None,
        offline=folder is not None,
        leaves="nothing" if folder or not table.online else "nothing; it is downloaded once",
    )
