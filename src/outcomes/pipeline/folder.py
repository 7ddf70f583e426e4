"""Make a study folder, empty or filled with the worked example."""

import json
import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from outcomes.errors import DataError, OutcomesError
from outcomes.media.classify import classify
from outcomes.media.sample import draw_sample
from outcomes.pipeline.expected_links import planned_elements
from outcomes.sheets import GENERATED
from outcomes.simulate import engagement, neighborhoods, news, people
from outcomes.simulate.scenario import CodeForm, ScaleForm, Scenario
from outcomes.study import FOLDERS, Study, open_study, write_whole
from outcomes.surveys.instrument_file import read_instrument
from outcomes.surveys.looking_back import looking_back

FEED = news.NEWSLETTER
_MONTHS = 12  # the highest answer to the month of a birthday, which is from 1 on


def new_study(folder: Path, *, example: bool = False, today: date | None = None) -> Study:
    """Make a study folder: settings to fill in, shipped instruments, rules and notebooks.

    Raises:
        OutcomesError: The folder holds files already; nothing is overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise OutcomesError(f"{folder} is not empty; nothing was written. Name a new folder.")
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    shipped = shipped_files()
    for name in ("surveys", "surveys/templates", "notebooks"):
        (folder / name).mkdir(exist_ok=True)
        for path in sorted((shipped / name).iterdir()):
            if path.suffix in {".yaml", ".ipynb"}:
                shutil.copyfile(path, folder / name / path.name)
    shutil.copyfile(shipped / "walk_rules.toml", folder / "walk_rules.toml")
    if example:
        shutil.copyfile(shipped / "study.toml", folder / "study.toml")
    else:
        template = files("outcomes.pipeline").joinpath("new_study.toml").read_text("utf-8")
        year = (today or date.today()).year
        write_whole(folder / "study.toml", template.replace("{year}", str(year)))
    study = open_study(folder)
    if example:
        simulate(study)
    return study


def shipped_files() -> Path:
    """Find the worked example: beside the code once installed, or the repository's own root."""
    installed = Path(__file__).resolve().parents[1] / "shipped"
    return installed if installed.exists() else Path(__file__).resolve().parents[3]


def simulate(study: Study, *, scenario: Scenario | None = None, replace: bool = False) -> list[str]:
    """Generate the raw files of the worked example into data/raw, with the truth beside them.

    Args:
        study: A study whose study.toml says that its data are generated.
        scenario: What is planted.
        replace: Whether files, store and results of an earlier run make room.

    Returns:
        What was written, one sentence a file.

    Raises:
        OutcomesError: The study is not a generated one, or data/raw holds files already.
    """
    if not study.settings.study.generated:
        raise OutcomesError(
            "This study holds real data (study.toml has no `generated = ...`), "
            "so nothing is generated into it. Make an example with: outcomes new FOLDER --example"
        )
    there = [path for path in study.raw.rglob("*") if path.is_file() and path.name != "README.md"]
    if there and not replace:
        raise OutcomesError("data/raw holds files already. Say --replace to generate them anew.")
    if replace:
        _clear(study, there)
    scenario = scenario or Scenario()
    rng = np.random.default_rng(scenario.seed)
    truth: dict[str, object] = {
        "generated": study.settings.study.generated,
        "planted": scenario.as_truth(),
    }
    said = [
        *_write_answers(study, scenario, truth=truth, rng=rng),
        *_write_places(study, scenario, rng=rng),
        *_write_records(study, scenario),
        *_write_news(study, scenario, truth=truth, rng=rng),
    ]
    write_whole(study.raw / "truth.json", json.dumps(truth, indent=1) + "\n")
    return [*said, "truth.json: what was planted"]


def _clear(study: Study, there: list[Path]) -> None:
    """Remove what an earlier run generated, and the results that told of it."""
    database = study.root / "data" / "study.db"
    stored = [database.with_name(database.name + ending) for ending in ("", "-wal", "-shm")]
    results = [path for path in study.results.glob("*.*") if path.is_file()]
    for path in [*there, *stored, *results]:
        path.unlink(missing_ok=True)


def _write_answers(
    study: Study, scenario: Scenario, *, truth: dict[str, object], rng: np.random.Generator
) -> list[str]:
    said, expected = [], {}
    focus = [place.code for place in study.places("focus")]
    groups = dict.fromkeys(wave.group for wave in study.settings.waves)
    for group in groups:
        waves = [wave for wave in study.settings.waves if wave.group == group]
        forms = _scale_forms(study, waves[0].instrument)
        same = waves[0].respondents == "same people"
        tables = (
            people.academy_class(
                scenario,
                forms,
                rng=rng,
                code=_code_forms(study, waves[0].instrument),
                looking_back=_looking_back(study, waves[0].instrument),
            )
            if same
            else people.residents(scenario, forms, focus=focus, places=study.place_codes(), rng=rng)
        )
        shift = dict(scenario.academy_shift if same else scenario.residents_shift)
        expected[group] = {
            scale: round(people.expected_change(form, shift=shift.get(scale, 0.0)), 4)
            for scale, form in forms.items()
        }
        for wave, table in zip(waves, tables, strict=True):
            said.append(_write_csv(study, f"answers/{wave.label}", table))
    truth["expected change of mean scores"] = expected
    return said


