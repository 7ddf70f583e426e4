"""Media steps: find relevance and tone of the stored articles, and draw a sample for coding."""

from pathlib import Path

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.classify import classify
from outcomes.media.codes import one_code_an_article
from outcomes.media.confusion import confusion_table
from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.prompted import holds_releases
from outcomes.media.sample import coding_sheet, draw_sample
from outcomes.pipeline.news_prompted import (
    mark_prompted,
    prompted_articles,
    releases_folder,
)
from outcomes.pipeline.news_targets import (
    FOUND,
    Readable,
    find_article_targets,
    readable_articles,
    spell_out,
    with_former,
)
from outcomes.pipeline.outlet_zones import month_of_article
from outcomes.store import read_facts
from outcomes.study import Study, write_whole

CLASSIFIED = (
    "url", "outlet", "scope", "month", "relevant", "tone",
    "p_negative", "p_neutral", "p_positive", "prompted", "model", *FOUND,
)  # fmt: skip


def classify_articles(study: Study, model: str = "lexicon") -> str:
    """Find relevance, tone, agencies and places of every stored article, without their texts.

    Writes results/articles.csv and results/targets.csv; where the agency's press releases lie in
    their folder, results/prompted.csv too. Pages that are no articles are left out. An article
    whose text was let go keeps the row that it had.

    Returns:
        What was found, as a sentence.

    Raises:
        DataError: No model has that name.
        FileError: A press release cannot be read.
    """
    readable = readable_articles(study)
    if len(readable.articles) and holds_releases(releases_folder(study)):
        mark_prompted(study)
    table, targets = _classify(study, readable, model=model)
    whole = with_former(study, "articles", table=table[list(CLASSIFIED)], readable=readable)
    targets = with_former(study, "targets", table=targets, readable=readable)
    study.write_table("articles", whole)
    study.write_table("targets", targets)
    said = _sentence(whole, readable, model=model, agency=build_gazetteer(study.settings).own.name)
    return "; ".join([said, *_outside(study, whole)])


def _outside(study: Study, table: pd.DataFrame) -> list[str]:
    """Say how many articles no share can hold, because of their dates."""
    dated = table["month"].fillna("") != ""
    outside = int((dated & ~table["month"].isin(study.months())).sum())
    about = study.settings.study
    where = (
        f"outside the whole months from {about.first} to {about.last} (first, last in study.toml)"
    )
    return [f"{outside} are dated {where} and counted in no share"] if outside else []


def _sentence(table: pd.DataFrame, readable: Readable, *, model: str, agency: str) -> str:
    relevant = table["relevant"] == 1
    ours = int((table["about_us"] == 1).sum())
    unclear = int((relevant & table["about_us"].isna()).sum())
    parts = [
        f"{len(table)} articles, {int(relevant.sum())} about law enforcement (model {model})",
        f"{ours} of them about {agency}, {unclear} do not say whose police they mean",
    ]
    if readable.no_articles:
        parts.append(f"{readable.no_articles} pages that are no articles were left out")
    if readable.erased:
        kept = int(table["url"].isin(readable.erased).sum())
        parts.append(
            f"the text of {len(readable.erased)} was let go: {kept} of them keep their former row"
        )
    return "; ".join(parts)


def classified_articles(study: Study, *, model: str = "lexicon") -> pd.DataFrame:
    """Classify the articles that have a text, and give them with their texts.

    Args:
        study: The study.
        model: A name in ``outcomes.media.classify.MODELS``.

    Returns:
        The columns of the store and of ``CLASSIFIED``.
    """
    return _classify(study, readable_articles(study), model=model)[0]


def _classify(study: Study, readable: Readable, *, model: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    articles = readable.articles
    gazetteer = build_gazetteer(study.settings)
    found = classify(
        articles.assign(
            id=articles["url"],
            title=spell_out(articles["title"], gazetteer),
            text=spell_out(articles["text"], gazetteer),
        ),
        model=model,
    )
    scopes = {outlet.name: outlet.scope for outlet in study.settings.outlets}
    month = month_of_article(study)
    dated = zip(articles["outlet"], articles["published"], strict=True)
    table = pd.concat([articles, found.drop(columns="id")], axis=1).assign(
        scope=articles["outlet"].map(scopes).fillna("").astype(object),
        month=[month(outlet, published) for outlet, published in dated],
        prompted=prompted_articles(study, articles),
        model=model,
    )
    about, targets = find_article_targets(study, table)
    return pd.concat([table, about], axis=1), targets


def draw_coding_sample(study: Study, out: Path, *, per_month: int, seed: int) -> str:
    """Write a sheet of randomly drawn relevant articles for people to code.

    Args:
        study: The study.
        out: The CSV file to write.
        per_month: How many articles of each month of the study.
        seed: The same seed draws the same articles.

    Returns:
        What was drawn, as a sentence.

    Raises:
        FileError: The file is there already: codes in it would be lost.
        DataError: There is nothing to draw from, or too few are asked for.
    """
    if out.exists():
        raise FileError(out, "", "the file is there already", "Give --out another name")
    table = classified_articles(study)
    drawn = draw_sample(table[table["month"].isin(study.months())], per_month=per_month, seed=seed)
    text = coding_sheet(drawn).to_csv(index=False, lineterminator="\n")
    write_whole(out, "\ufeff" + text)  # so that Excel reads it as UTF-8
    months = drawn["month"].nunique()
    return f"{len(drawn)} articles of {months} months drawn for coding, written to {out}"


def model_check(study: Study) -> pd.DataFrame:
    """Set each model's tones against the human codes; write results/tone_check.csv.

    Returns:
        As ``outcomes.media.confusion.confusion_table``.
    """
    codes = one_code_an_article(read_facts(study.store, "codes"))
    coded = readable_articles(study).articles.merge(codes, on="url")
    table = confusion_table(coded.assign(id=coded["url"]))
    study.write_table("tone_check", table)
    return table
