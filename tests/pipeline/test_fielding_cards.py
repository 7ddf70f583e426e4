"""Code cards of a group: their codes are printed once and kept nowhere."""

import re
import shutil
import subprocess
from datetime import date

import pytest

from outcomes.errors import DataError
from outcomes.pipeline import cards as module
from outcomes.pipeline.cards import card_use, draw_cards, in_runs
from outcomes.store.desk_tables import CARDS
from outcomes.store.engine import reading
from outcomes.study import open_study, study_key
from outcomes.surveys.code_cards import make_codes
from outcomes.surveys.keyed_codes import respondent_of

TODAY = date(2025, 2, 1)


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def draw(study, n=3, **more):
    said = {"group": "spring", "title": "Spring class", "language": "en", **more}
    return draw_cards(study, said.pop("group"), n=n, today=TODAY, **said)


def stored(study):
    with reading(study.store) as connection:
        return connection.execute(CARDS.select()).all()


def test_the_codes_on_the_cards_are_those_whose_hashes_are_stored(study) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing")
    drawn = draw(study, 10)
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=drawn.pdf, capture_output=True, check=True
    ).stdout.decode()
    codes = re.findall(r"\b[0-9B-Z]{4}-[0-9B-Z]{3}\b", text)
    assert len(codes) == 10
    key = study_key(study)
    assert {respondent_of(key, code) for code in codes} == {row.respondent for row in stored(study)}
    assert {int(n) for n in re.findall(r"Card (\d+)", text)} == set(range(1, 11))


def test_no_code_is_stored_in_any_file_of_the_study(study, monkeypatch) -> None:
    codes = make_codes(4, seed=3)
    monkeypatch.setattr(module, "make_codes", lambda n: codes)
    draw(study, 4)
    for path in study.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(
                written.encode() in content
                for code in codes
                for written in (code, code.replace("-", ""))
            ), path


def test_serials_go_on_where_the_last_ones_ended(study) -> None:
    assert (draw(study).first, draw(study).last) == (1, 6)
    assert [row.serial for row in stored(study)] == [1, 2, 3, 4, 5, 6]


def test_nothing_is_stored_if_the_cards_cannot_be_printed(study) -> None:
    with pytest.raises(DataError, match="no font of this machine"):
        draw(study, title="\U00013000 \ue000")
    assert stored(study) == []


def test_a_code_that_was_drawn_before_is_refused_and_nothing_is_stored(study, monkeypatch) -> None:
    monkeypatch.setattr(module, "make_codes", lambda n: make_codes(n, seed=1))
    draw(study)
    with pytest.raises(DataError, match="Draw them again"):
        draw(study)
    assert len(stored(study)) == 3


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n": 0}, "0 cards cannot be printed at once"),
        ({"n": 2001}, "Ask for 1 to 2,000"),
        ({"title": "  "}, "the cards need a title"),
        ({"group": "sprng"}, "Did you mean 'spring'"),
    ],
)
def test_what_cannot_be_drawn_is_answered_with_the_rule(study, wrong, said) -> None:
    with pytest.raises(DataError, match=said):
        draw(study, **wrong)


def test_without_cards_none_are_unused(study) -> None:
    use = card_use(study, "spring-pre")
    assert (use.printed, use.unused, use.begun, use.finished) == (0, (), (), 0)


@pytest.mark.parametrize(
    ("serials", "said"),
    [((), ""), ((4,), "4"), ((1, 2), "1, 2"), ((1, 2, 3, 7, 9, 10, 11, 12), "1 to 3, 7, 9 to 12")],
)
def test_serials_are_written_briefly(serials, said) -> None:
    assert in_runs(serials) == said
