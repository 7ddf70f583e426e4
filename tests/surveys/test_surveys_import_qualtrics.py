import copy
import json
import random

import pytest

from outcomes.errors import FileError
from outcomes.surveys.exchange.formulas import NotTranslatable
from outcomes.surveys.exchange.qualtrics_in import read_qualtrics
from outcomes.surveys.exchange.qualtrics_logic import Question, condition
from outcomes.surveys.exchange.xform import to_xform
from outcomes.surveys.flow import state


def choices(*labels, **extra):
    return {
        str(at): {"Display": label} | extra.get(f"c{at}", {})
        for at, label in enumerate(labels, start=1)
    }


def question(qid, type_="MC", selector="SAVR", **more):
    payload = {
        "QuestionText": f"<b>Text</b> of {qid}",
        "DataExportTag": qid.replace("QID", "Q"),
        "QuestionType": type_,
        "Selector": selector,
        "QuestionID": qid,
        "Validation": {"Settings": {"ForceResponse": "OFF"}},
        "Language": [],
    }
    if type_ == "MC":
        payload |= {"Choices": choices("Yes", "No"), "ChoiceOrder": [1, 2]}
    return {"Element": "SQ", "PrimaryAttribute": qid, "Payload": payload | more}


def term(locator, operator="Selected", right=None, join=None, kind="Question"):
    found = {"LogicType": kind, "LeftOperand": locator, "Operator": operator, "Type": "Expression"}
    return (
        found | ({"RightOperand": right} if right else {}) | ({"Conjuction": join} if join else {})
    )


def logic(*terms):
    inner = {str(at): each for at, each in enumerate(terms)}
    return {"0": {**inner, "Type": "If"}, "Type": "BooleanExpression", "inPage": False}


def survey(tmp_path, *questions, flow=None, blocks=None, extra=(), language="EN"):
    qids = [each["PrimaryAttribute"] for each in questions]
    blocks = blocks or {"BL_1": qids}
    elements = [
        {
            "Element": "BL",
            "PrimaryAttribute": "Survey Blocks",
            "Payload": [
                {
                    "Type": "Trash" if name == "BL_trash" else "Standard",
                    "ID": name,
                    "Description": f"Block {name}",
                    "BlockElements": [{"Type": "Question", "QuestionID": qid} for qid in inside],
                }
                for name, inside in blocks.items()
            ],
        },
        {
            "Element": "FL",
            "PrimaryAttribute": "Survey Flow",
            "Payload": {
                "Type": "Root",
                "Flow": flow
                or [{"Type": "Block", "ID": name} for name in blocks if name != "BL_trash"],
            },
        },
        *questions,
        *extra,
    ]
    path = tmp_path / "form.qsf"
    entry = {"SurveyName": "Walks 2026", "SurveyLanguage": language}
    path.write_text(json.dumps({"SurveyEntry": entry, "SurveyElements": elements}))
    return path


def items(done):
    assert done.instrument is not None, done.sentences()
    to_xform(done.instrument)
    return {item.name: item for item in done.instrument.items}


def reasons(done, fate):
    return " / ".join(f"{each.part}: {each.why}" for each in done.mapping if each.fate == fate)


def shown(done, answers):
    return {name for name, item in state(done.instrument, answers).items.items() if item.shown}


def test_the_types_of_question_are_taken_or_dropped_by_a_rule(tmp_path):
    number = {"Settings": {"ForceResponse": "ON", "Type": "ContentType"}}
    number["Settings"] |= {"ContentType": "ValidNumber"}
    number["Settings"]["ValidNumber"] = {"Min": "18", "Max": "99", "NumDecimals": "0"}
    grid = {
        "SubSelector": "SingleAnswer",
        "Choices": choices("Fair", "Polite"),
        "Answers": choices("No", "Yes"),
        "RecodeValues": {"1": "0", "2": "1"},
    }
    slider = {"Choices": choices("Warm"), "Configuration": {"CSSliderMin": 0, "CSSliderMax": 10}}
    done = read_qualtrics(
        survey(
            tmp_path,
            question("QID1", RecodeValues={"1": "1", "2": "5"}),
            question(
                "QID2",
                selector="MAVR",
                Choices=choices("A", "B", "None", c3={"ExclusiveAnswer": True}),
                ChoiceOrder=["2", "1", "3"],
            ),
            question("QID3", selector="DL"),
            question(
                "QID4", selector="SAVR", Choices=choices("A", "Else", c2={"TextEntry": "true"})
            ),
            question("QID5", "Matrix", "Likert", **grid),
            question("QID6", "TE", "SL", Validation=number),
            question("QID7", "TE", "ML"),
            question("QID8", "TE", "FORM", Choices=choices("Street", "Park")),
            question("QID9", "DB", "TB"),
            question("QID10", "Slider", "HSLIDER", **slider),
            question("QID11", "RO", "DND", Choices=choices("A", "B")),
            question("QID12", "CS", "VRTL", Choices=choices("A", "B")),
            question("QID13", "Matrix", "Likert", **grid | {"SubSelector": "MultipleAnswer"}),
            question("QID14", "FileUpload", "FileUpload"),
            question("QID15", "Timing", "PageTimer"),
            question("QID16", selector="NPS", Choices={}),
        )
    )
    found = items(done)
    assert done.count("error") == 0, done.sentences()
    codes = {name: [c.name for c in rows] for name, rows in done.instrument.choices.items()}
    assert codes[found["Q1"].choice_list] == ["1", "5"]
    assert codes[found["Q2"].choice_list] == ["2", "1", "3"]
    assert found["Q2"].constraint == "not(selected(., '3') and count-selected(.) > 1)"
    assert found["Q3"].appearance == "minimal"
    assert found["Q4_2_TEXT"].relevant == "${Q4} = '2'"
    assert done.instrument.groups["Q5"].appearance == "matrix"
    assert codes[found["Q5_1"].choice_list] == ["0", "1"]
    assert (found["Q6"].type, found["Q6"].constraint) == ("integer", ". >= 18 and . <= 99")
    assert found["Q6"].required
    assert found["Q7"].appearance == "multiline"
    assert found["Q8_2"].label == {"en": "Park"}
    assert found["Q9"].type == "note"
    assert found["Q10_1"].constraint == ". >= 0 and . <= 10"
    assert found["Q11_2"].constraint == ". >= 1 and . <= 2 and not(. = ${Q11_1})"
    assert len(codes[found["Q16"].choice_list]) == 11
    dropped = reasons(done, "dropped by rule")
    for words in ("QID13", "files are not collected", "times of single answers", "total"):
        assert words in dropped


