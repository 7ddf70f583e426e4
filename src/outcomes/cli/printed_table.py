"""A result table on a terminal: as wide as the window, so that no row has to be pieced together."""

import io
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

MOST_ROWS = 200  # nobody reads more on a screen
_NARROWEST = 24  # letters; text that is broken into shorter lines cannot be read
_GAP = 2  # spaces between columns


def print_table(table: "pd.DataFrame") -> None:
    """Print a table: for the window of a terminal, or whole and a line a row for what reads on."""
    if not sys.stdout.isatty():
        click.echo(table.to_string(index=False, na_rep=""))
        return
    click.echo(laid_out(table.iloc[:MOST_ROWS], width=shutil.get_terminal_size().columns))
    if len(table) > MOST_ROWS:
        left = len(table) - MOST_ROWS
        click.echo(f"{left:,} more rows are not shown: --out FILE writes all of them.", err=True)


def laid_out(table: "pd.DataFrame", *, width: int) -> str:
    """Lay a table out in lines that fit: long text is wrapped in its column.

    Where there are more columns than fit beside each other, each row becomes a list of its cells.

    Args:
        table: Any columns; missing cells are left blank, fractions have four digits.
        width: Letters in a line.
    """
    names = [str(name) for name in table.columns]
    blank = table.isna().to_numpy()
    cells = [
        [
            "" if gone else _cell(cell)
            for cell, gone in zip(table.iloc[:, at], blank[:, at], strict=True)
        ]
        for at in range(len(names))
    ]
    numbers = [table.iloc[:, at].dtype.kind in "iuf" for at in range(len(names))]
    if _needed(names, cells, numbers) <= width:
        return _beside(names, cells, numbers, width=width)
    rows = zip(*cells, strict=True)
    return "\n\n".join(_below(names, row, width=width) for row in rows)


def _cell(cell: object) -> str:
    if not isinstance(cell, float):  # text of others must not steer the terminal
        return "".join(
            letter if letter.isprintable() else " "
            for letter in str(cell).removesuffix(" 00:00:00")
        )
    if cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return f"{cell:.1f}" if 1000 <= abs(cell) < 1e15 else f"{cell:.4g}"


def _needed(names: Sequence[str], cells: Sequence[Sequence[str]], numbers: Sequence[bool]) -> int:
    """How many letters a line must have so that the columns can be read side by side."""
    widths = []
    for name, column, number in zip(names, cells, numbers, strict=True):
        longest = max(map(len, column), default=0)
        widths.append(max(len(name), longest if number else min(longest, _NARROWEST)))
    return sum(widths) + _GAP * max(len(widths) - 1, 0)


def _beside(
    names: Sequence[str],
    cells: Sequence[Sequence[str]],
    numbers: Sequence[bool],
    *,
    width: int,
) -> str:
    from rich.table import Table

    laid = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="")
    for name, number, column in zip(names, numbers, cells, strict=True):
        longest = max(map(len, [name, *column]))
        fixed = longest if number else min(longest, _NARROWEST)
        laid.add_column(name, min_width=fixed, overflow="fold")
        laid.columns[-1].justify = "right" if number else "left"
    return _drawn(laid, list(zip(*cells, strict=True)), width=width)


def _below(names: Sequence[str], row: Sequence[str], *, width: int) -> str:
    from rich.table import Table

    laid = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), show_header=False)
    laid.add_column(no_wrap=True)
    laid.add_column(overflow="fold")
    told = [(name, cell) for name, cell in zip(names, row, strict=True) if cell]
    return _drawn(laid, told, width=width)


def _drawn(laid: "Table", rows: Sequence[Sequence[str]], *, width: int) -> str:
    from rich.console import Console
    from rich.text import Text

    for row in rows:
        laid.add_row(*map(Text, row))  # brackets in a cell are no markup
    out = io.StringIO()
    Console(file=out, width=width, color_system=None).print(laid)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())
