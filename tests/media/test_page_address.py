"""A page is met by the addresses that were asked, that answered, and that it calls its own."""

import time

import pytest

from outcomes.media.page_address import page_addresses

ASKED = "https://t.example/r/1"
ANSWERED = "https://www.courier.example/news/walk?utm_source=rss"


def own(markup: str) -> list[str]:
    return page_addresses(markup.encode(), asked=ASKED, answered=ANSWERED)


def test_both_addresses_name_the_page():
    assert own("<html></html>") == [ANSWERED, ASKED]


def test_addresses_of_the_same_page_stand_once():
    same = page_addresses(b"", asked="http://courier.example/news/walk/", answered=ANSWERED)
    assert same == ["http://courier.example/news/walk/"]


@pytest.mark.parametrize(
    "tag",
    [
        "<link rel='canonical' href='https://courier.example/2026/walk'>",
        '<LINK HREF="https://courier.example/2026/walk" REL="canonical" />',
        "<link href=/2026/walk rel=canonical>",
        "<link rel=stylesheet href=/x.css><link rel='canonical' href=' ../2026/walk '>",
    ],
)
def test_the_address_that_a_page_calls_its_own_is_found_however_it_is_written(tag: str):
    found = own(f"<head>{tag}</head>")
    assert len(found) == 3
    assert found[0].endswith("courier.example/2026/walk")


@pytest.mark.parametrize(
    "tag",
    [
        "<link rel='canonical' href='https://wire.example/story/9'>",  # another outlet's article
        "<link rel='canonical' href='https://www.courier.example/'>",  # a front page
        "<link rel='canonical' href=''>",
        "<link rel='canonical'>",
        "<link rel='canonical' href='http://[broken'>",
        "<link rel='amphtml' href='https://courier.example/amp/walk2'>",
    ],
)
def test_what_names_no_page_of_this_outlet_is_left(tag: str):
    assert own(tag) == [ANSWERED, ASKED]


@pytest.mark.parametrize(
    "piece", ["<link ", "<link rel=canonical href=", "<link rel='", "\x00\xff<"]
)
def test_a_page_built_to_waste_time_does_not(piece: str):
    began = time.process_time()
    page_addresses(piece.encode() * 200_000, asked=ASKED, answered=ANSWERED)
    assert time.process_time() - began < 2
