"""A made-up archive: articles that a model reads with errors, of which people coded some."""

import numpy as np
import pandas as pd

QUIET, EVENT = (0.12, 0.78, 0.10), (0.35, 0.57, 0.08)  # negative, neutral, positive
TONES = np.array([-1.0, 0.0, 1.0])


def coded_archive(seed, *, months=12, articles=200, per_month=12, by_outlet=False, total=0):
    """Make articles with the truth beside them; the third month and the eighth are events.

    Args:
        by_outlet: Whether in events not the news but the outlets differ (covariate shift).
        total: Codes in all, spread over the months by chance, instead of as many in each.
    """
    rng = np.random.default_rng(seed)
    size = months * articles
    month = np.repeat(np.arange(months), articles)
    event = np.isin(month, (2, 7))
    outlet = np.where(rng.random(size) < np.where(event, 0.7, 0.3), "Harsh", "Mild")
    odds = np.where(event[:, None], EVENT, QUIET)
    if by_outlet:
        odds = np.where((outlet == "Harsh")[:, None], (0.30, 0.62, 0.08), (0.05, 0.83, 0.12))
    place = (rng.random((size, 1)) > odds.cumsum(axis=1)[:, :2]).sum(axis=1)
    signal = 1.9 * np.eye(3)[place] + rng.normal(size=(size, 3))
    raised = np.exp(1.9 * signal)
    chances = raised / raised.sum(axis=1, keepdims=True)
    drawn = np.zeros(size, dtype=bool)
    if total:
        drawn[rng.choice(size, total, replace=False)] = True
    else:
        for each in range(months):
            drawn[rng.choice(np.flatnonzero(month == each), per_month, replace=False)] = True
    truth = TONES[place]
    return pd.DataFrame(
        {
            "month": [f"2025-{each + 1:02}" for each in month],
            "outlet": outlet,
            "tone": TONES[chances.argmax(axis=1)],
            "p_negative": chances[:, 0],
            "p_neutral": chances[:, 1],
            "p_positive": chances[:, 2],
            "human_tone": np.where(drawn, truth, np.nan),
            "probability": np.where(drawn, drawn.sum() / size, np.nan),
            "truth": truth,
            "event": event,
        }
    )
