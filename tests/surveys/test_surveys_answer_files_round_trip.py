"""Whatever a shipped instrument was answered with, each tool's export brings it back the same."""

import random
import tempfile
from pathlib import Path

import pytest
from answer_exports import WRITERS, asked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outcomes.surveys.answer_files import read_answer_file
from outcomes.surveys.answer_mapping import check_mapping, read_mapping
from outcomes.surveys.instrument import Instrument, answer_names
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.mapped_answers import map_answers
from outcomes.surveys.mapping_proposal import propose_mapping
from outcomes.surveys.mapping_text import mapping_text

SHIPPED = [
    read_instrument(path) for path in sorted((Path(__file__).parents[2] / "surveys").glob("*.yaml"))
]
WRITTEN = "abc DEF,;ñ.'\""


def answers(draw: random.Random, instrument: Instrument) -> dict[str, str]:
    row = {}
    for item in asked(instrument):
        if item.many:
            names = answer_names(instrument, item)
            taken = draw.sample(names, draw.randint(0, 3))
            row[item.name] = " ".join(name for name in names if name in taken)
        elif item.choice_list:
            row[item.name] = draw.choice(["", *answer_names(instrument, item)])
        elif item.type == "integer":
            row[item.name] = draw.choice(["", "0", "3", "12"])
        else:
            row[item.name] = draw.choice(["", "a" + "".join(draw.choices(WRITTEN, k=9)) + "z"])
    return row


@st.composite
def surveys(draw: st.DrawFn) -> tuple[Instrument, str, list[dict[str, str]]]:
    instrument = draw(st.sampled_from(SHIPPED))
    language = draw(st.sampled_from(instrument.languages))
    chance = random.Random(draw(st.integers(0, 2**32)))
    return (
        instrument,
        language,
        [answers(chance, instrument) for _ in range(draw(st.integers(1, 4)))],
    )


@pytest.mark.parametrize("tool", list(WRITERS))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(survey=surveys())
def test_answers_written_as_a_tool_exports_them_come_back_the_same(
    tool: str, survey: tuple[Instrument, str, list[dict[str, str]]]
) -> None:
    instrument, language, rows = survey
    kind, write = WRITERS[tool]
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "export", instrument, rows, language)
        file = read_answer_file(path)
        assert file.kind == kind
        proposal = propose_mapping(file, instrument)
        assert proposal.undecided == {}
        written = Path(folder) / "mapping.toml"
        written.write_text(mapping_text(proposal), encoding="utf-8")
        mapping = read_mapping(written)
        assert mapping == proposal.mapping
        check_mapping(mapping, file, instrument, path=written)
    found = map_answers(file, mapping, instrument)
    assert found.refusals == ()
    assert found.left_out == {}
    names = [item.name for item in asked(instrument)]
    many = {item.name for item in asked(instrument) if item.many}
    for row, cells in zip(rows, found.cells[names].to_dict("records"), strict=True):
        for name in many:
            assert set(cells[name].split()) == set(row[name].split())
        assert {k: v for k, v in cells.items() if k not in many} == {
            k: v for k, v in row.items() if k not in many
        }
