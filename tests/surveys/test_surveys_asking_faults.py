from pathlib import Path

import pytest

from outcomes.errors import FileError
from outcomes.guards.forbidden_questions import forbidden_question
from outcomes.surveys.faults import faults
from outcomes.surveys.instrument_file import read_instrument

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "surveys").glob("*.yaml"))
ASKED = {
    "What is your religion?": "religion",
    "Which church do you attend?": "religion",
    "Do you belong to a religious community?": "religion",
    "Are you a Muslim?": "religion",
    "How often do you pray?": "religion",
    "¿Cuál es su religión?": "religion",
    "¿A qué iglesia asiste?": "religion",
    "What is your political party?": "politics",
    "How would you describe your political views?": "politics",
    "Who did you vote for?": "politics",
    "¿Por quién votó usted?": "politics",
    "¿Cuál es su partido político?": "politics",
    "What is your immigration status?": "immigration",
    "Are you a US citizen?": "immigration",
    "¿Es usted ciudadana de este país?": "immigration",
}
FINE = [
    "The police treat people of every religion with respect.",
    "People are treated fairly whatever their politics.",
    "The police respect my rights, whatever my religion.",
    "Would you come to a meeting at a church with police officers?",
    "Which of these events did you attend?",
    "Do you support more walks in your neighborhood?",
    "What is your age group?",
    "How often do you see officers on foot?",
    "Did your block party have visitors from the police?",
    "Immigrants here can call the police without fear.",
    "La policía respeta a personas de todas las religiones.",
    "Are you a member of the police?",
]


@pytest.mark.parametrize("text", list(ASKED))
def test_a_question_for_ones_own_belief_or_status_is_found(text):
    assert forbidden_question("q1", texts=[text]) == ASKED[text]


@pytest.mark.parametrize("text", FINE)
def test_a_question_on_how_people_are_treated_passes(text):
    assert forbidden_question("q1", texts=[text]) is None


def test_the_answers_offered_and_the_name_give_it_away_too():
    faiths = ["Catholic", "Protestant", "Muslim", "Something else"]
    assert forbidden_question("q1", texts=["And you?"], choices=faiths) == "religion"
    assert forbidden_question("religion") == "religion"
    assert forbidden_question("party_affiliation") == "politics"
    assert forbidden_question("respect_every_religion") is None
    assert forbidden_question("q1", choices=["Agree", "Disagree"]) is None


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_instrument_is_free_of_such_items(path):
    assert not [each for each in faults(read_instrument(path)) if "it asks for" in each.problem]


def test_an_instrument_that_asks_is_refused_with_the_reason_and_the_mend(tmp_path):
    text = (ROOT / "surveys" / "academy.yaml").read_text(encoding="utf-8")
    asks = (
        "items:\n  - name: faith\n    type: text\n    privacy: free text\n"
        '    label::en: "What is your religion?"\n    label::es: "¿Cuál es su religión?"\n'
    )
    path = tmp_path / "academy.yaml"
    path.write_text(text.replace("items:\n", asks, 1), encoding="utf-8")
    with pytest.raises(
        FileError, match=r"item faith: it asks for somebody's religion.*A6"
    ) as error:
        read_instrument(path)
    assert "Remove the item" in str(error.value)
