from xml.sax.saxutils import escape

import pytest

from outcomes.errors import FileError
from outcomes.surveys.exchange.formulas import NotTranslatable, whole_pattern
from outcomes.surveys.exchange.html_text import plain_text
from outcomes.surveys.exchange.limesurvey_expressions import (
    Symbol,
    condition,
    equation,
)
from outcomes.surveys.exchange.limesurvey_in import read_limesurvey
from outcomes.surveys.exchange.xform import to_xform
from outcomes.surveys.flow import state


def table(name, rows):
    cells = (
        "<row>" + "".join(f"<{key}>{escape(str(text))}</{key}>" for key, text in row.items())
        for row in rows
    )
    return f"<{name}><rows>{'</row>'.join(cells)}{'</row>' if rows else ''}</rows></{name}>"


def write(tmp_path, *, version=638, **tables):
    tables.setdefault("surveys", [{"sid": 77, "language": "en", "additional_languages": ""}])
    tables.setdefault(
        "surveys_languagesettings",
        [{"surveyls_language": "en", "surveyls_title": "Walks", "surveyls_welcometext": "Hello"}],
    )
    body = "".join(table(name, rows) for name, rows in tables.items())
    path = tmp_path / "form.lss"
    path.write_text(
        f"<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>{version}</DBVersion>"
        f"<languages><language>en</language></languages>{body}</document>",
        encoding="utf-8",
    )
    return path


def question(qid, code, type_, *, parent=0, order=None, **more):
    order = qid if order is None else order
    row = {"qid": qid, "parent_qid": parent, "gid": 1, "type": type_, "title": code}
    return row | {"question_order": order, "scale_id": 0, "mandatory": "N", "other": "N"} | more


def said(qid, text, language="en", help_=""):
    return {"qid": qid, "question": text, "help": help_, "language": language}


def form(tmp_path, questions, *, subs=(), answers=(), attributes=(), texts=None, **more):
    """Write a survey of one group, in the layout of LimeSurvey 4 and later."""
    all_rows = [*questions, *subs]
    texts = texts or [said(row["qid"], f"Text of {row['title']}") for row in all_rows]
    return write(
        tmp_path,
        groups=[{"gid": 1, "group_order": 1, "grelevance": more.pop("grelevance", "")}],
        group_l10ns=[{"gid": 1, "group_name": "Page one", "language": "en"}],
        questions=questions,
        subquestions=list(subs),
        question_l10ns=texts,
        answers=[
            {"aid": at, "qid": qid, "code": code, "sortorder": at, "scale_id": scale}
            for at, (qid, code, scale) in enumerate(answers)
        ],
        answer_l10ns=[
            {"aid": at, "answer": f"Answer {code}", "language": "en"}
            for at, (_, code, _) in enumerate(answers)
        ],
        question_attributes=[
            {"qid": qid, "attribute": name, "value": text, "language": ""}
            for qid, name, text in attributes
        ],
        **more,
    )


def items(done):
    assert done.instrument is not None, done.sentences()
    to_xform(done.instrument)
    return {item.name: item for item in done.instrument.items}


def sentences(done, fate):
    return [f"{each.part}: {each.why}" for each in done.mapping if each.fate == fate]


