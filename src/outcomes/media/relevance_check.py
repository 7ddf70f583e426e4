"""Checks the search for articles about law enforcement, and about us, on a sample that people read.

The sample is drawn from three groups: articles found to be about us, others about law enforcement,
and the rest. The sheet does not say which is which, for whoever sees it agrees with it too often.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError
from outcomes.estimate import Estimate
from outcomes.sheets import AS_IT_IS, Column, Reading, Sheet, read_sheet
from outcomes.stats.recall import stratified_recall
from outcomes.stats.share import domain_share

OURS, OTHERS, REST = "A", "B", "C"
SHEET = (
    "url", "outlet", "published", "title", "beginning", "relevant", "about_us", "mark",
)  # fmt: skip
FEWEST = 10
_WORDS = 60  # of each article, enough to judge by and short of a copy
_PARTS = {OURS: 0.4, OTHERS: 0.2, REST: 0.4}
_ANSWERS = {"yes": 1.0, "y": 1.0, "1": 1.0, "no": 0.0, "n": 0.0, "0": 0.0, "": np.nan}
_UNSURE = frozenset(["unclear", "?"])
_COLUMNS = (
    Column(name="url"),
    Column(name="mark"),
    Column(name="relevant", blank=True),
    Column(name="about_us", blank=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the sheet tells."""

    estimates: tuple[Estimate, ...]
    untold: tuple[str, ...]  # questions that it cannot answer, and why
    mistakes: pd.DataFrame  # url, found and said, of articles judged otherwise


def group_of(classified: pd.DataFrame) -> pd.Series:
    """Say in which of the three groups each article is.

    Args:
        classified: Columns relevant (1 or 0) and about_us (1, 0 or missing).
    """
    ours = (classified["relevant"] == 1) & (classified["about_us"] == 1).fillna(False)
    names = np.where(classified["relevant"] == 1, OTHERS, REST)
    return pd.Series(np.where(ours.to_numpy(dtype=bool), OURS, names), index=classified.index)


def draw_check(classified: pd.DataFrame, *, size: int, seed: int) -> pd.DataFrame:
    """Draw articles for people to judge, and lay them out as a sheet in random order.

    Args:
        classified: Columns url, outlet, published, title, text, relevant and about_us.
        size: How many to draw; all where there are fewer.
        seed: The same seed draws the same articles.

    Returns:
        The columns of ``SHEET``: relevant and about_us are empty, and ``mark`` keeps, unreadable
        for people, how the article was drawn.

    Raises:
        DataError: There are no articles, or too few are asked for.

    Source:
        Cochran (1977), Sampling Techniques, chapter 5 (stratified sampling). Requirement B14.
    """
    if size < FEWEST:
        raise DataError(f"a check needs {FEWEST} articles or more, got {size}")
    if classified.empty:
        raise DataError("the study has no articles. Import some first: outcomes media import")
    groups = group_of(classified)
    sizes = {name: int((groups == name).sum()) for name in _PARTS}
    taken = _allocate(sizes, size=size)
    rng = np.random.default_rng(seed)
    drawn = []
    for name, count in taken.items():
        rows = classified[groups == name]
        chosen = rng.choice(len(rows), size=count, replace=False)
        part = rows.iloc[np.sort(chosen)]
        secret = f"{name}{count}/{sizes[name]}"
        drawn.append(part.assign(mark=[_seal(url, secret) for url in part["url"]]))
    table = pd.concat(drawn)
    table = table.iloc[rng.permutation(len(table))]
    beginning = [" ".join(str(text).split()[:_WORDS]) for text in table["text"]]
    blank = {"relevant": "", "about_us": ""}
    return table.assign(beginning=beginning, **blank)[list(SHEET)].reset_index(drop=True)


