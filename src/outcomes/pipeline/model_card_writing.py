"""Media step: write the model card of a model from its folder and from a check of it."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import FileError
from outcomes.media.model_checks import model_breakdown, model_scores, name_swaps
from outcomes.media.model_checks.model_card import CheckTables, model_card
from outcomes.pipeline.model_checking import CHECKED, card_of, checked_model, fingerprint_of
from outcomes.study import Study, write_whole

_AGAIN = "Run outcomes media check-model for this model, and give that folder"
_TABLES = {
    "scores": model_scores.COLUMNS,
    "by_group": model_breakdown.GROUP_COLUMNS,
    "reliability": model_breakdown.BIN_COLUMNS,
    "worst": model_breakdown.WORST_COLUMNS,
    "fairness": name_swaps.COLUMNS,
}


def write_model_card(model: str, checks: Path, *, out: Path, study: Study | None) -> list[str]:
    """Write the model card and data statement.

    Args:
        model: A name as for ``find_model``; "" for the study's, else the default.
        checks: The folder that ``check_model`` wrote for it.
        out: The Markdown file to write.
        study: The study, if any.

    Returns:
        Where it is, as sentences.

    Raises:
        DataError: No model has that name.
        FileError: The folder holds no check, one of another model, or one of other weights.
    """
    judge = checked_model(model, study=study)
    about = _about(checks)
    if about.get("model") != judge.name or about.get("fingerprint") != fingerprint_of(judge):
        problem = f"this is a check of {about.get('model')}, and not of {judge.name} as it is now"
        raise FileError(checks / CHECKED, "", problem, _AGAIN)
    tables = {name: _table(checks, name) for name in _TABLES}
    write_whole(
        out, model_card(card_of(judge), CheckTables(about=about, **tables), model=judge.name)
    )
    return [f"The model card of {judge.name} is in {out}."]


def _about(checks: Path) -> dict[str, Any]:
    path = checks / CHECKED
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", _AGAIN) from None
    except (OSError, ValueError) as error:
        raise FileError(path, "", f"it cannot be read ({error})", _AGAIN) from None
    if not isinstance(found, dict):
        raise FileError(path, "", "this is not a JSON object", _AGAIN)
    return found


def _table(checks: Path, name: str) -> pd.DataFrame:
    path = checks / f"{name}.csv"
    try:
        table = pd.read_csv(path)
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", _AGAIN) from None
    except ValueError as error:
        raise FileError(path, "", f"it cannot be read ({error})", _AGAIN) from None
    missing = [column for column in _TABLES[name] if column not in table]
    if missing:
        raise FileError(path, "", f"it lacks the column(s) {', '.join(missing)}", _AGAIN)
    texts = [column for column in ("tone", "value", "excerpt", "means") if column in table]
    words = [column for column in texts if not pd.api.types.is_numeric_dtype(table[column])]
    return table.assign(**{column: table[column].fillna("") for column in words})
