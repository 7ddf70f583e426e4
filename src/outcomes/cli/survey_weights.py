"""Survey commands about weights: estimate from a designed sample, weigh, judge small areas."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from outcomes.cli.options import FILE, put_out, say_beside, with_out, with_reading_options
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    from outcomes.sheets import Reading
    from outcomes.surveys.weighting import Sample

F = TypeVar("F", bound=Callable[..., Any])

_WEIGHING = (
    click.option("--weights", default="", metavar="COL", help="How many people each stands for."),
    click.option("--rake", type=FILE, help="Known margins: columns column, value, total or share."),
    click.option("--post-stratify", type=FILE, help="Known cells, in the same form: sex:age."),
    click.option("--trim", default="", metavar="LOW,HIGH", help="Hold the weights within these."),
)
_DRAWING = (
    click.option("--strata", default="", metavar="COL", help="Strata that were sampled apart."),
    click.option("--cluster", default="", metavar="COLS", help="Clusters, one column a stage."),
    click.option("--fpc", default="", metavar="COLS", help="Units in the stratum's population."),
    click.option("--nest", is_flag=True, help="Clusters are numbered anew in each stratum."),
    click.option(
        "--lonely",
        type=click.Choice(["refuse", "remove", "adjust", "average"]),
        default="refuse",
        show_default=True,
        help="What becomes of a stratum with one cluster.",
    ),
    click.option(
        "--replicates",
        type=click.Choice(["jk1", "jkn", "bootstrap", "brr"]),
        help="Standard errors from replicate weights.",
    ),
    click.option(
        "--replicate-weights",
        multiple=True,
        metavar="COL",
        help="They stand in the file; may be repeated, or be brr_1..brr_32.",
    ),
    click.option("--replicate-scale", type=float, help="What the file's maker says each counts."),
    click.option("--replicate-count", default=500, show_default=True, help="Of the bootstrap."),
    click.option("--seed", default=1, show_default=True, help="Of the bootstrap."),
)


def _with(options: tuple[Any, ...]) -> Callable[[F], F]:
    """Add options; the command receives all that they say as ``sample``."""

    def decorate(command: F) -> F:
        @wraps(command)
        def with_sample(*args: Any, **given: Any) -> Any:
            names = {"weights", "rake", "post_stratify", "trim", "strata", "cluster", "fpc", "nest"}
            names |= {"lonely", "replicates", "seed"}
            names |= {f"replicate_{each}" for each in ("weights", "scale", "count")}
            said = {name: given.pop(name) for name in names & set(given)}
            return command(*args, sample=_sample(said), **given)

        found: Any = with_sample
        for option in reversed(options):
            found = option(found)
        return cast("F", found)

    return decorate


def _sample(said: dict[str, Any]) -> "Sample":
    from outcomes.pipeline.weighting import margins_of
    from outcomes.surveys.weighting import Replication, Sample

    replication = Replication()
    if said.get("replicates") or said.get("replicate_weights"):
        replication = Replication(
            kind=said["replicates"] or "",
            columns=_columns(said["replicate_weights"]),
            scale=said["replicate_scale"],
            count=said["replicate_count"],
            seed=said["seed"],
        )
    return Sample(
        weights=said["weights"],
        strata=said.get("strata", ""),
        clusters=_listed(said.get("cluster", "")),
        populations=_listed(said.get("fpc", "")),
        nest=said.get("nest", False),
        lonely=said.get("lonely", "refuse"),
        rake=margins_of(said["rake"]),
        post_stratify=margins_of(said["post_stratify"]),
        trim=_limits(said["trim"]),
        replication=replication,
    )


@click.command(
    epilog="Example: outcomes survey estimate data/raw/answers/residents-pre.csv "
    "--statistic proportion --of victim_1 --equals 1 --missing -9 --by place --out victims.csv"
)
@click.argument("file", type=FILE)
@click.option(
    "--statistic",
    type=click.Choice(["mean", "total", "proportion", "ratio"]),
    required=True,
    help="What to estimate.",
)
@click.option("--of", "of", required=True, metavar="COL", help="The column with the answers.")
@click.option("--over", default="", metavar="COL", help="For a ratio: the column below the line.")
@click.option(
    "--equals",
    default="",
    metavar="VALUES",
    help="For a proportion: answers that count, with commas. Without it, each gets its share.",
)
@click.option("--by", default="", metavar="COL", help="Estimate for each group of this column.")
@click.option("--missing", default="", metavar="CODES", help="Answers that mean none: -9,-8")
@click.option(
    "--interval",
    type=click.Choice(["logit", "beta"]),
    default="logit",
    show_default=True,
    help="Of a proportion; beta is wider for rare things.",
)
@_with((*_WEIGHING, *_DRAWING))
@with_reading_options(dates=False)
@with_out
def estimate(
    file: Path,
    *,
    statistic: Any,
    of: str,
    over: str,
    equals: str,
    by: str,
    missing: str,
    interval: Any,
    sample: "Sample",
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Estimate from FILE (CSV or Excel), one row a respondent.

    Writes term, value, se, low, high, df, deff, n. Standard errors know weights, strata, clusters,
    populations and margins; deff compares their square with that of a simple random sample.
    """
    from outcomes.pipeline.surveys import estimate_file
    from outcomes.surveys.microdata import Question

    if equals and statistic != "proportion":
        raise OutcomesError(f"--equals goes with --statistic proportion, not with a {statistic}.")
    if bool(over) != (statistic == "ratio"):
        raise OutcomesError("--over goes with --statistic ratio, and a ratio needs it.")
    question = Question(
        statistic=statistic,
        of=of,
        over=over,
        equals=_listed(equals),
        by=by,
        missing=_listed(missing),
        sample=sample,
    )
    found, account = estimate_file(file, question, interval=interval, reading=reading)
    put_out(found.table, out=out, form=form)
    say_beside(account)