def test_display_logic_decides_what_is_shown(tmp_path):
    both = logic(
        term("q://QID1/SelectableChoice/1"),
        term("q://QID2/ChoiceTextEntryValue", "GreaterThan", "17", join="And"),
        term("q://QID3/SelectableChoice/2", "NotSelected", join="Or"),
    )
    number = {"Settings": {"ContentType": "ValidNumber", "ValidNumber": {}}}
    done = read_qualtrics(
        survey(
            tmp_path,
            question("QID1", RecodeValues={"1": "7", "2": "8"}),
            question("QID2", "TE", "SL", Validation=number),
            question("QID3", selector="MAVR"),
            question("QID4", "TE", "SL", DisplayLogic=both),
        )
    )
    expected = "(${Q1} = '7' and ${Q2} > 17) or not(selected(${Q3}, '2'))"
    assert items(done)["Q4"].relevant == expected
    assert "Q4" in shown(done, {"Q1": "7", "Q2": "18", "Q3": "2"})
    assert "Q4" not in shown(done, {"Q1": "8", "Q2": "18", "Q3": "2"})


def test_a_branch_becomes_the_condition_of_its_pages_and_an_end_that_of_the_others(tmp_path):
    flow = [
        {"Type": "EmbeddedData", "FlowID": "FL_1"},
        {"Type": "Block", "ID": "BL_1"},
        {
            "Type": "Branch",
            "FlowID": "FL_2",
            "BranchLogic": logic(term("q://QID1/SelectableChoice/2")),
            "Flow": [{"Type": "Block", "ID": "BL_2"}, {"Type": "EndSurvey", "FlowID": "FL_3"}],
        },
        {"Type": "Block", "ID": "BL_3"},
    ]
    blocks = {"BL_1": ["QID1"], "BL_2": ["QID2"], "BL_3": ["QID3"], "BL_trash": ["QID4"]}
    questions = [question(f"QID{at}") for at in (1, 2, 3, 4)]
    done = read_qualtrics(survey(tmp_path, *questions, flow=flow, blocks=blocks))
    assert set(items(done)) == {"Q1", "Q2", "Q3"}
    assert shown(done, {"Q1": "2"}) == {"Q1", "Q2"}
    assert shown(done, {"Q1": "1"}) == {"Q1", "Q3"}
    dropped = reasons(done, "dropped by rule")
    assert "trash" in dropped
    assert "EmbeddedData" in dropped


def test_a_skip_forward_hides_what_it_leaps_over(tmp_path):
    skip = [
        {
            "Locator": "q://QID1/SelectableChoice/1",
            "Condition": "Selected",
            "SkipToDestination": "QID3",
        }
    ]
    done = read_qualtrics(
        survey(tmp_path, question("QID1", SkipLogic=skip), question("QID2"), question("QID3"))
    )
    assert items(done)["Q2"].relevant == "not(${Q1} = '1')"
    assert shown(done, {"Q1": "1"}) == {"Q1", "Q3"}


def test_translations_are_read_and_gaps_reported(tmp_path):
    spanish = {"ES": {"QuestionText": "Texto", "Choices": choices("Sí", "")}}
    done = read_qualtrics(survey(tmp_path, question("QID1", Language=spanish)))
    assert done.instrument.languages == ("en", "es")
    assert items(done)["Q1"].label == {"en": "Text of QID1", "es": "Texto"}
    assert "language es, 2 empty texts" in reasons(done, "dropped by rule")


