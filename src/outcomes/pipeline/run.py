"""Run every step of a study, from raw files to the report, with a progress line for each."""

from collections.abc import Callable
from itertools import filterfalse
from pathlib import Path

from outcomes.pipeline.collecting import collect_answers, fielded_waves
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.join_audit import lost_nothing
from outcomes.pipeline.raw_files import expected_files
from outcomes.pipeline.report import write_report
from outcomes.pipeline.sealing import is_locked
from outcomes.pipeline.status import remember_inputs, shown_path
from outcomes.study import Study


def run(study: Study, *, say: Callable[[str], None], amend: bool = False) -> Path:
    """Collect finished forms, import what lies in data/raw, evaluate, and write the report.

    Args:
        study: The study.
        say: Receives one progress line a step.
        amend: Whether changed rows of a raw file are stored as corrections.

    Returns:
        Where the report lies.
    """
    for wave in fielded_waves(study):
        for line in collect_answers(study, wave).sentences():
            say(f"[collect]  {line}")
    for raw in expected_files(study):
        path = raw.find(study)
        if path is not None and is_locked(study, raw.step, path):
            say(f"[import]   {raw.what}: stored before, and not read again without the study key")
        elif path is not None:
            imported = raw.bring_in(study, path, amend=amend)
            for line in filterfalse(lost_nothing, imported.sentences()):
                say(f"[import]   {raw.what}: {line}")
    findings = evaluate(study)
    for line in findings.linked:
        say(f"[link]     {line}")
    say(f"[classify] {findings.classified}")
    say(f"[stories]  {' '.join(findings.stories[:1]) or 'there are no articles'}")
    remember_inputs(study)
    say(
        f"[evaluate] {len(findings.estimates)} estimates in results/estimates.csv, "
        f"{len(findings.untold)} questions that these data cannot answer in results/untold.csv"
    )
    path = write_report(study)
    public = write_report(study, public=True)
    say(f"[report]   {shown_path(study, path)}")
    say(f"[report]   {shown_path(study, public)} (public version: small cells withheld)")
    return path
