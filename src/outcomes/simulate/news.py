"""A generated news archive: invented articles, placed in months and outlets, with known tone.

The articles were written for this project. The simulator only decides when and where each of them
appears, and which of them are printed a second time as wire copies.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

NEWSLETTER = "Eastbank Voice"
TELEVISION = "WTLC News 9"
COPIED = 0.12  # share of articles that a second outlet prints word for word
TROUBLED_MONTHS = (9, 10)  # after the charge in the evidence-room theft
WEIGHT_IN_TROUBLE = {-1.0: 3.0, 0.0: 0.8, 1.0: 0.5}  # how often a tone falls into such a month


def written_articles() -> list[dict[str, Any]]:
    """Read the invented articles: id, kind, scope, relevant, tone, mixed, prompted, title, text."""
    text = files("outcomes.simulate").joinpath("articles.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def archive(
    *,
    months: Sequence[str],
    outlets: Mapping[str, Sequence[str]],
    time_zone: str,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Place every article in a month and an outlet.

    Args:
        months: Months of the study, as 2026-03.
        outlets: Names by scope, "local" and "national".
        time_zone: Of the outlets.
        rng: Decides when and where.

    Returns:
        url, outlet, published, title, text, prompted, and the truth beside them: relevant, tone,
        month, id.
    """
    rows = []
    for article in written_articles():
        tone = np.nan if article["tone"] is None else float(article["tone"])
        month = rng.choice(list(months), p=_month_weights(months, tone=tone))
        at = _moment(month, time_zone=time_zone, rng=rng)
        outlet = _outlet(article, outlets=outlets, rng=rng)
        rows.append(_row(article, outlet=outlet, at=at))
        if rng.random() < COPIED:
            others = [name for name in outlets["local"] if name not in {outlet, NEWSLETTER}]
            later = at + timedelta(hours=int(rng.integers(2, 30)))
            if later.strftime("%Y-%m") in months:
                rows.append(_row(article, outlet=str(rng.choice(others)), at=later))
    return pd.DataFrame(rows).sort_values("published").reset_index(drop=True)


def true_shares(articles: pd.DataFrame) -> pd.DataFrame:
    """Count the true share of each tone among the relevant articles of each month."""
    relevant = articles[articles["relevant"] == 1]
    shares = pd.crosstab(relevant["month"], relevant["tone"], normalize="index")
    return shares.rename(columns={-1.0: "tone_negative", 0.0: "tone_neutral", 1.0: "tone_positive"})


def feed(articles: pd.DataFrame, *, title: str) -> str:
    """Write articles as an RSS feed, as an outlet would serve it."""
    items = "".join(
        f"<item><title>{escape(row.title)}</title><link>{row.url}</link><guid>{row.url}</guid>"
        f"<pubDate>{format_datetime(datetime.fromisoformat(row.published))}</pubDate>"
        f"<description>{escape(row.text)}</description></item>\n"
        for row in articles.itertuples()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)} (generated example)</title>"
        "<link>https://voice.example/</link>"
        "<description>Invented articles; no such outlet exists.</description>\n"
        f"{items}</channel></rss>\n"
    )


def _month_weights(months: Sequence[str], *, tone: float) -> np.ndarray:
    weights = np.array(
        [
            WEIGHT_IN_TROUBLE.get(tone, 1.0) if int(month[5:]) in TROUBLED_MONTHS else 1.0
            for month in months
        ]
    )
    total: np.ndarray = weights / weights.sum()
    return total


def _moment(month: str, *, time_zone: str, rng: np.random.Generator) -> datetime:
    first = datetime.fromisoformat(f"{month}-01T05:00").replace(tzinfo=ZoneInfo(time_zone))
    days = pd.Period(month).days_in_month
    return first + timedelta(days=int(rng.integers(days)), minutes=int(rng.integers(16 * 60)))


def _outlet(
    article: Mapping[str, Any], *, outlets: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> str:
    if article["scope"] == "national":
        return str(rng.choice(list(outlets["national"])))
    if article["kind"] == "newsletter" and NEWSLETTER in outlets["local"]:
        return NEWSLETTER
    if article["kind"] == "tv" and TELEVISION in outlets["local"]:
        return TELEVISION
    return str(rng.choice([name for name in outlets["local"] if name != NEWSLETTER]))


def _row(article: Mapping[str, Any], *, outlet: str, at: datetime) -> dict[str, Any]:
    host = "".join(letter for letter in outlet.lower() if letter.isalnum())
    return {
        "url": f"https://{host}.example/{at:%Y/%m}/{article['id']}",
        "outlet": outlet,
        "published": at.isoformat(timespec="minutes"),
        "title": article["title"],
        "text": article["text"],
        "prompted": article["prompted"],
        "relevant": article["relevant"],
        "tone": np.nan if article["tone"] is None else float(article["tone"]),
        "month": f"{at:%Y-%m}",
        "id": article["id"],
    }
