"""Samples of articles for people to code: drawn, given to coders, and enlarged."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from outcomes.errors import DataError, one_of
from outcomes.media.coding_design import Design, Drawn, design_from_json, draw, draw_more
from outcomes.media.coding_shares import LONGEST_NAME, Coding, Share, check_coding, share_out
from outcomes.pipeline.codebook import load_codebook
from outcomes.pipeline.coding_progress import DONE, OPEN, SERIES, TRAINING, find_sample
from outcomes.pipeline.users import accounts
from outcomes.store.coding_tables import CODING_ITEMS, CODING_SAMPLES, CODING_TASKS
from outcomes.store.engine import reading
from outcomes.store.schema import ARTICLES, CODES
from outcomes.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What was drawn, and for whom."""

    sample: str
    articles: int
    months: int
    tasks: dict[str, int]  # coder -> how many articles
    twice: int  # articles that two or more people code
    notes: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """Say it in words."""
        months = f" of {self.months} months" if self.months else ""
        shares = ", ".join(f"{coder} {number}" for coder, number in self.tasks.items())
        lines = [
            f"{self.sample}: {self.articles} articles{months}; to code: {shares}; "
            f"{self.twice} of them by more than one person."
        ]
        return lines + list(self.notes)


def draw_series_sample(
    study: Study,
    name: str,
    *,
    design: Design,
    coding: Coding,
    months: Sequence[str] = (),
    day: date,
) -> Assigned:
    """Draw a sample for the series of tone and give it to coders, all of it or nothing.

    Args:
        study: The study; its articles were classified.
        name: What to call it.
        design: How to draw.
        coding: Who codes.
        months: Only these, such as 2025-03; empty for all of the study.
        day: When it is made.

    Raises:
        DataError: The name is taken, a coder or month is not right, or nothing can be drawn.
        FileError: No article was classified yet.
    """
    _check_name(name)
    check_coding(coding)
    drawn = draw(_frame(study, months), design)
    rows = _items(name, drawn)
    shares = share_out(_urls(rows), coding, seed=(design.seed, 7), after={})
    made = _made(study, name, purpose=SERIES, design=drawn.design.as_json(), day=day)
    _store(study, made, rows, shares)
    return _account(study, name, shares, months=drawn.items["month"].nunique())


def enlarge_sample(study: Study, name: str, *, per_month: int, coding: Coding) -> Assigned:
    """Enlarge a sample to so many articles a month, also by the months that follow its last one.

    The probabilities of the articles drawn before change with it.

    Raises:
        DataError: There is no such sample, it is closed or for training, or the chances of both
            draws together could not be told.
    """
    check_coding(coding)
    sample = find_sample(study, name)
    if sample["purpose"] != SERIES or sample["closed_on"]:
        raise DataError(
            f"{name} is for training or was closed, so it cannot be enlarged. Draw one with a new "
            "name"
        )
    before = design_from_json(sample["design"])
    known = _stored_items(study, name)
    drawn_from = {stratum[:7] for stratum in before.strata}  # 2026-03
    later = {month for month in study.months() if month > max(drawn_from)}
    frame = _frame(study, sorted(drawn_from | later))
    drawn = draw_more(frame, before, known, per_month=per_month)
    added = ~drawn.items["url"].isin(known["url"])
    if not added.any():
        raise DataError(f"{name} has {per_month} articles or more in every month. Ask for more")
    rows = _items(name, drawn)
    fresh = [row for row, new in zip(rows, added, strict=True) if new]
    seed = (before.seed, 7, len(known))
    shares = share_out(_urls(fresh), coding, seed=seed, after=_last_places(study, name))
    with study.store.begin() as connection:
        for row in rows:
            one = (CODING_ITEMS.c.sample == name) & (CODING_ITEMS.c.url == row["url"])
            connection.execute(
                update(CODING_ITEMS).where(one).values(probability=row["probability"])
            )
        connection.execute(
            update(CODING_SAMPLES)
            .where(CODING_SAMPLES.c.name == name)
            .values(design=drawn.design.as_json())
        )
        _insert(connection, name, fresh, shares)
    return _account(study, name, shares, months=drawn.items.loc[added, "month"].nunique())


def store_training_sample(
    study: Study, name: str, *, gold: Sequence[Mapping[str, Any]], coders: Sequence[str], day: date
) -> Assigned:
    """Give every coder the same articles with known codes, each in an order of their own.

    Args:
        study: The study.
        name: What to call it.
        gold: ``url``, ``code`` and ``why`` of each, and ``title`` and ``text`` where it is no
            article of the study.
        coders: Who is trained.
        day: When it is made.

    Raises:
        DataError: The name is taken, or a coder is not right.
    """
    _check_name(name)
    rows = [
        {
            "sample": name,
            "url": each["url"],
            "probability": 1.0,
            "stratum": "",
            "gold": {key: value for key, value in each.items() if key != "url"},
        }
        for each in gold
    ]
    everyone = Coding(coders=tuple(coders), everyone=True)
    shares = share_out(_urls(rows), everyone, seed=(len(rows),), after={})
    made = _made(study, name, purpose=TRAINING, design={"kind": TRAINING}, day=day)
    _store(study, made, rows, shares)
    return _account(study, name, shares, months=0)


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or name != name.strip():
        raise DataError(f"{name!r} is no name for a sample. Give it 1 to {LONGEST_NAME} characters")


