"""Media steps: draw a sample to check what was found about law enforcement and us, and judge it."""

from pathlib import Path

from outcomes.errors import FileError
from outcomes.estimate import Estimate, tidy
from outcomes.media.gazetteer import build_gazetteer
from outcomes.media.relevance_check import draw_check, judge_check, read_check
from outcomes.pipeline.classifying import classified_articles
from outcomes.sheets import AS_IT_IS, Reading
from outcomes.study import Study, write_whole


def draw_relevance_check(study: Study, out: Path, *, size: int, seed: int) -> list[str]:
    """Write a sheet of articles for a person to judge: about law enforcement? about us?

    Args:
        study: The study.
        out: The CSV file to write.
        size: How many articles.
        seed: The same seed draws the same articles.

    Returns:
        What was drawn, and what to do with it, as sentences.

    Raises:
        FileError: The file is there already: judgements in it would be lost.
        DataError: There is nothing to draw from, or too few are asked for.
    """
    if out.exists():
        raise FileError(out, "", "the file is there already", "Give --out another name")
    sheet = draw_check(classified_articles(study), size=size, seed=seed)
    write_whole(out, "\ufeff" + sheet.to_csv(index=False, lineterminator="\n"))  # for Excel
    return [
        f"{len(sheet)} articles drawn at random, from what was found and from the rest: {out}",
        "Write yes or no under relevant (is it about law enforcement?) and about_us (is it about "
        f"{build_gazetteer(study.settings).own.name}?). Leave the other columns as they are.",
        f"Then run: outcomes media check-relevance --read {out.name}",
    ]


def judge_relevance_check(study: Study, path: Path, *, reading: Reading = AS_IT_IS) -> list[str]:
    """Say how well the articles about law enforcement, and about us, are found in this archive.

    Writes results/relevance_check.csv and results/relevance_mistakes.csv.

    Args:
        study: The study.
        path: The sheet that a person filled in.
        reading: How the file is to be read.

    Returns:
        Precision and recall with their intervals, as sentences.

    Raises:
        FileError: The file breaks a rule, or nobody filled it in.
        RowsRefused: Some rows break a rule and may not be left out.
    """
    table = read_check(path, reading=reading).or_refuse(leave_out=reading.leave_out_refused).table
    filled = int(table["relevant"].notna().sum())
    if not filled:
        raise FileError(path, "column relevant", "every cell is empty", "Write yes or no in it")
    checked = judge_check(table, agency=build_gazetteer(study.settings).own.name)
    study.write_table("relevance_check", tidy(list(checked.estimates)))
    study.write_table("relevance_mistakes", checked.mistakes)
    lines = [f"{filled} of {len(table)} articles were judged."]
    lines += [_sentence(each) for each in checked.estimates]
    lines += [f"Not told: {reason}." for reason in checked.untold]
    return [
        *lines,
        "Articles that a person judged otherwise are listed in results/relevance_mistakes.csv. "
        "Where a name is missing, add it under [[agencies]] or known_as in study.toml.",
    ]


def _sentence(estimate: Estimate) -> str:
    what, _, words = estimate.term.partition(": ")
    return (
        f"{words[:1].upper()}{words[1:]}: {100 * estimate.value:.0f} % "
        f"({100 * estimate.low:.0f} to {100 * estimate.high:.0f} %; {what}, {estimate.n} judged)."
    )
