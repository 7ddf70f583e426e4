"""Codes of articles out to sheets, Label Studio and doccano, and back."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from coded_study import DAY, copy_of, draw, study_with_news

from outcomes.errors import DataError, FileError
from outcomes.media.codebook import Code
from outcomes.pipeline.article_import import import_archive
from outcomes.pipeline.coding import PROGRAMS, import_codes, import_program_codes
from outcomes.pipeline.coding_exchange import FORMS, export_codes, export_tasks
from outcomes.pipeline.coding_progress import samples
from outcomes.pipeline.coding_tasks import next_task, save_code
from outcomes.store import read_facts
from outcomes.study import Study

GIVEN = (
    Code(relevant=1, tone=-1, mixed=1, confidence=1, target="A department", prompted=0),
    Code(relevant=0, tone=None, note='A "fair",\nno more.'),
    Code(relevant=1, tone=1, self_credit=1, prompted=1, confidence=3),
    Code(relevant=1, tone=0),
)
ENDING = {"csv": ".csv", "label-studio": ".json", "doccano": ".jsonl"}


@pytest.fixture(scope="module")
def uncoded(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = study_with_news(tmp_path_factory.mktemp("uncoded") / "study", articles=24)
    draw(study)
    return study


@pytest.fixture(scope="module")
def coded(uncoded: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Ana has coded all her articles, and Ben half of his."""
    study = copy_of(uncoded, tmp_path_factory.mktemp("coded") / "study")
    for coder, many in (("ana", 8), ("ben", 4)):
        for number in range(many):
            task = next_task(study, coder=coder)
            assert task is not None
            code = GIVEN[number % 4]
            save_code(
                study,
                coder=coder,
                sample="first",
                url=task.url,
                code=code,
                seconds=7 + number,
                day=DAY,
            )
    return study


@pytest.fixture
def study(coded: Study, tmp_path: Path) -> Study:
    return copy_of(coded, tmp_path / "study")


def bring_in(study: Study, path: Path, form: str, **more: object) -> object:
    if form == "csv":
        return import_codes(study, path, **more)  # type: ignore[arg-type]
    return import_program_codes(study, path, program=form, **more)  # type: ignore[arg-type]


def stored(study: Study) -> pd.DataFrame:
    table = read_facts(study.store, "codes").fillna({"target": "", "note": ""})
    return table.sort_values(["coder", "url"]).reset_index(drop=True)


@pytest.mark.parametrize("form", FORMS)
def test_codes_that_go_out_and_come_back_are_the_same(
    study: Study, uncoded: Study, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out{ENDING[form]}"
    assert "12 codes of" in export_codes(study, path, form=form)
    other = copy_of(uncoded, tmp_path / "other")
    account = bring_in(other, path, form)
    assert (account.read, account.new) == (12, 12)  # type: ignore[attr-defined]
    pd.testing.assert_frame_equal(stored(other), stored(study), check_dtype=False)
    progress = samples(other).set_index("coder")
    assert progress.loc["ana", ["done", "open"]].tolist() == [8, 0]
    assert progress.loc["ben", ["done", "open"]].tolist() == [4, 4]


def test_a_sheet_of_codes_that_comes_again_is_known(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export_codes(study, path)
    account = import_codes(study, path)
    assert (account.new, account.known) == (0, 12)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_coder_gets_to_code_elsewhere_is_blind(
    study: Study, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"out{ENDING[form]}"
    assert "4 articles for ben" in export_tasks(study, path, coder="ben", form=form)
    text = path.read_text(encoding="utf-8")
    for secret in ("ana", "p_negative", "probability", "stratum", "gold", "no more", "0.33"):
        assert secret not in text
    assert "Title" in text
    with pytest.raises(FileError, match="there already"):
        export_tasks(study, path, coder="ben", form=form)
    with pytest.raises(DataError, match="ana has nothing left to code"):
        export_tasks(study, tmp_path / "more", coder="ana", form=form)


def test_a_sheet_filled_in_elsewhere_ends_the_tasks_with_the_chance_of_the_draw(
    study: Study, tmp_path: Path
) -> None:
    path = tmp_path / "ben.csv"
    export_tasks(study, path, coder="ben")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.assign(relevant="1", tone="0").to_csv(path, index=False)
    assert import_codes(study, path).new == 4
    assert next_task(study, coder="ben") is None
    assert set(read_facts(study.store, "codes")["probability"]) == {4 / 12}


def test_a_headline_that_looks_like_a_formula_runs_in_no_spreadsheet(
    study: Study, tmp_path: Path
) -> None:
    url = open_url(study)
    article = {"url": url, "outlet": "Wire", "published": "2026-01-10", "text": "Police."}
    archive = tmp_path / "changed.jsonl"
    archive.write_text(json.dumps({**article, "title": '=HYPERLINK("x")'}) + "\n")
    import_archive(study, archive, amend=True)
    export_tasks(study, tmp_path / "ben.csv", coder="ben")
    titles = pd.read_csv(tmp_path / "ben.csv").set_index("url")["title"]
    assert titles[url] == '\'=HYPERLINK("x")'


def test_label_studio_gets_a_form_that_asks_the_codebook(study: Study, tmp_path: Path) -> None:
    export_tasks(study, tmp_path / "tasks.json", coder="ben", form="label-studio")
    form = (tmp_path / "tasks.xml").read_text(encoding="utf-8")
    assert '<Choices name="tone"' in form
    assert '<Choice value="negative"/>' in form
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    assert all(task["annotations"] == [] for task in tasks)


def choice(name: str, value: str) -> dict[str, object]:
    return {"from_name": name, "type": "choices", "value": {"choices": [value]}}


def open_url(study: Study) -> str:
    task = next_task(study, coder="ben")
    assert task is not None
    return task.url


def test_an_export_of_label_studio_itself_is_read(study: Study, tmp_path: Path) -> None:
    url = open_url(study)
    results = [choice("relevant", "yes"), choice("tone", "negative")]
    note = {"from_name": "note", "type": "textarea", "value": {"text": ["Late."]}}
    annotation = {
        "completed_by": {"id": 3, "email": "ben"},
        "result": [*results, note],
        "lead_time": 31.6,
        "created_at": "2026-04-03T10:11:12Z",
    }
    dropped = {**annotation, "was_cancelled": True}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"data": {"url": url}, "annotations": [dropped, annotation]}]))
    assert import_program_codes(study, path, program="label-studio").new == 1
    row = read_facts(study.store, "codes").iloc[-1]
    assert (row["coder"], row["tone"], row["note"], row["seconds"]) == ("ben", -1, "Late.", 32)
    assert (row["coded_on"], row["sample"]) == ("2026-04-03", "first")
    path.write_text(json.dumps([{"url": url, "relevant": "no", "annotator": 3}]))
    assert import_program_codes(study, path, program="label-studio", coder="eve").new == 1
    assert read_facts(study.store, "codes").iloc[-1]["relevant"] == 0


