"""Long files are classified in parts: a broken run goes on, and the result is always the same."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from outcomes.errors import DataError, FileError
from outcomes.media.lexicon import Lexicon
from outcomes.pipeline import batch_reading
from outcomes.pipeline.batch_reading import Job
from outcomes.pipeline.file_classifying import classify_file, classify_rows

TINY = str(Path(__file__).resolve().parents[1] / "media" / "tiny_tone_model")
TEXTS = (
    "Police said a man was killed on Weaver Street.",
    "An officer used excessive force, according to a lawsuit against the police.",
    "Police officers were honored for rescuing a girl.",
    "The library opens at nine.",
    "",
)
KILLED = """
import os, signal, sys
from pathlib import Path
from outcomes.pipeline import classified_parts
from outcomes.pipeline.batch_reading import Job
from outcomes.pipeline.file_classifying import classify_file
add, done = classified_parts.Parts.add, []
def planted(parts, batch, part):
    add(parts, batch, part)
    done.append(batch.number)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
classified_parts.Parts.add = planted
classify_file(Job(path=Path(sys.argv[1]), batch=4, model="lexicon"), Path(sys.argv[2]), say=print)
"""


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Nineteen articles: with batches of four, the last one is smaller."""
    path = tmp_path / "in.jsonl"
    rows = [{"id": k, "title": f"Title {k}", "text": TEXTS[k % 5]} for k in range(19)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


class Counting(Lexicon):
    """The word list, which counts what it is given."""

    read = 0

    def classify(self, titles, texts):
        Counting.read += len(texts)
        return super().classify(titles, texts)


@pytest.fixture
def counting(monkeypatch):
    Counting.read = 0
    monkeypatch.setattr(batch_reading, "find_model", lambda *_args, **_how: Counting())
    return Counting


def done(path: Path, out: Path, **how: object) -> tuple[str, list[str]]:
    told: list[str] = []
    account = classify_file(
        Job(path=path, **{"batch": 4, "model": "lexicon", **how}), out, say=told.append
    )  # type: ignore[arg-type]
    assert not out.with_name(out.name + ".parts").exists()
    return out.read_text(encoding="utf-8"), [*told, *account.sentences()]


def killed(articles: Path, out: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(articles), str(out)]
    ended = subprocess.run(command, check=False, capture_output=True, timeout=300)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert not out.exists()


def test_a_run_that_was_killed_goes_on_where_it_stopped(articles, tmp_path, counting):
    whole, _ = done(articles, tmp_path / "whole.csv")
    out = tmp_path / "out.csv"
    killed(articles, out)
    counting.read = 0
    found, told = done(articles, out)
    assert found == whole
    assert counting.read == 19 - 12
    assert told[1] == "12 of them were done before: the run went on behind them."


def test_a_last_line_that_was_broken_off_is_done_again(articles, tmp_path, counting):
    whole, _ = done(articles, tmp_path / "whole.csv")
    out = tmp_path / "out.csv"
    killed(articles, out)
    listed = tmp_path / "out.csv.parts" / "done.jsonl"
    listed.write_text(listed.read_text(encoding="utf-8")[:-20], encoding="utf-8")
    counting.read = 0
    assert done(articles, out)[0] == whole
    assert counting.read == 19 - 8


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda path: path.write_text(path.read_text().replace("girl", "boy")), "input"),
        (None, "model"),
    ],
)
def test_a_changed_input_or_model_starts_anew_and_says_so(articles, tmp_path, change, what):
    out = tmp_path / "out.csv"
    killed(articles, out)
    how = {} if change else {"model": "vader-article"}
    if change:
        change(articles)
    found, told = done(articles, out, **how)
    assert told[0] == f"A run that was broken off is not gone on with: the {what} is another now."
    assert found == done(articles, tmp_path / "whole.csv", **how)[0]
    assert not any("done before" in line for line in told)


@pytest.mark.parametrize("batch", [1, 4, 19, 2000])
def test_the_borders_of_batches_change_nothing(articles, tmp_path, batch):
    whole, _ = done(articles, tmp_path / "whole.jsonl", model=TINY)
    assert done(articles, tmp_path / "out.jsonl", batch=batch, model=TINY)[0] == whole


def test_several_processes_give_the_same_as_one(articles, tmp_path):
    one, _ = done(articles, tmp_path / "one.csv", model=TINY, explain=True)
    two, _ = done(articles, tmp_path / "two.csv", model=TINY, explain=True, workers=2)
    assert two == one
    assert [line.split(",")[0] for line in one.splitlines()[1:]] == [str(k) for k in range(19)]


