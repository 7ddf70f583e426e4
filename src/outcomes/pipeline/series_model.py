"""The model of a study's series is frozen: it changes only when somebody says so, and visibly."""

import pandas as pd

from outcomes.errors import DataError
from outcomes.media.month_models import MonthModels, month_models
from outcomes.pipeline.news_targets import Readable
from outcomes.study import Study

_COLUMNS = ("url", "month", "model")


def require_same_model(study: Study, readable: Readable, *, model: str) -> None:
    """Refuse to read a series by another model than the one that has read it so far.

    Args:
        study: The study.
        readable: Its articles.
        model: Name and version of the model that is to read now.

    Raises:
        DataError: Another model read articles that could be read anew; says what would happen.
    """
    written = _written(study)
    others = written[(written["model"] != model) & written["url"].isin(readable.articles["url"])]
    if others.empty:
        return
    former = str(others["model"].mode().iloc[0])
    lost = written[(written["model"] != model) & written["url"].isin(readable.erased)]
    months = sorted(set(written["month"]) & set(study.months()))
    raise DataError(
        f"results/articles.csv was read by the model {former}, and now {model} is to read. Shares "
        "of tone by two models are not the same measure, so this is not done unasked. If you do "
        f"it, {len(readable.articles)} articles{_of_months(months)} are read anew, and shares that "
        f"were published change{_kept(lost, former)}. To do it: outcomes media classify --rescore. "
        f"To go on as before: {_as_before(former, model)}"
    )


def changed_readings(study: Study, articles: pd.DataFrame) -> tuple[str, ...]:
    """Say how many articles the same model now reads otherwise than before.

    Args:
        study: The study, before its new results are written.
        articles: With url, model, relevant and tone, as results/articles.csv will hold them.
    """
    written = _written(study)
    if written.empty or not {"relevant", "tone"} <= set(written.columns):
        return ()
    both = articles.merge(written, on=["url", "model"], suffixes=("", "_before"))
    changed = pd.Series(False, index=both.index)
    for name in ("relevant", "tone"):
        now, before = (pd.to_numeric(both[each]).fillna(9) for each in (name, f"{name}_before"))
        changed |= now.astype(int) != before.astype(int)
    if not (many := int(changed.sum())):
        return ()
    return (
        f"{many} articles that {'/'.join(sorted(set(both.loc[changed, 'model'])))} had read before "
        "have another tone or relevance now: their text, the names in study.toml, or outcomes' way "
        "of reading changed",
    )


def _of_months(months: list[str]) -> str:
    return f" of {months[0]} to {months[-1]}" if len(months) > 1 else ""


def _kept(lost: pd.DataFrame, former: str) -> str:
    if lost.empty:
        return ""
    months = sorted(set(lost["month"]) - {""})
    where = f" (of {', '.join(months)})" if months else ""
    return (
        f"; {len(lost)} articles whose text was let go{where} keep what {former} said of them, and "
        "the series breaks there"
    )


def _as_before(former: str, model: str) -> str:
    name = former.rpartition(" ")[0] or former
    if name == (model.rpartition(" ")[0] or model):
        return f"use the version of outcomes, or the folder in data/models, that brought {former}"
    return f'write tone_model = "{name}" under [news] in study.toml'


def _written(study: Study) -> pd.DataFrame:
    """What was read so far, and by which model."""
    nothing = pd.DataFrame(columns=list(_COLUMNS), dtype=object)
    if not (study.results / "articles.csv").exists():
        return nothing
    table = study.read_table("articles")
    return table if set(_COLUMNS) <= set(table.columns) else nothing


def models_of_months(study: Study, articles: pd.DataFrame) -> MonthModels:
    """Say which model read which months of a study.

    Args:
        study: The study.
        articles: With month and model, as results/articles.csv.
    """
    inside = articles[articles["month"].isin(study.months())]
    return month_models(inside["month"], inside["model"])


def model_breaks(study: Study) -> tuple[tuple[str, str], ...]:
    """Name the months from which another model read the articles, and that model.

    Args:
        study: The study; none of its articles need have been classified.
    """
    return models_of_months(study, _written(study)).breaks
