"""Media step: say how good a model of tone is, beside the baselines, with every interval."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from outcomes.errors import DataError, FileError
from outcomes.media.classify import ToneClassifier, find_model
from outcomes.media.lexicon import Lexicon, VaderArticle
from outcomes.media.model_checks.checked_rows import CheckedRows, read_articles, read_targets
from outcomes.media.model_checks.label_agreement import label_agreement
from outcomes.media.model_checks.model_answers import ModelAnswers, answer
from outcomes.media.model_checks.model_breakdown import by_group, reliability, worst
from outcomes.media.model_checks.model_scores import score_model
from outcomes.media.model_checks.name_swaps import swap_table
from outcomes.media.model_checks.score_words import score_sentences
from outcomes.media.model_checks.swap_templates import fill_templates, usual_texts
from outcomes.pipeline.coded_rows import coded_rows
from outcomes.pipeline.tone_scores import study_model
from outcomes.report.reliability_plot import ConfidenceBin, draw_reliability
from outcomes.study import Study, write_whole

BASELINES = (Lexicon.name, VaderArticle.name)
CHECKED = "check.json"  # what was checked, with which rows
_DIGITS = 4
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What a person asks for."""

    out: Path  # a folder
    model: str = ""  # "" for the study's, else the default
    targets: Path | None = None
    articles: Path | None = None
    by: tuple[str, ...] = ()  # more columns of the rows to part them by
    agreed: bool = False  # that texts may leave this machine, or a model come to it (--yes)
    study: Study | None = None  # whose codes are used where no file is named


def check_model(check: ModelCheck, *, say: Say) -> list[str]:
    """Check a model of tone, and write what was found into a folder.

    Writes scores.csv, by_group.csv, reliability.csv, reliability.svg and .png, worst.csv,
    fairness.csv and check.json, all of them at the end.

    Args:
        check: Which model, with what.
        say: Receives lines of progress.

    Returns:
        What was found, as sentences.

    Raises:
        DataError: There is nothing to check with, or no model or column has that name.
        FileError: A file breaks a rule, or the folder cannot be written.
    """
    model = checked_model(check.model, study=check.study, agreed=check.agreed)
    sets = list(_sets(check))
    _require_columns(check.by, sets)
    others = [find_model(name) for name in BASELINES if name != model.name]
    for rows in sets:
        say(f"{rows.said()}.")
    answers = []
    for judge in (model, *others):
        say(f"{judge.name} reads")
        answers += [answer(judge, rows) for rows in sets]
    texts = fill_templates()
    usual = usual_texts(texts)
    tables = _tables(answers, [answer(judge, usual) for judge in (model, *others)], by=check.by)
    tables["fairness"] = pd.concat([swap_table(judge, texts) for judge in (model, *others)])
    seen = [rows.name for rows in sets if _learned(model, rows)]
    _write(check.out, tables, model=model, about=_about(model, sets, seen=seen))
    return [
        *score_sentences(tables["scores"], tables["fairness"], model=model.name),
        *(
            f"Careful: {name} is part of what {model.name} learned from, so its figures for it "
            "are better than for news it never saw. Use rows that it was not trained with"
            for name in seen
        ),
        f"All figures, with what they mean, are in {check.out}",
    ]


def checked_model(name: str, *, study: Study | None, agreed: bool = False) -> ToneClassifier:
    """Make the model that is named, or that the study uses, or the default.

    Args:
        name: As for ``find_model``; "" where none is named.
        study: The study, if any.
        agreed: As for ``find_model``.
    """
    if study is None:
        return find_model(name, agreed=agreed)
    return study_model(study, name, agreed=agreed)


def _sets(check: ModelCheck) -> Iterator[CheckedRows]:
    """Read the files that are named; where none is, the study's own codes."""
    if check.targets is None and check.articles is None:
        if check.study is None:
            raise DataError(
                "there is nothing to check the model with. Name --targets or --articles, or a "
                "study whose articles people have coded: --study"
            )
        yield coded_rows(check.study)
    if check.targets is not None:
        yield read_targets(check.targets)
    if check.articles is not None:
        yield read_articles(check.articles)