def _frame(study: Study, months: Sequence[str]) -> "pd.DataFrame":
    """Take the classified articles of these months whose text can still be read."""
    known = study.months()
    for month in months:
        if month not in known:
            raise DataError(f"{month!r} is no whole month of the study. {one_of(month, known)}")
    table = study.read_table("articles")
    newest = (
        select(ARTICLES.c.key, func.max(ARTICLES.c.version).label("version"))
        .group_by(ARTICLES.c.key)
        .subquery()
    )
    with_text = (
        select(ARTICLES.c.url)
        .join(newest, (ARTICLES.c.key == newest.c.key) & (ARTICLES.c.version == newest.c.version))
        .where((ARTICLES.c.text != "") | (ARTICLES.c.title != ""))
    )
    with reading(study.store) as connection:
        readable = set(connection.execute(with_text).scalars())
    return table[table["month"].isin(months or known) & table["url"].isin(readable)]


def _items(name: str, drawn: Drawn) -> list[dict[str, Any]]:
    return [
        {
            "sample": name,
            "url": str(row["url"]),
            "probability": float(row["probability"]),
            "stratum": str(row["stratum"]),
            "gold": None,
        }
        for row in drawn.items.to_dict("records")
    ]


def _urls(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [row["url"] for row in rows]


def _stored_items(study: Study, name: str) -> "pd.DataFrame":
    import pandas as pd

    columns = (CODING_ITEMS.c.url, CODING_ITEMS.c.stratum)
    query = select(*columns).where(CODING_ITEMS.c.sample == name)
    with reading(study.store) as connection:
        return pd.DataFrame(connection.execute(query).mappings().all(), columns=["url", "stratum"])


def _last_places(study: Study, name: str) -> dict[str, int]:
    query = select(CODING_TASKS.c.coder, func.max(CODING_TASKS.c.place))
    query = query.where(CODING_TASKS.c.sample == name).group_by(CODING_TASKS.c.coder)
    with reading(study.store) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _made(
    study: Study, name: str, *, purpose: str, design: Mapping[str, Any], day: date
) -> dict[str, Any]:
    return {
        "name": name,
        "purpose": purpose,
        "design": dict(design),
        "codebook": load_codebook(study).version,
        "made_on": day.isoformat(),
        "closed_on": None,
    }


def _store(
    study: Study,
    made: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    shares: Sequence[Share],
) -> None:
    name = str(made["name"])
    taken = select(CODING_SAMPLES.c.made_on).where(CODING_SAMPLES.c.name == name)
    with study.store.begin() as connection:
        if (since := connection.execute(taken).scalar()) is not None:
            raise DataError(
                f"there is a sample {name!r} already, made on {since}. Choose another name, or "
                "enlarge it with --top-up"
            )
        connection.execute(insert(CODING_SAMPLES).values(**made))
        _insert(connection, name, rows, shares)


def _insert(
    connection: Connection, name: str, rows: Sequence[Mapping[str, Any]], shares: Sequence[Share]
) -> None:
    """Add articles and tasks; what a coder has coded before is not given to them again."""
    series = rows[0]["gold"] is None
    connection.execute(insert(CODING_ITEMS), [dict(row) for row in rows])
    coded = {(row[0], row[1]) for row in connection.execute(select(CODES.c.url, CODES.c.coder))}
    tasks = [
        {
            **asdict(share),
            "sample": name,
            "state": DONE if series and (share.url, share.coder) in coded else OPEN,
            "reason": "",
        }
        for share in shares
    ]
    connection.execute(insert(CODING_TASKS), tasks)


def _account(study: Study, name: str, shares: Sequence[Share], *, months: int) -> Assigned:
    tasks = Counter(share.coder for share in shares)
    people = Counter(share.url for share in shares)
    known = {each.name for each in accounts(study.store) if not each.shut}
    strangers = [coder for coder in tasks if coder not in known]
    notes = []
    if strangers:
        notes.append(
            f"No account at the desk yet for {', '.join(sorted(strangers))}: make one with the "
            "role coder under the same name, or let them code in a file (export-codes)."
        )
    return Assigned(
        sample=name,
        articles=len(people),
        months=months,
        tasks=dict(sorted(tasks.items())),
        twice=sum(number > 1 for number in people.values()),
        notes=tuple(notes),
    )
