"""Media steps: find relevance and tone of the stored articles, and draw a sample for coding."""

from pathlib import Path

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.articles import month_of
from outcomes.media.classify import classify
from outcomes.media.codes import one_code_an_article
from outcomes.media.confusion import confusion_table
from outcomes.media.sample import coding_sheet, draw_sample
from outcomes.store import read_facts
from outcomes.study import Study, write_whole

CLASSIFIED = (
    "url", "outlet", "scope", "month", "relevant", "tone",
    "p_negative", "p_neutral", "p_positive", "prompted", "model",
)  # fmt: skip


def classify_articles(study: Study, model: str = "lexicon") -> str:
    """Find relevance and tone of every stored article; write results/articles.csv, without texts.

    Returns:
        What was found, as a sentence.

    Raises:
        DataError: No model has that name.
    """
    table = _classify(study, model=model)
    study.write_table("articles", table[list(CLASSIFIED)])
    relevant = int(table["relevant"].sum())
    return f"{len(table)} articles, {relevant} about law enforcement (model {model})"


def _classify(study: Study, *, model: str) -> pd.DataFrame:
    articles = read_facts(study.store, "articles")
    found = classify(articles.assign(id=articles["url"]), model=model)
    scopes = {outlet.name: outlet.scope for outlet in study.settings.outlets}
    zone = study.settings.study.time_zone
    return pd.concat([articles, found.drop(columns="id")], axis=1).assign(
        scope=articles["outlet"].map(scopes).fillna("").astype(object),
        month=[month_of(published, zone) for published in articles["published"]],
        prompted=articles["prompted"].astype("Int64"),
        model=model,
    )


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
    table = _classify(study, model="lexicon")
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
    coded = read_facts(study.store, "articles").merge(codes, on="url")
    table = confusion_table(coded.assign(id=coded["url"]))
    study.write_table("tone_check", table)
    return table
