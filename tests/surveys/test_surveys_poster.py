import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from outcomes.errors import DataError
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.poster import poster_pdf, written_date
from outcomes.surveys.reminder import reminder_text

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))
LINK = "https://survey.example.org/s/spring-pre"
DAYS = {"opens": date(2026, 3, 2), "closes": date(2026, 3, 6)}


def words_on(pdf: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is missing")
    made = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s+", " ", made.stdout.decode())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_poster_of_every_shipped_instrument_fits_on_one_page(path) -> None:
    pdf = poster_pdf(
        read_instrument(path), agency="Marlow Falls Police Department", link=LINK, **DAYS
    )
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1


def test_a_poster_says_who_asks_that_it_is_voluntary_until_when_and_where() -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    pdf = poster_pdf(academy, agency="Elm Police", link=LINK, with_card=True, **DAYS)
    text = words_on(pdf)
    for words in (
        "A survey by Elm Police.",
        "You choose whether to take part.",
        "Participar es voluntario.",
        "from March 2, 2026 until March 6, 2026",
        "hasta el 6 de marzo de 2026",
        "You need the card with your code.",
        LINK,
    ):
        assert words in text
    assert pdf == poster_pdf(academy, agency="Elm Police", link=LINK, with_card=True, **DAYS)


def test_without_cards_a_poster_speaks_of_none() -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    assert "card" not in words_on(poster_pdf(academy, agency="Elm Police", link=LINK, **DAYS))


@pytest.mark.parametrize("link", ["", "survey.example.org", "https://a b", "javascript:alert(1)"])
def test_a_link_that_is_no_web_address_is_refused(link) -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    with pytest.raises(DataError, match="is not a web address"):
        poster_pdf(academy, agency="Elm Police", link=link, **DAYS)


def test_titles_that_do_not_fit_on_a_page_are_refused() -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    long = academy.model_copy(update={"title": {"en": "How you see the police " * 80}})
    with pytest.raises(DataError, match=r"the poster of academy fills \d+ pages"):
        poster_pdf(long, agency="Elm Police", link=LINK, **DAYS)


def test_a_long_address_stays_on_one_line_so_that_it_can_be_copied() -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    link = f"https://survey.example.org/s/{'spring-class-' * 4}pre/a-place-with-a-name"
    assert link in words_on(poster_pdf(academy, agency="Elm Police", link=link, **DAYS))


def test_a_day_is_written_as_people_write_it() -> None:
    day = date(2026, 3, 5)
    assert written_date(day, "en") == "March 5, 2026"
    assert written_date(day, "Español (es)") == "5 de marzo de 2026"
    assert written_date(day, "vi") == "March 5, 2026"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "this goes to everybody"), ("es", "a todas las personas")]
)
def test_a_reminder_goes_to_everybody_and_names_nobody(language, said) -> None:
    academy = read_instrument(ROOT / "surveys/academy.yaml")
    text = reminder_text(academy, language, agency="Elm Police", link=LINK, closes=DAYS["closes"])
    assert said in text
    assert LINK in text
    assert "card" not in text
    assert "tarjeta" not in text
    assert academy.title[language] in text
