"""Expressions are read by many threads at once: a server answers many people."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from outcomes.surveys.exchange.xform import to_xform
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.xpath_parser import parse

SURVEYS = Path(__file__).resolve().parents[2] / "surveys"

TEXTS = [
    f"(/form/a{number} = '1' and not(/form/b{number} = 'x')) or count-selected(/form/c) > {number}"
    for number in range(300)
]


@pytest.fixture
def shipped() -> list[Instrument]:
    return [read_instrument(path) for path in sorted(SURVEYS.glob("*.yaml"))]


def test_texts_that_are_read_at_once_do_not_mix() -> None:
    alone = [str(parse(text).tree) for text in TEXTS]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: str(parse(text).tree), TEXTS))
    assert together == alone


def test_forms_that_are_compiled_at_once_do_not_mix(shipped) -> None:
    alone = [to_xform(instrument) for instrument in shipped]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(to_xform, shipped))
    assert together == alone