def test_every_type_of_question_is_taken_or_dropped_by_a_rule(tmp_path):
    types = "L!O5YGSTUNDABCEFHMPQK;:RX*|I"
    questions = [question(at, f"Q{at}", type_) for at, type_ in enumerate(types, start=1)]
    questions.append(question(90, "Q90", "1"))
    subs, answers = [], []
    for row in questions:
        if row["type"] in "ABCEFHMPQK;:1":
            subs += [
                question(row["qid"] * 100 + at, f"SQ{at}", "T", parent=row["qid"]) for at in (1, 2)
            ]
        if row["type"] in ";:":
            subs.append(question(row["qid"] * 100 + 9, "C1", "T", parent=row["qid"], scale_id=1))
        if row["type"] in "L!OFHR1":
            answers += [(row["qid"], code, 0) for code in ("A1", "A2")]
        if row["type"] == "1":
            answers += [(row["qid"], "B1", 1)]
    done = read_limesurvey(
        form(
            tmp_path,
            questions,
            subs=subs,
            answers=answers,
            attributes=[(26, "equation", "{Q10.NAOK * 2}"), (26, "hidden", "1")],
        )
    )
    found = items(done)
    assert done.count("error") == 0, done.sentences()
    kinds = {name: item.type.partition(" ")[0] for name, item in found.items()}
    assert kinds["Q1"] == kinds["Q2"] == kinds["Q4"] == kinds["Q5"] == "select_one"
    assert kinds["Q3_comment"] == kinds["Q7"] == kinds["Q20_SQ1"] == kinds["Q22_SQ1_C1"] == "text"
    assert kinds["Q10"] == kinds["Q21_SQ2"] == kinds["Q23_SQ2_C1"] == "decimal"
    assert kinds["Q11"] == "date"
    assert kinds["Q18"] == kinds["Q19"] == "select_multiple"
    assert kinds["Q25"] == "note"
    assert found["Q26"].calculation == "${Q10} * 2"
    assert found["Q24_2"].constraint == "not(. = ${Q24_1})"
    assert found["Q6"].privacy == "describes the person"
    assert {"Q90_SQ1_0", "Q90_SQ2_1"} <= set(found)
    grids = {name for name, g in done.instrument.groups.items() if g.appearance == "matrix"}
    assert {"Q12", "Q13", "Q14", "Q15", "Q16", "Q17", "Q90_scale_0", "Q90_scale_1"} == grids
    dropped = " ".join(sentences(done, "dropped by rule"))
    assert "question Q27: files are not collected" in dropped
    assert "question Q28: the language" in dropped


def test_relevance_is_translated_and_decides_as_limesurvey_does(tmp_path):
    done = read_limesurvey(
        form(
            tmp_path,
            [
                question(1, "seen", "Y"),
                question(2, "topics", "M"),
                question(3, "age", "N"),
                question(4, "why", "T", relevance='((seen.NAOK == "Y")) and age.NAOK >= 18'),
                question(5, "else", "T", relevance='topics_SQ1.NAOK == "Y" or !is_empty(age)'),
                question(6, "more", "T", relevance="count(topics_SQ1, topics_SQ2) > 1"),
                question(7, "old", "T", relevance='77X1X1.NAOK != "N"'),
            ],
            subs=[question(21, "SQ1", "T", parent=2), question(22, "SQ2", "T", parent=2)],
        )
    )
    found = items(done)
    assert found["why"].relevant == "${seen} = 'Y' and ${age} >= 18"
    assert found["else"].relevant == "selected(${topics}, 'SQ1') or not(${age} = '')"
    later = {"why", "else", "more", "old"}
    assert later <= shown(done, {"seen": "Y", "age": "18", "topics": "SQ1 SQ2"})
    assert not later & shown(done, {"seen": "N", "topics": "SQ2"})


def shown(done, answers):
    now = state(done.instrument, answers)
    return {name for name, item in now.items.items() if item.shown}


def test_the_old_layout_with_a_row_for_each_language_is_read(tmp_path):
    languages = ("en", "es")
    done = read_limesurvey(
        write(
            tmp_path,
            version=146,
            surveys=[{"sid": 77, "language": "en", "additional_languages": "es"}],
            surveys_languagesettings=[
                {
                    "surveyls_language": each,
                    "surveyls_title": f"Title {each}",
                    "surveyls_welcometext": f"<p>Welcome {each}</p>",
                }
                for each in languages
            ],
            groups=[
                {"gid": 1, "group_name": f"G {each}", "group_order": 0, "language": each}
                for each in languages
            ],
            questions=[
                question(1, "Q1", "L", other="Y", question=f"Q1 {each}", language=each)
                for each in languages
            ]
            + [question(2, "Q2", "S", question=f"Q2 {each}", language=each) for each in languages],
            answers=[
                {
                    "qid": 1,
                    "code": code,
                    "answer": f"{code} {each}",
                    "sortorder": 1,
                    "language": each,
                    "scale_id": 0,
                }
                for each in languages
                for code in ("A1", "A2")
            ],
            conditions=[
                {
                    "cid": 1,
                    "qid": 2,
                    "cqid": 1,
                    "cfieldname": "77X1X1",
                    "method": "==",
                    "value": "A1",
                    "scenario": 1,
                },
                {
                    "cid": 2,
                    "qid": 2,
                    "cqid": 1,
                    "cfieldname": "77X1X1",
                    "method": "==",
                    "value": "-oth-",
                    "scenario": 1,
                },
            ],
        )
    )
    found = items(done)
    assert done.instrument.languages == languages
    assert found["Q1"].label == {"en": "Q1 en", "es": "Q1 es"}
    assert done.instrument.notice == {"en": "Welcome en", "es": "Welcome es"}
    assert [choice.name for choice in done.instrument.choices["Q1"]] == ["A1", "A2", "other"]
    assert found["Q1_other"].relevant == "${Q1} = 'other'"
    assert found["Q2"].relevant == "${Q1} = 'A1' or ${Q1} = 'other'"


