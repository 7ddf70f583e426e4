"""Media steps: find relevance and tone of the stored articles, and draw a sample for coding."""

from pathlib import Path

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.classify import known_models
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
from outcomes.pipeline.series_model import (
    changed_readings,
    models_of_months,
    require_same_model,
)
from outcomes.pipeline.tone_scores import (
    forget_scores,
    score_articles,
    study_model,
)
from outcomes.store import read_facts
from outcomes.study import Study, write_whole

CLASSIFIED = (
    "url", "outlet", "scope", "month", "relevant", "tone",
    "p_negative", "p_neutral", "p_positive", "prompted", "model", *FOUND,
)  # fmt: skip


def classify_articles(
    study: Study, model: str = "", *, rescore: bool = False, agreed: bool = False
) -> str:
    """Find relevance, tone, agencies and places of every stored article, without their texts.

    Writes results/articles.csv and results/targets.csv; where the agency's press releases lie in
    their folder, results/prompted.csv too. Pages that are no articles are left out. An article
    whose text was let go keeps the row that it had, and the model that read it.

    Args:
        study: The study.
        model: As for ``study_model``.
        rescore: Whether another model may read a series that one has read before.
        agreed: Whether texts may leave this machine, or a model come to it (--yes).

    Returns:
        What was found, as a sentence.

    Raises:
        DataError: No model has that name, or it is another than the one that read the series.
        FileError: A press release, or the model, cannot be read.
    """
    readable = readable_articles(study)
    if not rescore:
        require_same_model(study, readable, model=study_model(study, model).name)
    if len(readable.articles) and holds_releases(releases_folder(study)):
        mark_prompted(study)
    table, targets = _classify(study, readable, model=model, agreed=agreed)
    whole = with_former(study, "articles", table=table[list(CLASSIFIED)], readable=readable)
    targets = with_former(study, "targets", table=targets, readable=readable)
    changed = changed_readings(study, whole)
    study.write_table("articles", whole)
    study.write_table("targets", targets)
    name = study_model(study, model).name
    said = _sentence(whole, readable, model=name, agency=build_gazetteer(study.settings).own.name)
    models = models_of_months(study, whole)
    return "; ".join([said, *_outside(study, whole), *changed, *models.sentences()])


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
    if silent := int((relevant & table["tone"].isna()).sum()):
        parts.append(f"{silent} of those about law enforcement the model could not judge")
    if readable.no_articles:
        parts.append(f"{readable.no_articles} pages that are no articles were left out")
    if readable.erased:
        kept = int(table["url"].isin(readable.erased).sum())
        parts.append(
            f"the text of {len(readable.erased)} was let go: {kept} of them keep their former row"
        )
    return "; ".join(parts)


def classified_articles(study: Study, *, model: str = "") -> pd.DataFrame:
    """Classify the articles that have a text, and give them with their texts.

    Args:
        study: The study.
        model: As for ``study_model``.

    Returns:
        The columns of the store and of ``CLASSIFIED``.
    """
    return _classify(study, readable_articles(study), model=model)[0]


def _classify(
    study: Study, readable: Readable, *, model: str, agreed: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    articles = readable.articles
    gazetteer = build_gazetteer(study.settings)
    titles, texts = (list(spell_out(articles[name], gazetteer)) for name in ("title", "text"))
    found = score_articles(study, titles=titles, texts=texts, model=model, agreed=agreed)
    forget_scores(study, titles=titles, texts=texts)
    scopes = {outlet.name: outlet.scope for outlet in study.settings.outlets}
    month = month_of_article(study)
    dated = zip(articles["outlet"], articles["published"], strict=True)
    table = pd.concat([articles, found], axis=1).assign(
        scope=articles["outlet"].map(scopes).fillna("").astype(object),
        month=[month(outlet, published) for outlet, published in dated],
        prompted=prompted_articles(study, articles),
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

    The model of the study stands beside the baselines and the others that are ready here.

    Returns:
        As ``outcomes.media.confusion.confusion_table``.
    """
    codes = one_code_an_article(read_facts(study.store, "codes"))
    coded = readable_articles(study).articles.merge(codes, on="url")
    gazetteer = build_gazetteer(study.settings)
    titles, texts = (list(spell_out(coded[name], gazetteer)) for name in ("title", "text"))
    ours = score_articles(study, titles=titles, texts=texts)
    name = study_model(study).name
    others = [
        model
        for each in known_models(study.root)
        if (model := study_model(study, each)).name != name
    ]
    table = confusion_table(
        coded.assign(id=coded["url"]), models=others, known={name: ours["tone"]}
    )
    study.write_table("tone_check", table)
    return table
