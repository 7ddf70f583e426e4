"""Models of others are found by name, told of without being asked, and never guess for a file."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError
from outcomes.media.classify import classify_targets, find_model
from outcomes.media.tone_models.endpoint import EndpointReader
from outcomes.media.tone_models.hugging_face import HuggingFaceReader
from outcomes.media.tone_models.outside_models import outside_model
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.classifying import classify_articles
from outcomes.pipeline.model_list import list_models
from outcomes.study import open_study

REVISION = "0123456789abcdef0123456789abcdef01234567"
HUGGING_FACE = f"""
[news.models.theirs]
kind = "hugging-face"
name = "org/news-tone"
revision = "{REVISION}"
"""
FAR = """
[news.models.far]
kind = "endpoint"
url = "https://models.example/v1"
model = "big-one"
sends = "whole articles"
yes_this_leaves_the_machine = true
"""


def add(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


class Judge(BaseHTTPRequestHandler):
    """Says negative of everything, and nothing of what it is told to keep silent about."""

    asked: list[str]

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.asked.append(asked)
        content = "I cannot say." if "drill" in asked else '{"tone": "negative"}'
        body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def near(study_folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """A study that lists an endpoint on this machine, and what that was asked."""
    asked: list[str] = []
    handler = type("JudgeOfOneTest", (Judge,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        table = f"""
