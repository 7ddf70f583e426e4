"""Themes coded by hand: what counts, what two coders said, what is withheld."""

import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.surveys.text_themes import (
    COLUMNS,
    Coding,
    Theme,
    needs_coding,
    theme_code,
    theme_counts,
    themes_taken,
)

THEMES = (Theme(code="walks", label="More walks"), Theme(code="lights", label="Lights"))


def coding(text, coder="A", themes=(), offered=("walks", "lights")):
    return Coding(text=str(text), coder=coder, themes=tuple(themes), offered=tuple(offered))


def counts(codings, smallest=5):
    return theme_counts(codings, THEMES, item="why", smallest=smallest).set_index("theme")


def test_several_themes_of_one_text_count_each() -> None:
    table = counts([coding(n, themes=["walks", "lights"] if n < 10 else []) for n in range(20)])
    assert table["texts"].tolist() == [10, 10]
    assert table["of"].tolist() == [20, 20]
    assert table["share"].tolist() == [0.5, 0.5]
    assert list(table.reset_index()[list(COLUMNS)].columns) == list(COLUMNS)


def test_a_count_of_few_texts_and_one_of_all_but_few_are_withheld() -> None:
    few = counts([coding(n, themes=["walks"] if n < 3 else ["lights"]) for n in range(20)])
    assert few["texts"].isna().all()  # 3 of 20 have one theme, all but 3 the other
    assert few["share"].isna().all()
    assert (few["withheld"] == "small").all()
    none = counts([coding(n, themes=["walks"]) for n in range(20)])
    assert none["texts"].tolist() == [20, 0]


def test_a_text_counts_where_both_coders_found_the_theme_and_agreement_is_told() -> None:
    both = [coding(n, coder, ["walks"]) for n in range(10) for coder in "AB"]
    one = [
        coding(n, coder, ["walks"] if coder == "A" else []) for n in range(10, 20) for coder in "AB"
    ]
    table = counts([*both, *one])
    assert table.loc["walks", ["texts", "of", "coded_by_two"]].tolist() == [10, 20, 20]
    assert table.loc["walks", "agreement"] == 0.5
    assert table.loc["lights", "agreement"] == 1


def test_agreement_on_few_texts_is_not_told() -> None:
    codings = [coding(n, themes=["walks"] if n % 2 else []) for n in range(20)]
    table = counts([*codings, coding(1, "B", ["walks"])])
    assert pd.isna(table.loc["walks", "agreement"])
    assert pd.isna(table.loc["walks", "coded_by_two"])


def test_a_text_is_no_base_for_a_theme_that_was_not_on_its_list() -> None:
    before = [coding(n, themes=["walks"], offered=["walks"]) for n in range(10)]
    after = [coding(n, themes=["lights"]) for n in range(10, 22)]
    table = counts([*before, *after])
    assert table["of"].tolist() == [22, 12]


def test_without_codings_every_base_is_nothing() -> None:
    table = counts([])
    assert table["texts"].tolist() == [0, 0]
    assert table["of"].isna().all()


@pytest.mark.parametrize(
    ("label", "code"),
    [("More walks!", "more-walks"), ("¿Más luz?", "mas-luz"), ("a" * 60, "a" * 40)],
)
def test_a_theme_gets_a_code_of_its_label(label, code) -> None:
    assert theme_code(label) == code


@pytest.mark.parametrize("label", ["", " ?! ", "None"])
def test_a_label_that_says_nothing_is_refused(label) -> None:
    with pytest.raises(DataError, match="cannot name a theme"):
        theme_code(label)


def test_what_is_ticked_is_themes_or_none_of_them() -> None:
    assert themes_taken(["lights", "walks"], THEMES) == ("walks", "lights")
    assert themes_taken(["none"], THEMES) == ()
    for ticked in ([], ["none", "walks"]):
        with pytest.raises(DataError, match="but not both"):
            themes_taken(ticked, THEMES)
    with pytest.raises(DataError, match="changed meanwhile"):
        themes_taken(["gone"], THEMES)


def test_two_people_code_a_text_and_a_grown_list_brings_it_back_to_them() -> None:
    assert needs_coding([], coder="A", themes=THEMES)
    assert needs_coding([coding(1)], coder="B", themes=THEMES)
    assert not needs_coding([coding(1)], coder="A", themes=THEMES)
    assert not needs_coding([coding(1), coding(1, "B")], coder="C", themes=THEMES)
    grown = (*THEMES, Theme(code="noise", label="Noise"))
    assert needs_coding([coding(1), coding(1, "B")], coder="A", themes=grown)