def read_check(path: Path, *, reading: Reading = AS_IT_IS) -> Sheet:
    """Read the sheet that a person filled in.

    Args:
        path: CSV or .xlsx with url, mark, relevant and about_us (yes or no; about_us may be left
            empty where relevant is no, and may be "unclear").
        reading: How the file is to be read.

    Returns:
        Columns url, group, drawn and size (of that group), relevant and about_us (1, 0, NaN).

    Raises:
        FileError: The file cannot be read as a table, is empty, or lacks a column.
    """
    sheet = read_sheet(path, _COLUMNS, key=("url",), reading=reading)
    for column in ("relevant", "about_us"):
        words = sheet.table[column].str.strip().str.casefold()
        bad = ~words.isin([*_ANSWERS, *_UNSURE]) | ((column == "relevant") & words.isin(_UNSURE))
        sheet.refuse(bad, column=column, problem="{!r} is not yes or no", mend="Write yes or no")
        answers = words.map(_ANSWERS).astype(float).loc[sheet.table.index]
        sheet.table = sheet.table.assign(**{column: answers})
    opened = [
        _open(url, mark) for url, mark in zip(sheet.table["url"], sheet.table["mark"], strict=True)
    ]
    parts = pd.DataFrame(opened, columns=["group", "drawn", "size"], index=sheet.table.index)
    sheet.table = pd.concat([sheet.table.drop(columns="mark"), parts], axis=1)
    sheet.refuse(
        sheet.table["group"] == "",
        column="mark",
        problem="the mark does not belong to this url",
        mend="Keep both as they were drawn, or draw a new sheet",
    )
    relevant = sheet.table["relevant"]
    sheet.refuse(
        (relevant == 0) & (sheet.table["about_us"] == 1),
        column="about_us",
        problem="an article that is not about law enforcement cannot be about us",
        mend="Write no here, or yes under relevant",
    )
    kept = sheet.table
    sheet.table = kept.assign(about_us=kept["about_us"].mask(kept["relevant"] == 0, 0.0))
    return sheet


def judge_check(table: pd.DataFrame, *, agency: str) -> Checked:
    """Estimate precision and recall of both searches.

    Args:
        table: From ``read_check``.
        agency: The study's own, for the words.

    Returns:
        Up to four estimates: of the articles that were found, the share that is right (precision);
        of those that are there, the share that was found (recall).
    """
    estimates, untold = [], []
    questions = (
        ("relevant", frozenset([OURS, OTHERS]), "about law enforcement"),
        ("about_us", frozenset([OURS]), f"about {agency}"),
    )
    for column, found, words in questions:
        for what, estimate in (("precision", _precision), ("recall", _recall)):
            try:
                estimates.append(estimate(table, column, found=found, words=words))
            except DataError as error:
                untold.append(f"{what} of articles {words}: {error}")
    return Checked(
        estimates=tuple(estimates), untold=tuple(untold), mistakes=_mistakes(table, questions)
    )


def _precision(table: pd.DataFrame, column: str, *, found: frozenset[str], words: str) -> Estimate:
    return domain_share(
        table[column],
        table["group"].isin(found).astype(float),
        probability=table["drawn"] / table["size"],
        strata=table["group"],
        term=f"precision: of the articles called {words}, those that are",
        unit="share",
    )


def _recall(table: pd.DataFrame, column: str, *, found: frozenset[str], words: str) -> Estimate:
    sizes = table.groupby("group")["size"].max()
    return stratified_recall(
        table[column],
        strata=table["group"],
        sizes={str(name): int(size) for name, size in sizes.items()},
        found=found,
        term=f"recall: of the articles that are {words}, those that were found",
    )


def _mistakes(
    table: pd.DataFrame, questions: Sequence[tuple[str, frozenset[str], str]]
) -> pd.DataFrame:
    parts = []
    for column, found, words in questions:
        called = table["group"].isin(found).astype(float)
        wrong = table[table[column].notna() & (table[column] != called)]
        said = np.where(wrong[column] == 1, "yes", "no")
        parts.append(
            pd.DataFrame(
                {"url": wrong["url"], "question": words, "a person says": said}, dtype=object
            )
        )
    return pd.concat(parts, ignore_index=True)


def _allocate(sizes: dict[str, int], *, size: int) -> dict[str, int]:
    """Share the sample out; what a small group cannot give, the others do."""
    taken = {name: min(int(size * part), sizes[name]) for name, part in _PARTS.items()}
    for name in (REST, OURS, OTHERS):
        left = size - sum(taken.values())
        taken[name] += min(left, sizes[name] - taken[name])
    return taken


def _seal(url: str, secret: str) -> str:
    mixed = bytes(a ^ b for a, b in zip(_check(secret).encode(), _pad(url), strict=False))
    return f"m{mixed.hex()}"  # no spreadsheet takes it for a number


def _open(url: str, mark: str) -> tuple[str, int, int]:
    try:
        mixed = zip(bytes.fromhex(mark[1:]), _pad(url), strict=False)
        text = bytes(a ^ b for a, b in mixed).decode()
    except ValueError:
        return "", 0, 0
    drawn, _, size = text[5:].partition("/")
    sound = text[4:5] in _PARTS and drawn.isdigit() and size.isdigit()
    if not sound or _check(text[4:]) != text or not 0 < int(drawn) <= int(size):
        return "", 0, 0
    return text[4], int(drawn), int(size)


def _check(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:4] + secret


def _pad(url: str) -> bytes:
    return hashlib.sha256(f"how it was drawn/{url}".encode()).digest()
