"""What the tests of several rooms start from: a small study, as a person would write it."""

from pathlib import Path

import pytest

from outcomes.study import Study

EXAMPLE = """\
[study]
name = "Walks in Marlow Falls"
agency = "Marlow Falls Police Department"
first = 2025-01-01
last = 2025-12-31

[plan]
question = "Do people pass on more tips once officers walk there?"
output = "walk_minutes"
primary_outcome = "tips_received"
other_outcomes = ["complaints"]

[[places]]
code = "eastbank"
name = "Eastbank"
role = "focus"
start = 2025-07-01

[[places]]
code = "northgate"
name = "Northgate"
role = "comparison"

[[waves]]
label = "spring-pre"
instrument = "academy"
group = "spring"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07

[[outlets]]
name = "Marlow Falls Courier"
scope = "local"

[[events]]
date = 2025-09-16
name = "New street lights"
kind = "co-intervention"
places = ["eastbank"]
"""


@pytest.fixture(scope="session")
def example_settings() -> str:
    """The text of a small, valid study.toml."""
    return EXAMPLE


@pytest.fixture
def study_folder(tmp_path: Path) -> Path:
    """A folder that holds the small study.toml."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / "study.toml").write_text(EXAMPLE, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The worked example, run from nothing to a report; tests must not change it."""
    from outcomes.pipeline.folder import new_study
    from outcomes.pipeline.run import run

    study = new_study(tmp_path_factory.mktemp("example") / "study", example=True)
    run(study, say=lambda line: None)
    return study
