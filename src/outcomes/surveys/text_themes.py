"""Themes: what texts are about, as one or two people coded them by hand; counted, never scored."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from outcomes.errors import DataError
from outcomes.stats.suppression import suppress

MOST_THEMES = 30
MOST_CODERS = 2  # of one text
NONE_FITS = "none"  # what a coder ticks where no theme fits; no theme has that code
COLUMNS = ("item", "theme", "label", "texts", "of", "share", "coded_by_two", "agreement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme of an item's list."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What one coder found in one text."""

    text: str  # its mark
    coder: str
    themes: tuple[str, ...]  # codes; none fits: empty
    offered: tuple[str, ...]  # the list as it was then


def theme_code(label: str) -> str:
    """Make a code of a theme's label: ``More walks!`` becomes ``more-walks``.

    Raises:
        DataError: Nothing is left of it, or it says what a coder ticks where none fits.
    """
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not code or code == NONE_FITS:
        raise DataError(
            f"{label!r} cannot name a theme. Write a few words, such as: walks at other times"
        )
    return code


def themes_taken(ticked: Sequence[str], themes: Sequence[Theme]) -> tuple[str, ...]:
    """Read what a coder ticked.

    Raises:
        DataError: Nothing is ticked, "none fits" stands beside a theme, or a theme is not on the
            list.
    """
    known = [theme.code for theme in themes]
    taken = tuple(code for code in known if code in ticked)
    none = NONE_FITS in ticked
    if set(ticked) - set(known) - {NONE_FITS}:
        raise DataError("the list of themes was changed meanwhile. Look at it and code once more")
    if bool(taken) == none:
        raise DataError("tick the themes of the text, or that none fits, but not both")
    return taken


def needs_coding(codings: Sequence[Coding], *, coder: str, themes: Sequence[Theme]) -> bool:
    """Say whether a coder should look at a text: never yet, or by a list that has grown since.

    Args:
        codings: Of this text, the newest of each coder.
        coder: Who asks.
        themes: The list as it is now.
    """
    own = next((coding for coding in codings if coding.coder == coder), None)
    if own is None:
        return len(codings) < MOST_CODERS
    return not {theme.code for theme in themes} <= set(own.offered)


def theme_counts(
    codings: Iterable[Coding], themes: Sequence[Theme], *, item: str, smallest: int
) -> pd.DataFrame:
    """Count in how many texts each theme was found.

    A text is counted under a theme where everybody who coded it found the theme. It counts in the
    base of a theme where the theme was on the list of each coder. One person writes one text to
    an item, so that texts are people.

    Args:
        codings: The newest of each coder and text.
        themes: The list.
        item: The item, copied to the table.
        smallest: The floor: a count of fewer texts is withheld, and so is one of all but fewer.

    Returns:
        One row a theme: item, theme, label, texts, of, share, coded_by_two, agreement (in what
        share of texts that two people coded they agreed on this theme), withheld. What may not
        be told is empty.

    Source:
        Issue 5, 6: hand coding, no automatic sentiment.
    """
    by_text: dict[str, list[Coding]] = defaultdict(list)
    for coding in codings:
        by_text[coding.text].append(coding)
    rows = [_row(list(by_text.values()), theme) for theme in themes]
    table = pd.DataFrame(rows, columns=["theme", "label", "texts", "of", "coded_by_two", "agreed"])
    shown = _told(table, smallest=smallest)
    return shown.assign(item=item)[[*COLUMNS, "withheld"]]


def _row(texts: Sequence[Sequence[Coding]], theme: Theme) -> dict[str, object]:
    judged = [own for own in texts if all(theme.code in coding.offered for coding in own)]
    found = [[theme.code in coding.themes for coding in own] for own in judged]
    two = [own for own in found if len(own) > 1]
    return {
        "theme": theme.code,
        "label": theme.label,
        "texts": sum(all(own) for own in found),
        "of": len(found),
        "coded_by_two": len(two),
        "agreed": sum(len(set(own)) == 1 for own in two),
    }


def _told(table: pd.DataFrame, *, smallest: int) -> pd.DataFrame:
    """Withhold a theme where the texts with it, or without it, are few."""
    parts = pd.concat(
        [
            table.assign(n=table["texts"]),
            table.assign(n=table["of"] - table["texts"]),
        ]
    )
    checked = suppress(parts, count="n", values=[], groups=["theme"], smallest=smallest)
    held = set(checked.loc[checked["withheld"] != "", "theme"])
    shown = table.copy()
    shown["withheld"] = ["small" if code in held else "" for code in table["theme"]]
    for name in ("texts", "of", "coded_by_two", "agreed"):
        shown[name] = pd.to_numeric(shown[name]).astype("Float64")
    shown.loc[shown["withheld"] != "", ["texts", "agreed", "coded_by_two"]] = pd.NA
    shown.loc[shown["of"] < smallest, "of"] = pd.NA
    shown["share"] = shown["texts"] / shown["of"].where(shown["of"] > 0)
    few = shown["coded_by_two"] < smallest
    shown.loc[few.fillna(True), ["coded_by_two", "agreed"]] = pd.NA
    shown["agreement"] = shown["agreed"] / shown["coded_by_two"]
    return shown
