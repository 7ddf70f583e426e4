"""Survey commands about scales: scores, reliability, meaning across waves, reliable change."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out, with_reading_options

if TYPE_CHECKING:
    from outcomes.sheets import Reading

_INSTRUMENT = click.option(
    "--instrument", type=FILE, required=True, help="Its items and scales (YAML)."
)
_ID = click.option(
    "--id",
    "respondent",
    default="respondent",
    show_default=True,
    metavar="COL",
    help="The column that says in both files who answered.",
)
_SEED = click.option("--seed", default=1, show_default=True, help="Of whatever chance decides.")


@click.command(
    epilog="Example: outcomes survey score data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --out scores.csv"
)
@click.argument("answers", type=FILE)
@_INSTRUMENT
@click.option("--keep", multiple=True, metavar="COL", help="Carry a column along, such as weight.")
@click.option(
    "--items-out", type=FILE, help="Write the items as numbers here; reversed ones as ITEM_r, too."
)
@click.option(
    "--flags",
    is_flag=True,
    help="Add columns that mark answers given without reading. Nobody is left out.",
)
@with_reading_options()
@with_out
def score(
    answers: Path,
    *,
    instrument: Path,
    keep: tuple[str, ...],
    items_out: Path | None,
    flags: bool,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Score the ANSWERS file (CSV, Excel or Parquet): one row a respondent, one column a scale.

    A score is the mean of the answered items, if enough were answered. Says how many were scored,
    stand at the lowest or highest score, or look careless: the same answer to items that
    contradict each other, or less than 2 seconds an item (where a column gives the seconds).
    """
    from outcomes.pipeline.scale_reports import score_file

    found = score_file(
        answers,
        instrument,
        keep=keep,
        flags=flags,
        items=items_out is not None,
        reading=reading,
    )
    put_out(found.table, out=out, form=form)
    if items_out is not None and found.items is not None:
        put_out(found.items, out=items_out, form="table")
    say_beside(found.account)


