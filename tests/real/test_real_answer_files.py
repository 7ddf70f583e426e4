"""Files of answers that nobody on this project wrote: read as they are, and taken for no tool's."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from outcomes.surveys.answer_files import read_answer_file
from outcomes.surveys.instrument import Instrument
from outcomes.surveys.mapped_answers import map_answers
from outcomes.surveys.mapping_proposal import propose_mapping

REFDATA = Path(__file__).resolve().parents[3] / "shared" / "refdata"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFDATA.exists(), reason="the folder shared/refdata is not there"),
]
BFI = REFDATA / "stats" / "psych_bfi.csv"
TABLES = sorted((REFDATA / "stats").glob("*.csv"))
ITEMS = [f"{trait}{number}" for trait in "ACENO" for number in range(1, 6)]
NAMES = {"name", "address", "longitude", "latitude"}


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    """The published 25 items, by their names only."""
    return Instrument.model_validate(
        {
            "id": "bfi",
            "version": 1,
            "title::en": "A questionnaire of others",
            "languages": ["en"],
            "population": "other",
            "source": {"construct": "as published", "items": "not repeated here"},
            "licence": "only names of items",
            "notice::en": "Answers given elsewhere.",
            "choices": {
                "six": [{"name": code, "label::en": f"answer {code}"} for code in range(1, 7)]
            },
            "items": [
                {"name": name, "type": "select_one six", "label::en": name} for name in ITEMS
            ],
        }
    )


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_tables_of_others_are_plain_tables_and_only_names_are_personal(path: Path) -> None:
    file = read_answer_file(path)
    assert file.kind == "table"
    assert {column.header for column in file.used_for("personal")} <= NAMES


def test_2800_answers_come_back_from_csv_spss_and_stata_the_same(
    tmp_path: Path, instrument: Instrument
) -> None:
    table = pd.read_csv(BFI)
    sav, dta = tmp_path / "bfi.sav", tmp_path / "bfi.dta"
    labels = {name: {code: f"Answer {code}." for code in range(1, 7)} for name in ITEMS}
    pyreadstat.write_sav(table, sav, variable_value_labels=labels)
    pyreadstat.write_dta(table, dta, variable_value_labels=labels)
    raw = pd.read_csv(BFI, dtype=str, keep_default_na=False, na_values=["NA"]).fillna("")
    for path in (BFI, sav, dta):
        file = read_answer_file(path)
        found = propose_mapping(file, instrument)
        assert found.mapping is not None
        empty = {
            name: source.model_copy(update={"empty": ("NA",)})
            for name, source in found.mapping.items.items()
        }
        mapping = found.mapping.model_copy(update={"items": empty})
        answers = map_answers(file, mapping, instrument)
        assert answers.refusals == ()
        assert answers.cells[ITEMS].to_numpy().tolist() == raw[ITEMS].to_numpy().tolist()