def test_scripts_never_survive_and_inserted_answers_are_marked(tmp_path):
    bad = "<b>Hello</b><script>alert('x')</script> {NAME} <img src=x onerror=alert(1)>&lt;you&gt;"
    done = read_limesurvey(form(tmp_path, [question(1, "Q1", "T")], texts=[said(1, bad)]))
    assert items(done)["Q1"].label["en"] == "Hello […] <you>"
    dropped = " ".join(sentences(done, "dropped by rule"))
    assert "script in its text" in dropped
    assert "{NAME} in its text" in dropped


def test_an_untranslatable_condition_is_an_error_and_shown_to_nobody(tmp_path):
    path = form(tmp_path, [question(1, "Q1", "T"), question(2, "Q2", "T", relevance="rand(1,2)")])
    done = read_limesurvey(path)
    assert done.instrument is None
    assert "rand() has no counterpart" in sentences(done, "error")[0]
    assert items(read_limesurvey(path, keep_going=True))["Q2"].relevant == "false()"


def test_limits_and_validation_become_constraints(tmp_path):
    done = read_limesurvey(
        form(
            tmp_path,
            [
                question(1, "age", "N"),
                question(2, "zip", "S", preg="/^[0-9]{5}$/"),
                question(3, "topics", "M"),
                question(4, "last", "N"),
            ],
            subs=[question(31, "SQ1", "T", parent=3), question(32, "SQ2", "T", parent=3)],
            attributes=[
                *((1, "num_value_int_only", "1"), (1, "min_num_value_n", "18")),
                *((1, "max_num_value_n", "99"), (3, "max_answers", "1")),
                *((3, "exclude_all_others", "SQ2"), (4, "max_num_value_n", "{age}")),
                *((4, "em_validation_q", "this > 3"), (4, "time_limit", "20")),
            ],
        )
    )
    found = items(done)
    assert found["age"].type == "integer"
    assert found["age"].constraint == "(. >= 18) and (. <= 99)"
    assert found["age"].constraint_message["en"]
    assert found["zip"].constraint == "regex(., '[0-9]{5}')"
    assert found["topics"].constraint == (
        "(count-selected(.) <= 1) and (not(selected(., 'SQ2') and count-selected(.) > 1))"
    )
    assert found["last"].constraint == ("(string(${age}) = '' or . <= ${age}) and (. > 3)")
    assert any("time_limit" in each for each in sentences(done, "dropped by rule"))


def test_rows_of_a_grid_can_be_filtered_by_an_earlier_question(tmp_path):
    rows = [question(10 + at, f"S{at}", "T", parent=1) for at in (1, 2)]
    rows += [question(20 + at, f"S{at}", "T", parent=2) for at in (1, 2)]
    done = read_limesurvey(
        form(
            tmp_path,
            [question(1, "Q1", "M"), question(2, "Q2", "A")],
            subs=rows,
            attributes=[(2, "array_filter", "Q1")],
        )
    )
    assert items(done)["Q2_S2"].relevant == "selected(${Q1}, 'S2')"


def test_a_code_that_stands_twice_is_an_error(tmp_path):
    path = form(tmp_path, [question(1, "Q1", "L")], answers=[(1, "A", 0), (1, "A", 0)])
    done = read_limesurvey(path)
    assert done.instrument is None
    assert "stands twice" in sentences(done, "error")[0]


def test_quotas_assessments_and_defaults_are_reported(tmp_path):
    done = read_limesurvey(
        form(
            tmp_path,
            [question(1, "Q1", "T")],
            quota=[{"name": "Men", "qlimit": 10}],
            assessments=[{"name": "High"}],
            defaultvalues=[{"qid": 1, "defaultvalue": "x"}],
        )
    )
    dropped = " ".join(sentences(done, "dropped by rule"))
    assert "quota Men" in dropped
    assert "assessment High" in dropped
    assert "default answer of question 1" in dropped


