"""Media step: make a model of tone from a base encoder, material and the study's own codes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outcomes.errors import DataError
from outcomes.media.classify import MODELS, SHIPPED
from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.tone_models.chosen_sentences import choose_sentences
from outcomes.media.tone_models.model_folder import CARD, read_model_folder
from outcomes.media.tone_training.base_encoder import where_base_is
from outcomes.media.tone_training.closing import closing_rows
from outcomes.media.tone_training.compared_models import compared_models
from outcomes.media.tone_training.fine_tune import Say
from outcomes.media.tone_training.making import make_model
from outcomes.media.tone_training.material import (
    Material,
    TargetRow,
    TonedArticle,
    read_material,
)
from outcomes.media.tone_training.reading_articles import require_article_source
from outcomes.media.tone_training.recipe import read_recipe
from outcomes.media.tone_training.rows_to_teach import rows_to_teach
from outcomes.media.tone_training.training_order import TrainingOrder, part_rows, require_place
from outcomes.pipeline.news_targets import readable_articles, spell_out
from outcomes.pipeline.settled_codes import settled_codes
from outcomes.study import Study

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CODES = "the study's codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks for."""

    name: str
    version: str = "1"
    base: str = ""  # "" for the recipe's own
    recipe: str = "accurate"
    material: tuple[Path, ...] = ()
    check_with: tuple[Path, ...] = ()
    teacher: Path | None = None
    codes: bool = True  # also learn from the study's own
    threads: int = 1
    seed: int = 0
    out: Path | None = None  # by default data/models/NAME of the study
    resume: bool = False
    compare_with: Path | None = None  # another model's folder


def train_tone_model(study: Study, wanted: Wanted, *, say: Say) -> str:
    """Make a model of tone, which then stands behind --model NAME.

    Args:
        study: Whose codes are learned from, and where the model is put.
        wanted: What is asked for.
        say: Receives lines of progress.

    Returns:
        Where the model is, as a sentence.

    Raises:
        OutcomesError: A package, the base or a teacher is missing.
        DataError: The name cannot be one, or there is too little material.
        FileError: A file breaks a rule, or there is a model of that name already.
    """
    order = _order(study, wanted)
    for line in _material_said(order):
        say(line)
    old = None if wanted.compare_with is None else read_model_folder(wanted.compare_with)
    folder = make_model(order, say=say)
    if old is not None:
        for line in compared_models(read_model_folder(folder), old):
            say(line)
    return f"The model is in {folder}. Use it with: --model {order.name}"


def plan_training(study: Study, wanted: Wanted) -> Iterator[str]:
    """Say what would be trained, from what, and about how long it takes; train nothing.

    Raises:
        DataError: The name cannot be one, or there is too little material.
        FileError: A file breaks a rule, or there is a model of that name already.
    """
    order = _order(study, wanted)
    require_place(order)
    require_article_source(order.articles)
    parted = part_rows(order)
    yield from _material_said(order)
    yield parted.said()
    yield where_base_is(order.base or order.recipe.base)
    more = rows_to_teach(order, parted) if order.recipe.taught else {}
    if order.teacher is not None and order.recipe.taught:
        there = (order.teacher / CARD).is_file()
        yield f"it learns from the model in {order.teacher}" + ("" if there else ", not there yet")
    for kind, rows in more.items():
        yield f"only that model labels: {len(rows)} {kind}"
    closing = len(closing_rows(parted, order.recipe, seed=order.seed))
    if order.recipe.closing_rate:
        yield f"the closing stage goes over {closing} labelled sentences"
    minutes = order.recipe.cpu_minutes(
        len(parted.trained),
        taught=sum(len(rows) for rows in more.values()),
        closing=closing,
    )
    at_once = min(order.recipe.members, order.threads)
    yield (
        f"training takes about {max(minutes, 1):.0f} CPU-minutes, "
        f"{max(minutes / at_once, 1):.0f} minutes by the clock, on a computer without special "
        "parts; a killed run goes on with --resume"
    )
    yield f"the model would be put into {order.out}"


def coded_material(study: Study) -> Material:
    """Make material of the study's settled codes.

    A code is of a whole article. It is given to a sentence only where the article has exactly one
    sentence that a model would read: then that one must have made the tone. From all coded
    articles the way from sentences to the article is learned.

    Args:
        study: The study.
    """
    readable = readable_articles(study).articles
    coded = readable.merge(settled_codes(study, months={}).codes, on="url")
    coded = coded[(coded["human_relevant"] == 1) & coded["human_tone"].notna()]
    gazetteer = build_gazetteer(study.settings)
    titles = spell_out(coded["title"], gazetteer)
    texts = spell_out(coded["text"], gazetteer)
    rows, articles = [], []
    for url, title, text, tone in zip(
        coded["url"], titles, texts, coded["human_tone"].astype(int), strict=True
    ):
        articles.append(TonedArticle(title=title, text=text, tone=tone, group=url))
        rows += _only_sentence(title, text, tone=tone, group=url)
    return Material(name=CODES, sha256="", rows=tuple(rows), articles=tuple(articles))


def _only_sentence(title: str, text: str, *, tone: int, group: str) -> list[TargetRow]:
    chosen = choose_sentences(title, text, most=2)
    if len(chosen) != 1:
        return []
    only = chosen[0]
    return [
        TargetRow(
            text=only.text, start=only.start, end=only.end, tone=tone, group=group, source=CODES
        )
    ]


def _order(study: Study, wanted: Wanted) -> TrainingOrder:
    taken = (SHIPPED, *MODELS)
    if not _NAME.fullmatch(wanted.name):
        raise DataError(
            f"{wanted.name!r} cannot be the name of a model: use up to 64 letters without accents, "
            "digits, dots, dashes and underscores, a letter or a digit first"
        )
    if wanted.out is None and wanted.name in taken:
        raise DataError(
            f"{wanted.name!r} is the name of a model that comes with outcomes. Choose another one"
        )
    materials = [read_material(path) for path in wanted.material]
    if wanted.codes:
        codes = coded_material(study)
        materials += [codes] if codes.articles else []
    return TrainingOrder(
        name=wanted.name,
        version=wanted.version,
        base=wanted.base,
        recipe=read_recipe(wanted.recipe),
        recipe_name=Path(wanted.recipe).stem,
        materials=tuple(materials),
        checks=tuple(read_material(path) for path in wanted.check_with),
        teacher=wanted.teacher,
        seed=wanted.seed,
        threads=wanted.threads,
        out=wanted.out or study.root / "data" / "models" / wanted.name,
        resume=wanted.resume,
        day=date.today().isoformat(),
    )


def _material_said(order: TrainingOrder) -> Iterator[str]:
    for material in order.materials:
        if material.name == CODES:
            yield (
                f"{CODES}: {len(material.articles)} coded articles about law enforcement; the "
                f"{len(material.rows)} of them with one sentence to judge lend it their tone"
            )
        else:
            yield material.said()
    for material in order.checks:
        yield f"never trained, only judged: {material.said()}"
