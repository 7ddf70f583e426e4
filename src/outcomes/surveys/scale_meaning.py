"""Did a scale mean the same before and after, or to two groups? The steps in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.invariance import InvarianceStep

MEANING_COLUMNS = (
    *("scale", "step", "chi2", "df", "p", "cfi", "rmsea", "srmr"),
    *("d_chi2", "d_df", "d_p", "d_cfi", "d_rmsea", "n", "dropped", "verdict"),
)
FEWEST = 100  # respondents (in the smallest group) below which the steps cannot tell anything
MANY = 300  # respondents from which the wider limit of Chen (2007) holds
_CHANCE = 0.05
_POOR_CFI = 0.90
Across = Literal["before and after", "in all groups"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What the steps say of one scale."""

    rows: tuple[dict[str, object], ...]  # MEANING_COLUMNS, one a step
    verdict: str


def scale_meaning(
    scale: str,
    ladder: Callable[[], Sequence[InvarianceStep]],
    *,
    n: int,
    dropped: int,
    across: Across,
) -> Meaning:
    """Fit the steps for one scale, and say what they mean.

    Args:
        scale: Its name.
        ladder: Fits the steps.
        n: Respondents; of the smallest group, where groups are compared.
        dropped: Respondents left out because they did not answer every item.
        across: What is compared.

    Returns:
        With fewer than ``FEWEST`` respondents the verdict is that nothing can be told, whatever
        the numbers; a model without a sensible fit gives one row without numbers, and the reason.

    Source:
        Cheung & Rensvold (2002), Structural Equation Modeling 9: 233-255; Chen (2007), Structural
        Equation Modeling 14: 464-504, for the limits. Issue 5, scoring.
    """
    try:
        steps = tuple(ladder())
    except DataError as error:
        steps, verdict = (), f"cannot tell: {error}"
    else:
        verdict = meaning_verdict(steps, n=n, across=across)
    rows = [_row(scale, step, dropped=dropped, verdict=verdict) for step in steps]
    nothing: dict[str, object] = {"scale": scale, "n": n, "dropped": dropped, "verdict": verdict}
    return Meaning(rows=tuple(rows or [nothing]), verdict=verdict)


def meaning_verdict(steps: Sequence[InvarianceStep], *, n: int, across: Across) -> str:
    """Say in one sentence whether means of the scale may be compared.

    A step is held to fit worse only if both agree: CFI falls by more than Chen's limit (0.010, or
    0.005 below 300 respondents), and chance alone would rarely bring it.
    """
    if n < FEWEST:
        return f"cannot tell: too few respondents ({n}, and {FEWEST} or more are needed)"
    by_name = {step.step: step for step in steps}
    if by_name["configural"].fit.cfi < _POOR_CFI:
        return f"cannot tell: the items do not measure one single thing {across}"
    limit = 0.010 if n > MANY else 0.005
    worse = [step.step for step in steps if step.d_cfi < -limit and step.d_p < _CHANCE]
    if "metric" in worse:
        return (
            f"the scale does not seem to have meant the same {across}: some items belong to it "
            "more strongly on one side. Do not compare its means"
        )
    if "scalar" in worse:
        return (
            f"the scale does not seem to have meant the same {across}: answers to some items "
            "differ by themselves, and the difference of means holds that too"
        )
    return f"the scale seems to have meant the same {across}"


def meaning_table(found: Sequence[Meaning]) -> pd.DataFrame:
    """Lay the steps of all scales out as a table."""
    rows = [row for meaning in found for row in meaning.rows]
    return pd.DataFrame(rows, columns=list(MEANING_COLUMNS))


def _row(scale: str, step: InvarianceStep, *, dropped: int, verdict: str) -> dict[str, object]:
    return {
        "scale": scale,
        "step": step.step,
        "chi2": step.fit.chi_square,
        "df": step.fit.df,
        "p": step.fit.p,
        "cfi": step.fit.cfi,
        "rmsea": step.fit.rmsea,
        "srmr": step.fit.srmr,
        "d_chi2": step.d_chi_square,
        "d_df": step.d_df,
        "d_p": step.d_p,
        "d_cfi": step.d_cfi,
        "d_rmsea": step.d_rmsea,
        "n": step.fit.n,
        "dropped": dropped,
        "verdict": verdict,
    }
