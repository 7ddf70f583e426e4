import re

import pytest
from checked_fakes import Speaking, write_lines

from outcomes.errors import FileError
from outcomes.media.model_checks.name_swaps import swap_table, swap_verdict
from outcomes.media.model_checks.swap_templates import fill_templates, usual_texts
from outcomes.stats.resampled_units import Resampling

QUICK = Resampling(draws=100)


@pytest.fixture(scope="module")
def texts():
    return fill_templates()


def test_there_are_sixty_templates_in_three_cases_and_every_text_marks_its_target(texts):
    cases = {each.template: (each.case, each.tone) for each in texts}
    assert sorted(cases.values()) == sorted(
        [("crime", 0)] * 20 + [("blame", -1)] * 20 + [("praise", 1)] * 20
    )
    for each in texts:
        assert not re.search(r"[\[\]{}]", each.text)
        assert each.text[each.start : each.end].strip()
        assert not re.search(r"\ba [aeiou]\w* (man|woman|officer)|\b[Aa] officer", each.text)
        assert each.text[0].isupper()


def test_a_template_differs_only_in_what_is_swapped(texts):
    for name in {each.template for each in texts}:
        for kind in {each.kind for each in texts if each.template == name}:
            some = [each for each in texts if (each.template, each.kind) == (name, kind)]
            assert len({each.text for each in some}) == len(some), name
            assert len({each.role for each in some}) == 1


def test_every_value_of_a_kind_stands_in_every_template_of_that_kind(texts):
    for kind in ("agency", "race", "gender", "name", "neighborhood"):
        values = {}
        for each in texts:
            if each.kind == kind:
                values.setdefault(each.template, set()).add(each.value)
        assert len({frozenset(some) for some in values.values()}) == 1


def test_a_model_that_does_not_look_at_whom_a_text_is_about_keeps_the_rule(texts):
    table = swap_table(Speaking({"praised": 1, "broke": -1}), texts, how=QUICK)
    whole = table.iloc[0]
    assert (whole["mean_change"], whole["largest_change"], whole["tone_changes"]) == (0, 0, 0)
    assert (table["p_holm"].dropna() == 1).all()
    kept, words = swap_verdict(table)
    assert kept
    assert "no such difference is beyond chance" in words


def test_a_model_that_takes_a_race_for_blame_is_found_and_the_race_is_named(texts):
    table = swap_table(Speaking({"Hispanic man": -1, "Hispanic woman": -1}), texts, how=QUICK)
    rows = table[table["role"] == "all"].set_index(["kind", "value"])
    hispanic = rows.loc[("race", "Hispanic")]
    assert hispanic["signed"] == pytest.approx(0.7 * 16 / 18)  # two templates are about officers
    assert hispanic["p_holm"] < 0.05
    assert rows.loc[("race", "white"), "signed"] < 0
    assert rows.loc[("agency", ""), "mean_change"] == 0
    kept, words = swap_verdict(table)
    assert not kept
    assert "race 'Hispanic'" in words


def test_the_direction_is_told_for_suspects_victims_and_officers_apart(texts):
    table = swap_table(Speaking({"a Black patrol": -1, "A Black patrol": -1}), texts, how=QUICK)
    rows = table[(table["kind"] == "race") & (table["value"] == "Black")].set_index("role")
    assert rows.loc["officer", "signed"] > 0.5
    assert rows.loc["victim", "signed"] == 0


def test_each_template_once_gives_rows_of_known_tone(texts):
    rows = usual_texts(texts)
    assert len(rows.table) == 60
    assert rows.table["text"].str.contains("Cobb Hollow").sum() > 40


LINE = {"id": "a", "case": "crime", "tone": 0, "text": "[{Agency}] came.", "roles": {"agency": "t"}}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"text": "{Agency} came."}, "no target is marked"),
        ({"text": "[{Agency}] met {nobody}."}, "nothing is known to fill {nobody}"),
        ({"roles": {"shoe": "suspect"}}, "no kind of swap is called 'shoe'"),
        ({"tone": 5}, "Input should be"),
    ],
)
def test_a_template_that_breaks_a_rule_is_named_with_its_line(tmp_path, change, problem):
    path = write_lines(tmp_path / "own.jsonl", [LINE, {**LINE, **change}])
    with pytest.raises(FileError, match=re.escape(problem)) as error:
        fill_templates(path)
    assert error.value.place.startswith("line 2")


def test_a_line_that_is_not_json_is_refused(tmp_path):
    (tmp_path / "own.jsonl").write_text("{oops\n", encoding="utf-8")
    with pytest.raises(FileError, match="not JSON"):
        fill_templates(tmp_path / "own.jsonl")