def test_an_export_of_doccano_itself_is_read(study: Study, tmp_path: Path) -> None:
    url = open_url(study)
    path = tmp_path / "ben.jsonl"
    line = {"id": 1, "text": "T", "label": ["positive", "self-credit"], "Comments": []}
    blank = {"id": 2, "text": "U", "label": [], "url": "https://x.example/9"}
    lines = [json.dumps({**line, "meta": {"url": url}}), json.dumps(blank), ""]
    path.write_text("\n".join(lines))
    assert import_program_codes(study, path, program="doccano").new == 1
    row = read_facts(study.store, "codes").iloc[-1]
    assert (row["coder"], row["tone"], row["self_credit"]) == ("ben", 1, 1)


@pytest.mark.parametrize(
    ("program", "content", "said"),
    [
        ("label-studio", "{", "this is not JSON"),
        ("label-studio", "{}", "no list of tasks"),
        ("label-studio", '[{"relevant": "no", "annotator": 1}]', "task 1: the url is missing"),
        ("label-studio", '[{"url": "URL", "relevant": "no"}]', "the coder is missing"),
        ("label-studio", '[{"url": "URL", "annotator": 1}]', "neither relevance nor tone"),
        ("label-studio", '[{"url": "URL", "annotator": 1, "tone": "bad"}]', "'bad' is no answer"),
        ("label-studio", '[{"url": "URL", "annotator": 1, "relevant": "yes"}]', "needs a tone"),
        ("label-studio", '[{"url": "x", "annotator": 1, "relevant": "no"}]', "no article of this"),
        ("doccano", '{"url": "URL", "label": ["grim"]}', "line 1: 'grim' is no label"),
        ("doccano", '{"url": "URL", "label": ["negative", "positive"]}', "has two tones"),
        ("doccano", "[1]", "this is no object"),
        ("doccano", "not", "this is not JSON"),
        (
            "doccano",
            '{"url": "URL", "label": ["neutral"]}\n{"url": "URL", "label": ["neutral"]}',
            "has coded .* twice",
        ),
    ],
)
def test_an_export_that_breaks_a_rule_stores_nothing(
    study: Study, tmp_path: Path, program: str, content: str, said: str
) -> None:
    before = len(read_facts(study.store, "codes"))
    path = tmp_path / "export.json"
    path.write_text(content.replace("URL", open_url(study)))
    with pytest.raises(FileError, match=said):
        import_program_codes(study, path, program=program)
    assert len(read_facts(study.store, "codes")) == before


def test_an_article_that_no_sample_drew_has_no_chance_and_is_refused(
    study: Study, tmp_path: Path
) -> None:
    known = set(read_facts(study.store, "articles")["url"])
    drawn = set(read_facts(study.store, "codes")["url"])
    url = sorted(known - drawn)[0]
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps({"url": url, "label": ["neutral"], "coder": "eve"}))
    with pytest.raises(FileError, match="no sample of this study drew"):
        import_program_codes(study, path, program="doccano")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(f"url,coder,relevant,tone\n{url},eve,1,0\n")
    with pytest.raises(FileError, match="missing for an article that no sample drew"):
        import_codes(study, sheet)


def test_a_file_that_is_not_there_is_one_sentence(study: Study, tmp_path: Path) -> None:
    for program in PROGRAMS:
        with pytest.raises(FileError, match="no file that can be read"):
            import_program_codes(study, tmp_path / "none", program=program)


def test_only_one_sample_may_be_written(study: Study, tmp_path: Path) -> None:
    draw(study, "second", per_month=2)
    with pytest.raises(DataError, match="nobody has coded"):
        export_codes(study, tmp_path / "out.csv", sample="second")
    with pytest.raises(DataError, match="no sample is called 'third'"):
        export_codes(study, tmp_path / "out.csv", sample="third")
    assert "12 codes" in export_codes(study, tmp_path / "out.csv", sample="first")


def test_a_correction_of_a_code_needs_a_word(study: Study, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export_codes(study, path)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[table["tone"] == "-1", "tone"] = "0"
    table.to_csv(path, index=False)
    with pytest.raises(DataError, match="--amend"):
        import_codes(study, path)
    account = import_codes(study, path, amend=True)
    assert (account.new, account.known) == (3, 9)
    assert replace(GIVEN[0], tone=0).tone in set(stored(study)["tone"])
