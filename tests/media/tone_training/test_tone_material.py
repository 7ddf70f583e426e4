"""Material is read in four forms; groups are held out whole."""

import pytest

from outcomes.errors import FileError
from outcomes.media.tone_training.material import (
    read_articles,
    read_material,
    read_newsmtsc,
    read_sentences,
    split_by_group,
)

SENTENCE = {
    "id": "s1", "text": "Residents thanked the officers.", "from": 18, "to": 30, "group": "g1",
    "first_label": 1, "second_label": 1,
}  # fmt: skip
CODE = {"relevant": 1, "tone": -1}
ARTICLE = {"title": "Chief sued", "text": "The chief was sued.", "first": CODE, "second": CODE}


def test_sentences_on_which_two_labellers_differ_are_left_out_and_counted(written):
    path = written("s.jsonl", SENTENCE, {**SENTENCE, "second_label": 0})
    material = read_material(path)
    assert material.said() == "s.jsonl: 1 sentences with a target (1 left out)"
    (row,) = read_sentences(path)
    assert row.text[row.start : row.end] == "the officers"
    assert (row.tone, row.group, row.source) == (1, "g1", "s.jsonl")
    assert len(material.sha256) == 64


def test_every_target_of_a_newsmtsc_sentence_is_a_row_and_an_article_is_a_group(written):
    targets = [
        {"from": 0, "to": 5, "mention": "Smith", "polarity": 2.0},
        {"from": 13, "to": 18, "mention": "Jones", "polarity": 6.0},
    ]
    line = {"primary_gid": "sheet_10_4_7_Smith_0_5", "sentence_normalized": "Smith harmed Jones."}
    path = written("mtsc.jsonl", {**line, "targets": targets})
    assert [(r.text[r.start : r.end], r.tone, r.group) for r in read_newsmtsc(path)] == [
        ("Smith", -1, "sheet_10_4"),
        ("Jones", 1, "sheet_10_4"),
    ]
    assert read_material(path).public
    assert not read_material(written("own.jsonl", SENTENCE)).public


def test_articles_count_where_both_coders_find_the_same_tone(written):
    other = {"relevant": 1, "tone": 0}
    none = {"relevant": 0, "tone": None}
    path = written(
        "a.jsonl",
        {**ARTICLE, "group": "g9"},
        {**ARTICLE, "second": other, "group": None},
        {**ARTICLE, "first": none, "second": none, "group": None},
    )
    assert [(each.title, each.tone, each.group) for each in read_articles(path)] == [
        ("Chief sued", -1, "g9")
    ]
    assert read_material(path).left_out == 2


def test_a_row_of_ones_own_needs_only_text_span_and_tone(written):
    path = written("own.jsonl", {"text": "Police lied.", "from": 0, "to": 6, "tone": -1})
    (row,) = read_material(path).rows
    assert (row.tone, row.group) == (-1, "Police lied.")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({**SENTENCE, "to": 99}, r"line 1: the target from 18 to 99 lies outside its 31 char"),
        ({**SENTENCE, "first_label": 3, "second_label": 3}, r"line 1: the tone 3 is none.*-1, 0"),
        ({"title": "no material"}, r"line 1: this is no material that is known here. Give NewsM"),
    ],
)
def test_a_wrong_line_is_named(written, line, said):
    with pytest.raises(FileError, match=said):
        read_material(written("wrong.jsonl", line))


def test_a_file_that_is_missing_or_no_json_lines_is_said(tmp_path):
    with pytest.raises(FileError, match="there is no such file"):
        read_material(tmp_path / "gone.jsonl")
    (tmp_path / "table.csv").write_text("text,tone\n")
    with pytest.raises(FileError, match="this is not JSON lines"):
        read_material(tmp_path / "table.csv")


def test_groups_are_held_out_whole_and_stay_where_they_are_when_rows_are_added(written):
    lines = [{**SENTENCE, "group": f"group {number // 3}"} for number in range(1500)]
    rows = read_sentences(written("many.jsonl", *lines))
    trained, held_out = split_by_group(rows, share=0.12)
    assert not {row.group for row in trained} & {row.group for row in held_out}
    assert 0.08 < len(held_out) / len(rows) < 0.16
    few, few_held = split_by_group(rows[:300], share=0.12)
    assert set(few) <= set(trained)
    assert set(few_held) <= set(held_out)
    assert {r.group for r in split_by_group(rows, share=0.12, seed=1)[1]} != {
        r.group for r in held_out
    }