[news.models.near]
kind = "endpoint"
url = "http://127.0.0.1:{server.server_port}/v1"
model = "small-one"
sends = "law-enforcement sentences"
"""
        try:
            yield add(study_folder, table), asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("far", EndpointReader),
        ("endpoint:far", EndpointReader),
        ("theirs", HuggingFaceReader),
        ("hf:org/news-tone", HuggingFaceReader),
    ],
)
def test_a_model_of_others_is_found_by_its_name(study_folder, name, kind):
    study = open_study(add(study_folder, FAR + HUGGING_FACE))
    found = find_model(name, settings=study.settings, root=study.root)
    assert isinstance(found, kind)
    assert found.name.split(" ")[0] in {"far", "theirs"}
    assert not found.agreed


def test_a_name_that_study_toml_does_not_list_is_answered_with_what_to_add(study_folder):
    study = open_study(add(study_folder, FAR))
    with pytest.raises(DataError, match=r"revision = .* \(40 letters and digits\)"):
        outside_model(study.settings, "hf:org/other")
    with pytest.raises(DataError, match=r"no endpoint 'fa'. Did you mean 'far'"):
        outside_model(study.settings, "endpoint:fa")
    with pytest.raises(DataError, match=r"study.toml lists no model"):
        find_model("hf:org/other")
    assert outside_model(study.settings, "lexicon") is None


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("yes_this_leaves_the_machine = true", "", "texts of news would go to models.example"),
        ('sends = "whole articles"', "", "say what is sent"),
        ("https://", "http://", "in the open"),
        ('model = "big-one"', "", "Add model"),
        (
            "https://models.example",
            "https://me:secret@models.example",
            "without a name or password",
        ),
        ("yes_this", 'key_from = "k-7f3a-secret"\nyes_this', "Never write the key itself"),
        ("yes_this", "most_money = 5.0\nyes_this", "without a price"),
        ("models.far", "models.lexicon", "can be called 'lexicon'"),
    ],
)
def test_an_endpoint_that_study_toml_tells_too_little_of_is_refused(
    study_folder, before, after, why
):
    with pytest.raises(FileError, match=why) as error:
        open_study(add(study_folder, FAR.replace(before, after)))
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (REVISION, "main", "can change its meaning"),
        (f'revision = "{REVISION}"', "online = true", "needs a revision"),
        ('name = "org/news-tone"', "", "needs its name"),
    ],
)
def test_a_model_from_hugging_face_without_a_version_that_stays_is_refused(
    study_folder, before, after, why
):
    with pytest.raises(FileError, match=why):
        open_study(add(study_folder, HUGGING_FACE.replace(before, after)))


def test_the_list_tells_of_every_model_where_it_stands_and_what_leaves(study_folder, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    table = list_models(open_study(add(study_folder, FAR + HUGGING_FACE))).set_index("name")
    assert table.loc["lexicon", "leaves"] == "nothing"
    assert table.loc["far", ["offline", "leaves"]].tolist() == [
        "no", "whole articles, to models.example",
    ]  # fmt: skip
    assert table.loc["theirs", "version"] == REVISION[:12]
    assert table.loc["theirs", "leaves"] == "nothing"
    assert (table["used"] == "by default").sum() == 1
    assert "far" not in set(list_models(None)["name"])


def test_a_damaged_model_of_the_study_stands_in_the_list_with_what_is_wrong(study_folder):
    folder = study_folder / "data" / "models" / "ours"
    folder.mkdir(parents=True)
    (folder / "model.json").write_text("{")
    row = list_models(open_study(study_folder)).set_index("name").loc["ours"]
    assert row["version"] == "damaged"
    assert "model.json" in row["stands"]


def test_the_list_loads_no_large_library(study_folder, monkeypatch):
    for name in ("torch", "transformers", "onnxruntime"):
        monkeypatch.setitem(sys.modules, name, None)  # would be an error if it were loaded
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert len(list_models(open_study(add(study_folder, FAR + HUGGING_FACE)))) >= 4


def test_the_list_has_a_command(study_folder):
    said = CliRunner().invoke(cli, ["media", "models", "--study", str(add(study_folder, FAR))])
    assert said.exit_code == 0
    assert "whole articles, to models.example" in said.output
    assert "only with --yes" in said.stderr


def articles(folder: Path) -> Path:
    path = folder / "articles.csv"
    rows = [
        ("a", "Deputy accused of theft", "The sheriff's deputy was accused of theft."),
        ("b", "Fair opens", "Pies were sold."),
        ("c", "", "Police took part in a drill."),
    ]
    pd.DataFrame(rows, columns=["id", "title", "text"]).to_csv(path, index=False)
    return path


def test_a_file_is_classified_by_an_endpoint_and_what_it_cannot_judge_is_empty(near, tmp_path):
    folder, asked = near
    out = tmp_path / "tones.csv"
    line = ["media", "classify", str(articles(tmp_path)), "--out", str(out), "--model", "near"]
    said = CliRunner().invoke(cli, [*line, "--study", str(folder)])
    assert said.exit_code == 0, said.output
    table = pd.read_csv(out, keep_default_na=False)
    assert [str(cell).removesuffix(".0") for cell in table["tone"]] == ["-1", "", ""]
    assert table["relevant"].tolist() == [1, 0, 1]
    assert table["model"].str.startswith("near small-one/codebook-2/").all()
    assert len(asked) == 2
    assert "1 of 2 articles could not be judged" in said.stderr
    assert (folder / "data" / "derived" / "endpoint_answers" / "near.jsonl").is_file()


def test_a_file_goes_to_a_machine_elsewhere_only_with_yes(study_folder, tmp_path):
    out = tmp_path / "tones.csv"
    line = ["media", "classify", str(articles(tmp_path)), "--out", str(out), "--model", "far"]
    said = CliRunner().invoke(cli, [*line, "--study", str(add(study_folder, FAR))])
    assert said.exit_code != 0
    for words in ("models.example", "--yes", "copyright", "2 articles"):
        assert words in str(said.exception)
    assert not out.exists()


def test_a_target_that_an_endpoint_cannot_judge_has_no_tone_in_the_table(near):
    folder, _ = near
    study = open_study(folder)
    lines = pd.DataFrame(
        {"id": [1, 2], "text": ["Police came.", "A police drill."], "from": [0, 2], "to": [6, 8]}
    )
    table = classify_targets(lines, find_model("near", settings=study.settings))
    assert table["tone"].fillna(9).tolist() == [-1, 9]
    assert table["p_negative"].isna().tolist() == [False, True]


def test_an_endpoint_is_not_asked_by_several_processes_at_once(near, tmp_path):
    folder, asked = near
    out = tmp_path / "tones.csv"
    line = ["media", "classify", str(articles(tmp_path)), "--out", str(out), "--model", "near"]
    said = CliRunner().invoke(cli, [*line, "--study", str(folder), "--workers", "2"])
    assert said.exit_code != 0
    assert "without --workers" in str(said.exception)
    assert asked == []
    assert not out.exists()


def test_a_study_asks_once_for_each_article_and_again_only_for_those_without_a_tone(near):
    folder, asked = near
    settings = folder / "study.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[news]\ntone_model = "near"\n', encoding="utf-8")
    path = folder / "news.csv"
    table = pd.read_csv(articles(folder), keep_default_na=False)
    table["title"] = ["Deputy accused of theft", "Fair opens", "A drill"]
    table = table.rename(columns={"id": "url"}).assign(
        outlet="Marlow Falls Courier", published="2025-03-04",
        url=[f"https://courier.example/{n}" for n in "abc"],
    )  # fmt: skip
    table.to_csv(path, index=False)
    study = open_study(folder)
    import_archive(study, path)
    said = classify_articles(study)
    assert "1 of those about law enforcement the model could not judge" in said
    rows = study.read_table("articles").sort_values("url")
    assert rows["tone"].fillna(9).tolist() == [-1, 9, 9]
    assert rows["relevant"].tolist() == [1, 0, 1]
    assert len(pd.read_parquet(folder / "data/derived/tone_scores.parquet")) == 2
    assert len(asked) == 2
    (folder / "data/derived/endpoint_answers/near.jsonl").unlink()
    classify_articles(study)
    assert len(asked) == 3
