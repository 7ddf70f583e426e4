"""Which articles people should code: a simple random sample of each month's relevant ones."""

import numpy as np
import pandas as pd

from outcomes.errors import DataError

SHEET = (
    "url", "outlet", "published", "title", "text", "probability", "relevant", "tone", "coder",
)  # fmt: skip


def draw_sample(classified: pd.DataFrame, *, per_month: int, seed: int) -> pd.DataFrame:
    """Draw articles for human coding, the same number in each month.

    Only articles that a model takes for relevant are drawn, so the shares that come of it are
    shares of those. The draw does not look at the model's tone: every relevant article of a month
    has the same chance, which is what makes the interval true.

    Args:
        classified: Columns month and relevant (1 or 0), one article a row; others are kept. An
            article without a month (unknown date) is never drawn.
        per_month: How many to draw in each month; all where there are fewer.
        seed: The same seed draws the same articles from the same table.

    Returns:
        The drawn rows, in the order of the table, with ``probability``: how many were drawn of
        that month, divided by how many there were.

    Raises:
        DataError: A column is missing, ``per_month`` is below 2, or nothing is relevant.

    Source:
        Cochran (1977), Sampling Techniques, chapter 2. Requirement B14.
    """
    missing = [name for name in ("month", "relevant") if name not in classified.columns]
    if missing:
        raise DataError(f"the classified articles lack the column(s) {', '.join(missing)}")
    if per_month < 2:
        raise DataError(f"an interval needs two codes a month or more, got {per_month}")
    frame = classified[(classified["relevant"] == 1) & (classified["month"].fillna("") != "")]
    if frame.empty:
        raise DataError(
            "no article about law enforcement is dated in the months to draw from. Look at first "
            "and last in study.toml, then run: outcomes run"
        )
    rng = np.random.default_rng(seed)
    parts = []
    for _, articles in frame.groupby("month", sort=True):
        size = min(per_month, len(articles))
        chosen = np.sort(rng.choice(len(articles), size=size, replace=False))
        parts.append(articles.iloc[chosen].assign(probability=size / len(articles)))
    return pd.concat(parts)


def coding_sheet(sample: pd.DataFrame) -> pd.DataFrame:
    """Lay a sample out for a spreadsheet, with empty cells for the coder.

    The model's opinion is left out on purpose: a coder who sees it agrees with it too often.

    Args:
        sample: From ``draw_sample``, with the columns url, outlet, published, title and text.
    """
    blank = dict.fromkeys(("relevant", "tone", "coder"), "")
    return sample.assign(**blank)[list(SHEET)].reset_index(drop=True)
