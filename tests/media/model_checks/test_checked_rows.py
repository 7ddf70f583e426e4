import pytest
from checked_fakes import sentence, write_lines

from outcomes.errors import FileError
from outcomes.media.model_checks.checked_rows import read_articles, read_targets
from outcomes.media.model_checks.label_agreement import label_agreement


def test_sentences_with_one_tone_and_every_other_column_are_read(tmp_path):
    path = write_lines(tmp_path / "own.jsonl", [sentence("Police helped.", 1, outlet="Courier")])
    rows = read_targets(path)
    (row,) = rows.table.to_dict("records")
    assert (row["tone"], row["from"], row["to"], row["outlet"]) == (1, 0, 6, "Courier")
    assert rows.left_out == 0
    assert label_agreement(rows) is None


def test_rows_that_two_people_call_differently_are_left_out_and_counted(tmp_path):
    lines = [
        {"text": "Police came.", "from": 0, "to": 6, "first_label": 0, "second_label": label}
        for label in (0, 0, -1)
    ]
    lines.append({**lines[0], "first_label": 1, "second_label": 1})
    rows = read_targets(write_lines(tmp_path / "two.jsonl", lines))
    assert (len(rows.table), rows.left_out) == (3, 1)
    assert "1 more on which the coders differ" in rows.said()
    found = label_agreement(rows)
    assert (found["n"], found["equal"]) == (4, 0.75)
    assert 0 < found["alpha"] < 1


def test_the_targets_of_newsmtsc_are_rows_grouped_by_article_that_tell_no_event_twice(tmp_path):
    line = {
        "primary_gid": "allsides_3447_1422_11_Cruz_8_9",
        "sentence_normalized": "Cruz beat Walker.",
        "targets": [
            {"from": 0, "to": 4, "mention": "Cruz", "polarity": 6.0},
            {"from": 10, "to": 16, "mention": "Walker", "polarity": 2.0},
        ],
    }
    table = read_targets(write_lines(tmp_path / "mtsc.jsonl", [line])).table
    assert table["tone"].tolist() == [1, -1]
    assert set(table["group"]) == {"allsides_3447_1422"}
    assert not table["grouped"].any()


def test_articles_are_read_with_two_codings_or_with_one_and_keep_those_that_are_irrelevant(
    tmp_path,
):
    def coded(first, second):
        codes = ({"relevant": int(tone is not None), "tone": tone} for tone in (first, second))
        return dict(zip(("first", "second"), codes, strict=True))

    lines = [
        {"title": "A", "text": "Police.", **coded(-1, -1)},
        {"title": "B", "text": "Weather.", **coded(None, None)},
        {"title": "C", "text": "Police?", **coded(0, None)},
        {"title": "D", "text": "Police!", **coded(0, 1)},
    ]
    rows = read_articles(write_lines(tmp_path / "two.jsonl", lines))
    assert rows.table["relevant"].tolist() == [1, 0]
    assert rows.table["tone"].isna().tolist() == [False, True]
    assert rows.left_out == 2
    single = [{"text": "Police.", "tone": 1}, {"text": "Rain.", "relevant": 0, "tone": None}]
    assert read_articles(write_lines(tmp_path / "one.jsonl", single)).table[
        "relevant"
    ].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (sentence("Police came.", 2), "the tone 2 is none"),
        (sentence("Police came.", True), "tone True is none"),
        ({**sentence("Police came.", 0), "to": 99}, "outside its 12 characters"),
        ({**sentence("Police came.", 0), "from": "x"}, "outside its 12 characters"),
        ({"text": "Police came."}, "no sentence of known tone"),
        (
            {"sentence_normalized": "A b", "targets": [{"from": 0, "to": 1, "polarity": "x"}]},
            "None",
        ),
    ],
)
def test_a_row_that_breaks_a_rule_is_named_with_its_line(tmp_path, line, problem):
    good = sentence("Police came.", 0) if "from" in line else line
    path = write_lines(tmp_path / "bad.jsonl", [good, line])
    with pytest.raises(FileError, match=problem) as error:
        read_targets(path)
    assert error.value.place in {"line 1", "line 2"}


def test_a_file_that_is_not_there_or_has_no_tone_or_no_lines_is_refused(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        read_targets(tmp_path / "none.jsonl")
    (tmp_path / "text.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileError, match="not JSON lines"):
        read_articles(tmp_path / "text.csv")
    with pytest.raises(FileError, match="no article of known tone"):
        read_articles(write_lines(tmp_path / "x.jsonl", [{"title": "A", "text": "B"}]))
    rain = [{"text": "Rain.", "relevant": 0, "tone": None}]
    with pytest.raises(FileError, match="no row has a tone"):
        read_articles(write_lines(tmp_path / "rain.jsonl", rain))