@click.command(
    epilog="Example: outcomes survey reliability data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --out reliability.csv --items items.csv"
)
@click.argument("answers", type=FILE)
@_INSTRUMENT
@click.option("--items", type=FILE, help="Write one row an item here: what it adds to its scale.")
@click.option(
    "--missing",
    type=click.Choice(["pairwise", "listwise"]),
    default="pairwise",
    show_default=True,
    help="For alpha: all who answered two items, or only who answered all. Omega takes the latter.",
)
@click.option(
    "--interval",
    type=click.Choice(["delta", "bootstrap"]),
    default="delta",
    show_default=True,
    help="Of omega: from the fit, or from resampled respondents.",
)
@click.option("--draws", default=1000, show_default=True, help="How often to resample.")
@_SEED
@with_reading_options()
@with_out
def reliability(
    answers: Path,
    *,
    instrument: Path,
    items: Path | None,
    missing: Any,
    interval: Any,
    draws: int,
    seed: int,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Say how reliable each scale is in the ANSWERS: alpha, omega, and each item with --items.

    Alpha has Feldt's interval; omega comes from one factor by maximum likelihood. The ordinal
    versions speak of what lies behind answers in steps. An item that points against the others,
    as one that should have been reversed does, is named.
    """
    from outcomes.pipeline.scale_reports import reliability_file
    from outcomes.surveys.scale_quality import Reckoning

    how = Reckoning(missing=missing, interval=interval, draws=draws, seed=seed)
    found, account = reliability_file(answers, instrument, how=how, reading=reading)
    put_out(found.scales, out=out, form=form)
    if items is not None:
        put_out(found.items, out=items, form="table")
    say_beside(account)


@click.command(
    epilog="Example: outcomes survey invariance data/raw/answers/spring-class-pre.csv "
    "data/raw/answers/spring-class-post.csv --instrument surveys/academy.yaml "
    "--id respondent --out meaning.csv"
)
@click.argument("before", type=FILE, metavar="PRE")
@click.argument("after", type=FILE, metavar="[POST]", required=False)
@_INSTRUMENT
@_ID
@click.option("--by", default="", metavar="COL", help="Compare the groups of PRE; without POST.")
@with_reading_options()
@with_out
def invariance(
    before: Path,
    after: Path | None,
    *,
    instrument: Path,
    respondent: str,
    by: str,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Say whether a scale meant the same before (PRE) and after (POST), or to several groups.

    Four steps hold more and more of a scale equal: its plan, how strongly items belong to it,
    where their answers start, and their error. Compare means only where the scale seems to have
    meant the same; fewer than 100 respondents cannot tell.
    """
    from outcomes.errors import OutcomesError
    from outcomes.pipeline.scale_comparisons import group_invariance_file, invariance_files

    if (after is None) == (not by):
        raise OutcomesError("Name a second file POST, or the groups of PRE with --by COL.")
    if after is None:
        table, account = group_invariance_file(before, instrument, by=by, reading=reading)
    else:
        table, account = invariance_files(
            before, after, instrument, respondent=respondent, reading=reading
        )
    put_out(table, out=out, form=form)
    say_beside(account)


@click.command(
    name="reliable-change",
    epilog="Example: outcomes survey reliable-change data/raw/answers/spring-class-pre.csv "
    "data/raw/answers/spring-class-post.csv --instrument surveys/academy.yaml --out change.csv",
)
@click.argument("before", type=FILE, metavar="PRE")
@click.argument("after", type=FILE, metavar="POST")
@_INSTRUMENT
@_ID
@click.option(
    "--error",
    type=click.Choice(["jacobson-truax", "maassen"]),
    default="jacobson-truax",
    show_default=True,
    help="The error of a difference: from the spread before, or on both occasions.",
)
@click.option(
    "--smallest",
    type=click.IntRange(min=3),
    default=10,
    show_default=True,
    help="Withhold cells on fewer people.",
)
@with_reading_options()
@with_out
def reliable_change(
    before: Path,
    after: Path,
    *,
    instrument: Path,
    respondent: str,
    error: Any,
    smallest: int,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Say which share changed by more than the error of the scale, from PRE to POST.

    Only shares are written, never who changed; small cells are withheld.
    """
    from outcomes.pipeline.scale_comparisons import reliable_change_files

    table, account = reliable_change_files(
        before,
        after,
        instrument,
        respondent=respondent,
        error=error,
        smallest=smallest,
        reading=reading,
    )
    put_out(table, out=out, form=form)
    say_beside(account)


@click.command(
    epilog="Example: outcomes survey impute data/raw/answers/spring-class-pre.csv "
    "--instrument surveys/academy.yaml --tables 5 --out means.csv"
)
@click.argument("answers", type=FILE)
@_INSTRUMENT
@click.option("--tables", default=20, show_default=True, help="How many imputed tables to pool.")
@click.option("--rounds", default=10, show_default=True, help="Rounds before a table is taken.")
@click.option(
    "--draw",
    type=click.Choice(["pmm", "norm"]),
    default="pmm",
    show_default=True,
    help="Fill a gap with the answer of somebody alike, or from a normal distribution.",
)
@_SEED
@with_reading_options()
@with_out
def impute(
    answers: Path,
    *,
    instrument: Path,
    tables: int,
    rounds: int,
    draw: Any,
    seed: int,
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Estimate the mean of each scale with unanswered items of ANSWERS imputed several times.

    Each gap is filled with several plausible answers, and the interval holds what they leave
    open. Imputed answers are nobody's answers: they are written nowhere.
    """
    from outcomes.pipeline.scale_reports import Imputation, imputed_means_file

    how = Imputation(tables=tables, rounds=rounds, seed=seed, draw=draw)
    table, account = imputed_means_file(answers, instrument, how=how, reading=reading)
    put_out(table, out=out, form=form)
    say_beside(account)


COMMANDS = (score, reliability, invariance, reliable_change, impute)
