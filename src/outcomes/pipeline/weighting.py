"""File to file: weigh a table of respondents, and say what its small areas can bear."""

from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.sheets import AS_IT_IS, Reading, read_any
from outcomes.stats.fay_herriot import fay_herriot, fay_herriot_estimates
from outcomes.stats.small_area import SmallArea, small_areas
from outcomes.surveys.margins import KnownMargin, plain_numbers, read_margins
from outcomes.surveys.microdata import Question, read_microdata
from outcomes.surveys.weighting import Sample, sample_design, weighting_sentences

AREA_COLUMNS = ("area", "n", "value", "se", "low", "high", "variation", "advice", "why")
MODEL_COLUMNS = ("model_value", "model_se", "model_low", "model_high", "model")


def margins_of(path: Path | None) -> tuple[KnownMargin, ...]:
    """Read a file of margins; none where no file is named."""
    return () if path is None else read_margins(path)


def weigh_file(
    path: Path, sample: Sample, *, name: str, reading: Reading = AS_IT_IS
) -> tuple[pd.DataFrame, list[str]]:
    """Add a column of weights to a table of respondents.

    Args:
        path: CSV, Excel or Parquet, one row a respondent.
        sample: How the sample was drawn, and what its weights are to meet.
        name: Of the new column.
        reading: How the file is to be read.

    Returns:
        The table with the new column, and an account of the weights in sentences.

    Raises:
        DataError: There is nothing to weigh to, the column is there already, or the margins
            cannot be met.
    """
    if not (sample.rake or sample.post_stratify or sample.trim):
        raise DataError("say what the weights are to meet: --rake, --post-stratify or --trim")
    table = read_any(path, encoding=reading.encoding).rename(columns=dict(reading.rename))
    if name in table.columns:
        raise DataError(f"{path.name} has a column {name!r} already. Give another with --name")
    asked = (*sample.text_columns(), *sample.number_columns())
    question = Question(statistic="proportion", of=asked[0], sample=sample) if asked else None
    if question is None:
        raise DataError("name the column with the weights that are to be trimmed: --weights")
    data = read_microdata(path, question, reading=reading)
    if len(data.table) != len(table):
        raise DataError(
            f"{len(data.refusals)} rows break a rule, and each row needs its weight. Mend them"
        )
    design = sample_design(data.table, sample, numbers=data.numbers)
    said = weighting_sentences(data.table, design, sample=sample)
    return table.assign(**{name: design.weights}), said


def areas_of_file(
    path: Path,
    question: Question,
    *,
    covariates: Path | None = None,
    reading: Reading = AS_IT_IS,
) -> tuple[pd.DataFrame, list[str]]:
    """Say of each small area what its own answers tell, and what to do with it.

    Args:
        path: One row a respondent.
        question: A mean, or a proportion with the answers that count; ``by`` names the areas.
        covariates: A table with the areas in the column that ``by`` names and numbers known of
            each; with it, a Fay-Herriot model estimate is given beside each direct one.
        reading: How the file is to be read.

    Raises:
        DataError: An area has no covariates, or there are too few areas for a model.
    """
    share = question.statistic == "proportion"
    data = read_microdata(path, question, reading=reading)
    design = sample_design(data.table, question.sample, numbers=data.numbers)
    if share:
        cells = data.table[question.of]
        if not cells.isin(question.equals).any():
            raise DataError(f"no row of {question.of} holds {', '.join(question.equals)}")
        values = np.where(cells == "", np.nan, cells.isin(question.equals).astype(float))
    else:
        values = data.numbers[question.of].to_numpy(dtype=float)
    found = small_areas(values, data.table[question.by].to_numpy(), design=design, share=share)
    table = pd.DataFrame([_area_row(area) for area in found], columns=list(AREA_COLUMNS))
    counts = table["advice"].value_counts()
    lines = [f"{count} areas: {advice}." for advice, count in counts.items()]
    if covariates is None:
        return table, lines
    model, said = _modelled(found, _known_of(covariates, question.by, areas=found))
    return table.merge(model, on="area", how="left"), [*lines, said]


def _area_row(area: SmallArea) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(AREA_COLUMNS, np.nan)
    row |= {"area": area.area, "n": area.n, "advice": area.advice, "why": area.why}
    if area.direct is not None and area.advice != "suppress":
        low, high = area.interval
        row |= {
            "value": area.direct.value,
            "se": area.direct.se,
            "low": low,
            "high": high,
            "variation": area.variation,
        }
    return row


def _known_of(path: Path, column: str, *, areas: list[SmallArea]) -> pd.DataFrame:
    table = read_any(path)
    if column not in table:
        raise DataError(f"{path.name} has no column {column!r}, which names the areas")
    known = table.assign(**{column: plain_numbers(table[column])}).set_index(column)
    if known.index.has_duplicates:
        raise DataError(f"{path.name} names an area twice")
    numbers = known.select_dtypes("number")
    if missing := [area.area for area in areas if area.area not in numbers.index]:
        raise DataError(f"{path.name} says nothing of the area {missing[0]!r}")
    return numbers


def _modelled(areas: list[SmallArea], known: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    used = [area for area in areas if area.direct is not None and area.direct.se > 0]
    direct = [area.direct for area in used if area.direct is not None]
    covariates = known.loc[[area.area for area in used]].to_numpy(dtype=float)
    fitted = fay_herriot(
        [each.value for each in direct],
        [each.se for each in direct],
        np.column_stack([np.ones(len(used)), covariates]),
    )
    estimates = fay_herriot_estimates(
        fitted, terms=[area.area for area in used], sizes=[area.n for area in used], unit="value"
    )
    rows = [(each.term, each.value, each.se, each.low, each.high, each.method)
            for each in estimates]  # fmt: skip
    said = (
        f"Model estimates (Fay-Herriot) rest on {', '.join(known.columns) or 'no covariate'}; the "
        f"variance between areas is {fitted.between:.4g}. Call them model estimates wherever they "
        "are shown."
    )
    return pd.DataFrame(rows, columns=["area", *MODEL_COLUMNS]), said