def _looking_back(study: Study, name: str) -> dict[str, str]:
    """Take from an instrument which items look back, and on what."""
    instrument = read_instrument(study.instrument_path(name))
    return {each.item: each.on for each in looking_back(instrument)}


def _code_forms(study: Study, name: str) -> list[CodeForm]:
    """Take from an instrument what the simulator must know of the code that people make."""
    path = study.instrument_path(name)
    code = read_instrument(path).code
    if code is None:
        return []
    kinds = dict(planned_elements(str(path)))
    firsts = {
        each.name: "A" if each.kind == "letter" else "1" if each.high == _MONTHS else "0"
        for each in code.elements
    }
    return [
        CodeForm(name=each.name, kind=kinds[each.name], first=firsts[each.name])
        for each in code.elements
    ]


def _scale_forms(study: Study, name: str) -> dict[str, ScaleForm]:
    """Take from an instrument what the simulator must know of its scales."""
    instrument = read_instrument(study.instrument_path(name))
    forms = {}
    for scale, declared in instrument.scales.items():
        low, high = instrument.score_range(scale)
        forms[scale] = ScaleForm(
            items=tuple(declared.items),
            reversed=frozenset(declared.reversed),
            low=int(low),
            high=int(high),
        )
    return forms


def _write_places(study: Study, scenario: Scenario, *, rng: np.random.Generator) -> list[str]:
    about = study.settings.study
    starts = {place.code: place.start for place in study.places("focus") if place.start}
    happened = neighborhoods.incidents(
        places=study.place_codes(), first=about.first, last=about.last, rng=rng
    )
    log = neighborhoods.walk_log(happened, starts=starts, last=about.last, rng=rng)
    counted = neighborhoods.counts(
        scenario, starts=starts, places=study.place_codes(), months=study.months(), rng=rng
    )
    happened = happened.assign(at=[f"{at:%Y-%m-%d %H:%M}" for at in happened["at"]])
    return [
        _write_csv(study, "incidents", happened),
        _write_csv(study, "walks", log),
        _write_csv(study, "counts", counted),
    ]


def _write_records(study: Study, scenario: Scenario) -> list[str]:
    """Write engagement records, one file a kind; drawn apart, so that nothing else changes."""
    about = study.settings.study
    setting = engagement.Setting(
        starts={place.code: place.start for place in study.places("focus") if place.start},
        first=about.first,
        last=about.last,
        academies={
            wave.group: wave.closes
            for wave in study.settings.waves
            if wave.respondents == "same people" and wave.occasion == "post"
        },
        outlets=[each.name for each in study.settings.outlets if each.scope == "local"],
    )
    rng = np.random.default_rng([scenario.seed, 9])
    tables = engagement.engagement_records(setting, rng=rng)
    return [_write_csv(study, f"engagement/{kind}", table) for kind, table in tables.items()]


def _write_news(
    study: Study, scenario: Scenario, *, truth: dict[str, object], rng: np.random.Generator
) -> list[str]:
    outlets = {
        scope: [outlet.name for outlet in study.settings.outlets if outlet.scope == scope]
        for scope in ("local", "national")
    }
    articles = news.archive(
        months=study.months(), outlets=outlets, time_zone=study.settings.study.time_zone, rng=rng
    )
    truth["true share of tones by month"] = {
        month: {name: round(float(share), 4) for name, share in row.items()}
        for month, row in news.true_shares(articles).to_dict("index").items()
    }
    in_feed = articles["outlet"] == FEED
    seen = articles.loc[~in_feed, ["url", "outlet", "published", "title", "text", "prompted"]]
    lines = seen.assign(**{GENERATED: True}).to_json(
        orient="records", lines=True, force_ascii=False
    )
    write_whole(study.raw / "articles.jsonl", lines)
    slug = FEED.lower().replace(" ", "-")
    write_whole(study.raw / "feeds" / f"{slug}.xml", news.feed(articles[in_feed], title=FEED))
    codes = _codes(articles, scenario=scenario)
    return [
        f"articles.jsonl: {len(seen)} rows",
        f"feeds/{slug}.xml: {int(in_feed.sum())} entries",
        _write_csv(study, "codes", codes),
    ]


def _codes(articles: pd.DataFrame, *, scenario: Scenario) -> pd.DataFrame:
    """Draw the sample that a coder would get, and code it with the truth."""
    frame = articles.assign(id=articles["url"])
    classified = classify(frame, model="lexicon").merge(
        articles[["url", "month", "outlet", "published", "title", "text"]],
        left_on="id",
        right_on="url",
    )
    drawn = draw_sample(classified, per_month=scenario.coded_per_month, seed=scenario.seed)
    known = articles.set_index("url").loc[drawn["url"]]
    return pd.DataFrame(
        {
            "url": drawn["url"].to_numpy(),
            "coder": "generated",
            "relevant": known["relevant"].to_numpy(),
            "tone": known["tone"].astype("Int64").astype("string").fillna("").to_numpy(),
            "probability": drawn["probability"].round(6).to_numpy(),
        }
    )


def _write_csv(study: Study, name: str, table: pd.DataFrame) -> str:
    if not len(table):
        raise DataError(f"the simulator made no rows for {name}")
    text = table.assign(**{GENERATED: "yes"}).to_csv(index=False, lineterminator="\n")
    write_whole(study.raw / f"{name}.csv", text)
    return f"{name}.csv: {len(table)} rows"
