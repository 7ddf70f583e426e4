"""Say what a study holds, what is stale against its inputs, and what is due."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from outcomes.pipeline.collecting import fielded_waves, forms, late_forms
from outcomes.pipeline.fielding import Standing, standing, wave_counts
from outcomes.pipeline.link_decisions import decisions_kept
from outcomes.pipeline.plan_freezing import frozen_path
from outcomes.pipeline.raw_files import expected_files
from outcomes.store import fingerprint, read_facts, read_imports, sha256
from outcomes.study import Study, write_whole

HELD = {
    "answers": "survey answers",
    "articles": "news articles",
    "codes": "codes of articles by people",
    "walks": "walks",
    "incidents": "incidents",
    "engagement_records": "engagement records",
    "counts": "monthly counts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state of a study, in sentences."""

    holds: list[str]
    stale: list[str]
    due: list[str]


def status(study: Study, *, today: date | None = None) -> Status:
    """Look a study over."""
    held = {name: len(read_facts(study.store, name)) for name in HELD}
    return Status(
        holds=[f"{count} {HELD[name]}" for name, count in held.items() if count],
        stale=[*_raw_files_stale(study), *_results_stale(study)],
        due=list(_due(study, today=today or date.today(), held=held)),
    )


def remember_inputs(study: Study) -> None:
    """Keep a fingerprint of everything the results were made from."""
    write_whole(study.results / "inputs.json", json.dumps(_inputs(study), indent=1) + "\n")


def _inputs(study: Study) -> dict[str, str]:
    """Fingerprint the store and every text file that people write."""
    written = [study.root / "study.toml", frozen_path(study), study.rules_path]
    written += sorted((study.root / "surveys").glob("*.yaml"))
    marks = fingerprint(study.store).items()
    found = {f"stored {HELD.get(name, name.replace('_', ' '))}": mark for name, mark in marks}
    if decided := decisions_kept(study):
        found["decisions about links"] = str(decided)
    for path in written:
        if path.exists():
            found[path.relative_to(study.root).as_posix()] = sha256(path)
    return found


def _raw_files_stale(study: Study) -> Iterator[str]:
    imports = read_imports(study.store)
    for raw in expected_files(study):
        path = raw.find(study)
        if path is None:
            continue
        shown = path.relative_to(study.root).as_posix()
        known = imports[(imports["step"] == raw.step) & (imports["file"] == path.name)]
        if known.empty:
            yield f"{shown} ({raw.what}) is not imported yet; run: outcomes run"
        elif known["sha256"].iloc[-1] != sha256(path):
            yield f"{shown} ({raw.what}) changed since it was imported"


def _results_stale(study: Study) -> Iterator[str]:
    remembered = study.results / "inputs.json"
    if not remembered.exists():
        yield "no results yet; run: outcomes run"
        return
    before, now = json.loads(remembered.read_text(encoding="utf-8")), _inputs(study)
    changed = [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]
    if changed:
        yield f"results are older than: {', '.join(changed)}; run: outcomes run"
    report, estimates = study.reports / "evaluation.html", study.results / "estimates.csv"
    if not report.exists():
        yield "no report yet; run: outcomes report"
    elif report.stat().st_mtime < estimates.stat().st_mtime:
        yield "the report is older than the results; run: outcomes report"


def _due(study: Study, *, today: date, held: dict[str, int]) -> Iterator[str]:
    yield from _waves_due(study, today=today)
    if held["articles"] and not held["codes"]:
        yield (
            "no article is coded by a person, so no share of tone can be published; "
            "run: outcomes media sample"
        )
    for name, where in (("walks", "walks.csv"), ("counts", "counts.csv")):
        if study.settings.plan and not held[name]:
            yield f"the plan needs {HELD[name]}: put them at data/raw/{where}"
    if study.settings.plan is None:
        yield "study.toml holds no [plan]: write the question before you look at results"
    elif not frozen_path(study).exists():
        yield "the plan is not frozen, so all results are exploratory; run: outcomes plan freeze"


def _waves_due(study: Study, *, today: date) -> Iterator[str]:
    imported = set(read_facts(study.store, "answers")["wave"])
    fielded = fielded_waves(study)
    for wave in study.settings.waves:
        how = standing(study, wave.label, today=today)
        if wave.label in fielded:
            yield from _forms_due(study, how)
        elif wave.label in imported:
            continue
        elif how.state == "closed":
            yield (
                f"wave {wave.label} closed on {wave.closes} and holds no answers: put them at "
                f"data/raw/answers/{wave.label}.csv"
            )
        elif how.state == "open":
            yield f"wave {wave.label} is open until {wave.closes}"


def _forms_due(study: Study, how: Standing) -> Iterator[str]:
    label, counts = how.wave.label, wave_counts(study, how.wave.label)
    told = f"{forms(counts.finished)} finished, {counts.started - counts.finished} only begun"
    if how.state == "open":
        yield f"wave {label} is open: {told}"
    elif how.state == "closed":
        yield f"wave {label} is closed ({told}); run: outcomes survey freeze {label}"
    elif late := late_forms(study, label):
        yield (
            f"wave {label} is frozen, and {forms(late)} came after that; to take them in, run: "
            f"outcomes survey freeze {label}"
        )


def shown_path(study: Study, path: Path) -> str:
    """Show a path inside the study as a newcomer would type it from the current folder."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)
