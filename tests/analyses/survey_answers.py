"""Measures tables of made-up answers, as the surveys stream would hand them over."""

from math import nan

import numpy as np
import pandas as pd

from outcomes.measures import check


def answers(scores: dict[str, dict[str, float]], *, measure: str = "trust") -> pd.DataFrame:
    """Lay scores by wave and respondent out as measures."""
    return check(
        pd.DataFrame(
            [
                {
                    "stream": "surveys",
                    "unit": unit,
                    "place": "agency",
                    "period": wave,
                    "measure": measure,
                    "value": value,
                    "se": nan,
                    "n": 1,
                }
                for wave, people in scores.items()
                for unit, value in people.items()
            ]
        )
    )


def people(values: np.ndarray | list[float], *, prefix: str = "r") -> dict[str, float]:
    """Number respondents."""
    return {f"{prefix}{index}": float(value) for index, value in enumerate(values)}


def linked(pre: str, post: str, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Say who before is who after."""
    return pd.DataFrame(
        [
            {"pre_wave": pre, "post_wave": post, "pre_respondent": a, "post_respondent": b}
            for a, b in pairs
        ],
        columns=["pre_wave", "post_wave", "pre_respondent", "post_respondent"],
    )
