"""Options and output that several commands share."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from outcomes.cli.printed_table import print_table
from outcomes.errors import OutcomesError

if TYPE_CHECKING:
    import pandas as pd

    from outcomes.pipeline.importing import Imported
    from outcomes.study import Study

F = TypeVar("F", bound=Callable[..., Any])

ENDINGS = (".csv", ".parquet", ".json", ".jsonl")
_WRITTEN = {"out", "items_out", "items", "report", "picture"}  # the others are read


class _File(click.Path):
    """A file to read or to write; what a command reads it never writes over."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """Make it a path, and refuse one file for both."""
        path = cast("Path", super().convert(value, param, ctx))
        if param is not None and ctx is not None:
            named: list[tuple[Path, str]] = ctx.meta.setdefault(__name__, [])
            for other, name in named:
                if (name in _WRITTEN) != (param.name in _WRITTEN) and _are_one(path, other):
                    raise OutcomesError(
                        f"{path}: it is to be read and to be written over. Name another file to "
                        "write, so that yours is kept."
                    )
            named.append((path, param.name))
        return path


FILE = _File(path_type=Path, dir_okay=False)


def _are_one(path: Path, other: Path) -> bool:
    return path.exists() and other.exists() and path.samefile(other)


class StudyFolder(click.ParamType["Study"]):
    """The study that a command works in: the folder named, or the one around the current one."""

    name = "folder"

    def convert(self, value: Any, param: Any, ctx: Any) -> "Study":
        """Open the study."""
        from outcomes.study import Study, open_study

        return value if isinstance(value, Study) else open_study(Path(value) if value else None)


def with_study(command: F) -> F:
    """Add --study; the command receives an open Study."""
    return click.option(
        "--study",
        type=StudyFolder(),
        default="",
        metavar="FOLDER",
        help="The study folder; by default the one around the current folder.",
    )(command)


with_encoding = click.option(
    "--encoding", default="utf-8-sig", show_default=True, help="Of a file of text, such as a CSV."
)
with_amend = click.option(
    "--amend", is_flag=True, help="Store changed rows as corrections of known ones."
)
_RENAME = click.option(
    "--rename",
    multiple=True,
    metavar="'THEIRS=OURS'",
    help="What a column of the file is called here; may be repeated.",
)
_DATE_ORDER = click.option(
    "--date-order",
    type=click.Choice(["YMD", "MDY", "DMY"]),
    default="YMD",
    show_default=True,
    help="How the file writes dates.",
)
_WITHOUT = click.option(
    "--without",
    multiple=True,
    metavar="COLUMN",
    help="A column of the file to leave out unread; may be repeated.",
)
_LEAVE_OUT = click.option(
    "--leave-out-refused",
    is_flag=True,
    help="Go on with the good rows although others are refused.",
)


def with_reading_options(*, dates: bool = True, guarded: bool = False) -> Callable[[F], F]:
    """Add the options that say how a file is read; the command receives them as ``reading``.

    Args:
        dates: Whether the file may hold dates, so that their order can be said.
        guarded: As for ``with_import_options``.
    """
    offered = [_LEAVE_OUT, with_encoding]
    offered += [_DATE_ORDER] if dates else []
    offered += [_WITHOUT] if guarded else []

    def decorate(command: F) -> F:
        @wraps(command)
        def with_reading(*args: Any, rename: tuple[str, ...], **options: Any) -> Any:
            from outcomes.sheets import Reading

            names = ("date_order", "encoding", "leave_out_refused", "without")
            how = {name: options.pop(name) for name in names if name in options}
            return command(*args, reading=Reading(rename=renames(rename), **how), **options)

        found: Any = with_reading
        for option in (*offered, _RENAME):
            found = option(found)
        return cast("F", found)

    return decorate


def with_import_options(*, dates: bool = True, guarded: bool = False) -> Callable[[F], F]:
    """Add the options of every import of a table: ``reading``, and --amend.

    Args:
        dates: As for ``with_reading_options``.
        guarded: Whether columns that engagement never keeps are refused, so that --without can
            leave them out unread.
    """
    return lambda command: with_reading_options(dates=dates, guarded=guarded)(with_amend(command))


def with_out(command: F) -> F:
    """Add --out FILE (CSV or Parquet by its ending) and --format json."""
    command = click.option(
        "--format",
        "form",
        type=click.Choice(["table", "json"]),
        default="table",
        help="json prints the result as JSON instead of a table.",
    )(command)
    return click.option("--out", type=FILE, help="Write here: .csv or .parquet.")(command)


def renames(pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``--rename THEIRS=OURS`` options."""
    found = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or not ours:
            raise OutcomesError(f"--rename {pair!r}: write it as 'THEIR NAME=our_name'.")
        found[theirs.strip()] = ours.strip()
    return found


def say_import(imported: "Imported") -> None:
    """Print the account of an import."""
    for line in imported.sentences():
        click.echo(line)


def say_beside(lines: Iterable[str]) -> None:
    """Say what the reader of a result should know beside it, so that the result may be piped."""
    for line in lines:
        click.echo(line, err=True)


def put_out(table: "pd.DataFrame", *, out: Path | None, form: str) -> None:
    """Write or print a result table."""
    from outcomes.sheets.csv_text import csv_text
    from outcomes.study import write_whole

    if out is not None and out.suffix.lower() not in ENDINGS:
        raise OutcomesError(f"--out {out}: the ending must be one of {', '.join(ENDINGS)}.")
    if out is not None and out.suffix.lower() == ".parquet":
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.with_name(out.name + ".part")
        table.to_parquet(part, index=False)
        part.replace(out)
    elif out is not None and out.suffix.lower() in {".json", ".jsonl"}:
        write_whole(out, _json(table, lines=out.suffix.lower() == ".jsonl"))
    elif out is not None:
        write_whole(out, csv_text(table))
    if form == "json":
        click.echo(_json(table))
    elif out is None:
        print_table(table)
    else:
        click.echo(f"{len(table)} rows written to {out}")


def _json(table: "pd.DataFrame", *, lines: bool = False) -> str:
    text: str = table.to_json(
        orient="records", lines=lines, force_ascii=False, date_format="iso", double_precision=15
    )
    return text