def _require_columns(names: Sequence[str], sets: Sequence[CheckedRows]) -> None:
    for name in names:
        if not any(name in rows.table for rows in sets):
            known = sorted({column for rows in sets for column in rows.table})
            raise DataError(f"--by {name}: no rows have it. They have {', '.join(known)}")


def _tables(
    answers: Sequence[ModelAnswers], usual: Sequence[ModelAnswers], *, by: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Lay out what models made of the rows, and of the unswapped texts of the templates."""
    mistakes = [worst(each) for each in (*answers, *usual)]
    return {
        "scores": pd.concat([score_model(each) for each in answers], ignore_index=True),
        "by_group": pd.concat([by_group(each, by) for each in answers], ignore_index=True),
        "reliability": pd.concat([reliability(each) for each in answers], ignore_index=True),
        "worst": pd.concat([each for each in mistakes if len(each)], ignore_index=True)
        if any(len(each) for each in mistakes)
        else mistakes[0],
    }


def _learned(model: ToneClassifier, rows: CheckedRows) -> bool:
    """Say whether a model's card lists these rows among its material."""
    for each in card_of(model).get("material", []):
        same = each.get("sha256") == rows.sha256 if rows.sha256 else each.get("name") == rows.name
        if same:
            return True
    return False


def card_of(model: ToneClassifier) -> dict[str, Any]:
    """Give model.json of a model that lies in a folder; nothing for one that does not."""
    card: dict[str, Any] = getattr(getattr(model, "folder", None), "card", {})
    return card


def fingerprint_of(model: ToneClassifier) -> str:
    """Give what differs wherever a score of a model in a folder can; "" for one that is not."""
    return str(getattr(getattr(model, "folder", None), "fingerprint", ""))


def _about(
    model: ToneClassifier, sets: Sequence[CheckedRows], *, seen: Sequence[str]
) -> dict[str, Any]:
    return {
        "format": 1,
        "model": model.name,
        "fingerprint": fingerprint_of(model),
        "checked_on": date.today().isoformat(),
        "baselines": [name for name in BASELINES if name != model.name],
        "rows": [
            {
                "kind": rows.kind,
                "name": rows.name,
                "sha256": rows.sha256,
                "rows": len(rows.table),
                "groups": int(rows.table["group"].nunique()),
                "left_out": rows.left_out,
                "trained_on": rows.name in seen,
                "agreement": label_agreement(rows),
            }
            for rows in sets
        ],
    }


def _write(
    out: Path, tables: dict[str, pd.DataFrame], *, model: ToneClassifier, about: dict[str, Any]
) -> None:
    if out.is_file():
        raise FileError(out, "", "this is a file", "Give --out the name of a folder")
    kinds = [rows["kind"] for rows in about["rows"]]
    panels = _panels(tables["reliability"], model.name, kinds=kinds)
    svg, png = draw_reliability(panels, model=model.name)
    for name, table in tables.items():
        shown = table.round(_DIGITS)
        write_whole(out / f"{name}.csv", shown.to_csv(index=False, lineterminator="\n"))
    write_whole(out / "reliability.svg", svg)
    write_whole(out / "reliability.png", png)
    write_whole(out / CHECKED, json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def _panels(
    table: pd.DataFrame, model: str, *, kinds: Sequence[str]
) -> dict[str, list[ConfidenceBin]]:
    mine = table[table["model"] == model]
    return {
        kind.capitalize(): [
            ConfidenceBin(
                middle=(row["from"] + row["to"]) / 2,
                confidence=row["confidence"],
                right=row["right"],
                low=row["low"],
                high=row["high"],
                n=int(row["n"]),
            )
            for row in mine[mine["set"] == kind].to_dict("records")
        ]
        for kind in kinds
    }