@click.command(
    epilog="Example: outcomes survey weigh people.csv --rake margins.csv --out weighted.csv"
)
@click.argument("file", type=FILE)
@click.option("--name", default="weight", show_default=True, help="Of the new column.")
@_with(_WEIGHING)
@with_reading_options(dates=False)
@with_out
def weigh(
    file: Path, *, name: str, sample: "Sample", reading: "Reading", out: Path | None, form: str
) -> None:
    """Add a column of weights to FILE with which it meets known margins.

    Says how uneven the weights became (Kish's design effect), what the answers are worth, and
    whether the margins are met. Standard errors need the margins too: give them to estimate.
    """
    from outcomes.pipeline.weighting import weigh_file

    table, account = weigh_file(file, sample, name=name, reading=reading)
    put_out(table, out=out, form=form)
    say_beside(account)


@click.command(
    epilog="Example: outcomes survey areas data/raw/answers/residents-pre.csv --of victim_1 "
    "--equals 1 --missing -9 --by place --out areas.csv"
)
@click.argument("file", type=FILE)
@click.option("--of", "of", required=True, metavar="COL", help="The column with the answers.")
@click.option("--by", required=True, metavar="COL", help="The column with the areas.")
@click.option("--equals", default="", metavar="VALUES", help="Answers whose share is asked for.")
@click.option("--missing", default="", metavar="CODES", help="Answers that mean none: -9,-8")
@click.option("--covariates", type=FILE, help="Numbers known of each area, for model estimates.")
@_with((*_WEIGHING, *_DRAWING))
@with_reading_options(dates=False)
@with_out
def areas(
    file: Path,
    *,
    of: str,
    by: str,
    equals: str,
    missing: str,
    covariates: Path | None,
    sample: "Sample",
    reading: "Reading",
    out: Path | None,
    form: str,
) -> None:
    """Say of each small area in FILE whether its answers bear a number of its own.

    Writes a direct estimate with its interval, and the advice: publish, publish with caution, pool
    or suppress. With --covariates, a Fay-Herriot model estimate stands beside it, named as one.
    """
    from outcomes.pipeline.weighting import areas_of_file
    from outcomes.surveys.microdata import Question

    question = Question(
        statistic="proportion" if equals else "mean",
        of=of,
        equals=_listed(equals),
        by=by,
        missing=_listed(missing),
        sample=sample,
    )
    table, account = areas_of_file(file, question, covariates=covariates, reading=reading)
    put_out(table, out=out, form=form)
    say_beside(account)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _limits(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise OutcomesError(f"--trim {text!r}: write two numbers, as in 0.3,5.") from None
    return low, high


def _columns(named: tuple[str, ...]) -> tuple[str, ...]:
    """Read --replicate-weights: names, or a first and a last one with two dots between."""
    found: list[str] = []
    for name in named:
        first, dots, last = name.partition("..")
        stem = first.rstrip("0123456789")
        if not dots:
            found.append(name)
            continue
        ends = [each.removeprefix(stem) for each in (first, last)]
        if not last.startswith(stem) or not all(each.isdigit() for each in ends):
            raise OutcomesError(
                f"--replicate-weights {name!r}: write the first and the last column, as in "
                "brr_1..brr_32."
            )
        found += [f"{stem}{number}" for number in range(int(ends[0]), int(ends[1]) + 1)]
    return tuple(found)


COMMANDS = (estimate, weigh, areas)