def test_equal_texts_are_read_once_within_a_batch(articles, tmp_path, counting):
    rows = [{"id": k, "title": "", "text": TEXTS[k % 2]} for k in range(8)]
    articles.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done(articles, tmp_path / "out.csv")
    assert counting.read == 4


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json", ".parquet"])
def test_the_ending_says_how_the_result_is_written(articles, tmp_path, ending):
    out = tmp_path / f"out{ending}"
    classify_file(Job(path=articles, batch=4), out, say=print)
    if ending == ".parquet":
        table = pd.read_parquet(out)
    elif ending == ".csv":
        table = pd.read_csv(out)
    else:
        table = pd.read_json(out, lines=ending == ".jsonl")
    assert list(table.columns) == [
        "id", "relevant", "tone", "p_negative", "p_neutral", "p_positive", "model",
    ]  # fmt: skip
    assert table["id"].tolist() == list(range(19))
    assert table["relevant"].tolist() == [1, 1, 1, 0, 0] * 3 + [1, 1, 1, 0]
    assert table["tone"].isna().tolist() == (table["relevant"] == 0).tolist()


def test_ids_that_are_codes_stay_as_they_are(tmp_path):
    path, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    path.write_text("id,title,text\n1,a,b\n007,a,b\n", encoding="utf-8")
    classify_file(Job(path=path, batch=1), out, say=print)
    assert pd.read_parquet(out)["id"].tolist() == ["1", "007"]


def test_a_bad_row_stops_the_run_unless_it_may_be_left_out(articles, tmp_path):
    lines = articles.read_text(encoding="utf-8").splitlines()
    lines[9] = '{"id": 9, "title": "x"}'
    articles.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.csv"
    with pytest.raises(FileError, match=r"in\.jsonl, row 10: it has no text; .*leave-out-refused"):
        done(articles, out)
    assert not out.exists()
    found, told = done(articles, out, leave_out_refused=True)
    assert len(found.splitlines()) == 1 + 18
    assert told[-1].startswith("1 rows were left out. The first: row 10: it has no text")


def test_a_result_that_is_shown_is_the_one_that_is_written(articles, tmp_path):
    rows, account = classify_rows(Job(path=articles, batch=4, explain=True))
    out = tmp_path / "out.jsonl"
    classify_file(Job(path=articles, explain=True), out, say=print)
    assert rows == [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert account.rows == 19
    assert rows[1]["because"].endswith("against the police. [negative]")


def test_targets_go_the_same_way(tmp_path):
    path, out = tmp_path / "in.jsonl", tmp_path / "out.csv"
    text = "They praised the officer."
    rows = [{"id": f"t{k}", "text": text, "from": 17, "to": 24} for k in range(5)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    found, _ = done(path, out, task="targets")
    assert found.splitlines()[0] == "id,tone,p_negative,p_neutral,p_positive,model"
    assert [line.split(",")[:2] for line in found.splitlines()[1:]] == [
        [f"t{k}", "1"] for k in range(5)
    ]


def test_how_far_it_is_is_said(articles, tmp_path):
    told: list[str] = []
    classify_file(Job(path=articles), tmp_path / "out.csv", say=told.append, progress=True)
    assert len(told) == 1
    assert told[0].startswith("19 articles, ")
    assert told[0].endswith(" a second, less than a minute left")


def test_what_cannot_be_is_refused_before_anything_is_read(articles, tmp_path):
    with pytest.raises(DataError, match="the ending must be one of"):
        done(articles, tmp_path / "out.txt")
    with pytest.raises(DataError, match="no model of tone is called 'gtp'"):
        done(articles, tmp_path / "out.csv", model="gtp")
    with pytest.raises(DataError, match="1 process or more"):
        done(articles, tmp_path / "out.csv", workers=0)
    assert list(tmp_path.iterdir()) == [articles]


def test_a_worker_that_cannot_make_its_model_ends_in_a_sentence(articles, tmp_path, counting):
    """The worker processes know no model of that name, as if its folder went away meanwhile."""
    with pytest.raises(DataError, match="give the same command again"):
        done(articles, tmp_path / "out.csv", model="gone", workers=2)


def test_a_refused_file_leaves_nothing_behind_and_a_late_fault_leaves_what_was_done(
    articles, tmp_path
):
    bad, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(FileError, match="lacks the column"):
        classify_file(Job(path=bad, batch=4, model="lexicon"), out, say=print)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({articles.name, "bad.csv"})
    with articles.open("a", encoding="utf-8") as file:
        file.write('{"id": 99, "title": "x"}\n')
    with pytest.raises(FileError, match="row 20: it has no text"):
        classify_file(Job(path=articles, batch=4, model="lexicon"), out, say=print)
    assert (tmp_path / "out.csv.parts" / "done.jsonl").read_text(encoding="utf-8")