def test_inserted_answers_and_scripts_do_not_stay_in_texts(tmp_path):
    text = "Hello ${q://QID1/ChoiceGroup/SelectedChoices}<script>alert(1)</script>"
    done = read_qualtrics(
        survey(tmp_path, question("QID1"), question("QID2", QuestionText=text, QuestionJS="x()"))
    )
    assert items(done)["Q2"].label["en"] == "Hello […]"
    assert "a script is never run" in reasons(done, "dropped by rule")


def test_logic_that_is_lost_is_an_error_and_hides_the_question(tmp_path):
    lost = logic(term("field", "EqualTo", "x", kind="EmbeddedField"))
    path = survey(tmp_path, question("QID1"), question("QID2", DisplayLogic=lost))
    done = read_qualtrics(path)
    assert done.instrument is None
    assert "EmbeddedField" in reasons(done, "error")
    assert items(read_qualtrics(path, keep_going=True))["Q2"].relevant == "false()"


@pytest.mark.parametrize(
    ("flow", "words"),
    [
        ([{"Type": "Block", "ID": "BL_9"}], "not in the file"),
        ([{"Type": "Block", "ID": "BL_1"}, {"Type": "Block", "ID": "BL_1"}], "twice"),
        (
            [
                {
                    "Type": "BlockRandomizer",
                    "SubSet": 1,
                    "Flow": [{"Type": "Block", "ID": "BL_1"}, {"Type": "EmbeddedData"}],
                }
            ],
            "chance shows 1 of its 2",
        ),
        ([{"Type": "Unheard"}, {"Type": "Block", "ID": "BL_1"}], "Unheard"),
    ],
)
def test_a_flow_that_cannot_be_kept_is_an_error(tmp_path, flow, words):
    assert words in reasons(read_qualtrics(survey(tmp_path, question("QID1"), flow=flow)), "error")


QUESTIONS = {
    "QID1": Question(item="Q1", codes={"1": "1", "2": "5"}),
    "QID2": Question(item="Q2", many=True, codes={"1": "1"}),
    "QID3": Question(rows={"1": "Q3_1"}, codes={"4": "4"}),
    "QID4": Question(item="Q4"),
    "QID5": Question(lost="a file"),
}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (term("q://QID1/SelectableChoice/2"), "${Q1} = '5'"),
        (term("q://QID2/SelectableChoice/1", "NotSelected"), "not(selected(${Q2}, '1'))"),
        (term("q://QID3/SelectableChoice/1/4"), "${Q3_1} = '4'"),
        (term("q://QID2/SelectedChoicesCount", "GreaterThan", "1"), "count-selected(${Q2}) > 1"),
        (term("q://QID4/ChoiceTextEntryValue", "Contains", "ell"), "contains(${Q4}, 'ell')"),
        (term("q://QID4/ChoiceTextEntryValue", "Empty"), "${Q4} = ''"),
        (term("q://QID4/ChoiceTextEntryValue", "EqualTo", "x's"), '${Q4} = "x\'s"'),
    ],
)
def test_comparisons_are_translated(given, expected):
    assert condition(logic(given), QUESTIONS) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (term("q://QID9/SelectableChoice/1"), "no question"),
        (term("q://QID1/SelectableChoice/9"), "names no choice"),
        (term("q://QID5/SelectableChoice/1"), "was not taken over"),
        (term("q://QID1/QuestionDisplayed", "Displayed"), "counterpart"),
        (term("q://QID4/ChoiceTextEntryValue", "LessThan", "b"), "no number"),
    ],
)
def test_comparisons_without_a_counterpart_are_refused(given, words):
    with pytest.raises(NotTranslatable, match=words):
        condition(logic(given), QUESTIONS)


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", '{"SurveyElements": [1, null]}'])
def test_a_file_that_is_no_survey_gives_one_error(tmp_path, content):
    path = tmp_path / "broken.qsf"
    path.write_text(content)
    done = read_qualtrics(path)
    assert done.instrument is None
    assert done.count("error") == 1


def test_a_damaged_survey_never_crashes(tmp_path):
    rng = random.Random(5)
    path = survey(
        tmp_path,
        question("QID1", DisplayLogic=logic(term("q://QID1/SelectableChoice/1"))),
        question(
            "QID2",
            "Matrix",
            "Likert",
            SubSelector="SingleAnswer",
            Choices=choices("a"),
            Answers=choices("b"),
            Language={"ES": {"Choices": choices("c")}},
        ),
        question("QID3", "TE", "SL"),
    )
    whole = json.loads(path.read_text())
    for _ in range(400):
        data = copy.deepcopy(whole)
        for _ in range(3):
            damage(data, rng)
        path.write_text(json.dumps(data))
        assert read_qualtrics(path, keep_going=True).mapping


def damage(data, rng):
    """Replace one value somewhere in the tree by nonsense."""
    while True:
        key = rng.choice(list(data) if isinstance(data, dict) else range(len(data)))
        if not isinstance(data[key], dict | list) or not data[key] or rng.random() < 0.12:
            data[key] = rng.choice([None, [], {}, "", "x y", 3, True, ["1"], {"1": None}])
            return
        data = data[key]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_qualtrics(tmp_path / "none.qsf")