SYMBOLS = {
    "Q1": Symbol(kind="answer", item="Q1", codes={"-oth-": "other", "A": "A"}),
    "Q2": Symbol(kind="several", item="Q2", parts=("Q2_a", "Q2_b")),
    "Q2_a": Symbol(kind="box", item="Q2", choice="a"),
    "Q2_b": Symbol(kind="box", item="Q2", choice="b"),
    "N": Symbol(kind="answer", item="N"),
    "gone": Symbol(kind="lost", why="a file"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('((Q1.NAOK == "A"))', "${Q1} = 'A'"),
        ('Q1 == "-oth-"', "${Q1} = 'other'"),
        ('Q1 eq "A" && N gt 3 || N lt 1', "(${Q1} = 'A' and ${N} > 3) or ${N} < 1"),
        ('Q2_a.NAOK == "Y"', "selected(${Q2}, 'a')"),
        ('Q2_a != "Y"', "not(selected(${Q2}, 'a'))"),
        ("is_empty(Q2_a)", "not(selected(${Q2}, 'a'))"),
        ("!is_empty(N.NAOK)", "not(${N} = '')"),
        ("count(that.Q2.NAOK) >= 2", "count-selected(${Q2}) >= 2"),
        ("Q1", "${Q1} != ''"),
        ("N", "(${N} != '' and ${N} != 0)"),
        ("N + 2 * 3 > 4", "${N} + (2 * 3) > 4"),
        ('regexMatch("/^a.*/", N)', "regex(${N}, 'a.*.*')"),
        ('if(N > 1, "a", "b") == "a"', "if(${N} > 1, 'a', 'b') = 'a'"),
        ('{N == "it\'s"}', '${N} = "it\'s"'),
        ("0", "false()"),
    ],
)
def test_expressions_are_translated(text, expected):
    assert condition(text, SYMBOLS) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Q1 = 3", "understood|goes on"),
        ("Q9 == 1", "no answer called Q9"),
        ("gone == 1", "was not taken over"),
        ('TOKEN:EMAIL == "x"', "participants"),
        ("Q1.value > 2", "label or the points"),
        ("Q2 == 1", "several answers at once"),
        ("N > ", "where a value should stand"),
        ("", "where a value should stand"),
        ("(" * 300, "nested too deeply"),
        ("strtotime(N) > 3", "strtotime"),
    ],
)
def test_expressions_without_a_counterpart_are_refused(text, words):
    with pytest.raises(NotTranslatable, match=words):
        condition(text, SYMBOLS)


def test_an_equation_with_words_becomes_a_concatenation():
    assert equation("You are {N} years", SYMBOLS) == "concat('You are ', ${N}, ' years')"


def test_a_pattern_that_is_searched_for_matches_the_whole_answer():
    assert whole_pattern("/^ab$/") == "ab"
    assert whole_pattern("a|b") == ".*(a|b).*"
    with pytest.raises(NotTranslatable, match="flag"):
        whole_pattern("/a/i")


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>One</p><p>Two&nbsp;&amp; three</p>", "One\nTwo & three"),
        ("a<br/>b", "a\nb"),
        ("<script>x", ""),
        ("<sCript src=x></script >left", "left"),
        ("<style>p{}</style>x < 3", "x < 3"),
        ('<img alt="a dog" src="x">', "a dog"),
    ],
)
def test_html_becomes_plain_text(html, words):
    assert plain_text(html) == words


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<document><LimeSurveyDocType>Group</LimeSurveyDocType></document>",
        b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>",
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><document>&x;</document>',
        b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType><questions><rows><row/></rows>"
        b"</questions><answers/><groups><rows><row><gid>x</gid></row></rows></groups></document>",
    ],
)
def test_a_broken_file_gives_a_report_and_no_crash(tmp_path, content):
    path = tmp_path / "broken.lss"
    path.write_bytes(content)
    done = read_limesurvey(path)
    assert done.instrument is None
    assert done.count("error") >= 1
    assert "root:" not in " ".join(done.sentences())


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_limesurvey(tmp_path / "none.lss")
