from pathlib import Path

import click
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.survey_linking import COMMANDS
from outcomes.errors import DataError, FileError
from outcomes.pipeline.expected_links import expected_links, planned_elements
from outcomes.pipeline.linking import link_files
from outcomes.simulate.codes import CODES, coded_class
from outcomes.surveys.linking.link_plan import LinkPlan

NAMES = tuple("ABCDEFG")
ACADEMY = Path(__file__).resolve().parents[2] / "surveys" / "academy.yaml"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("linking")
    rng = np.random.default_rng(1)
    parts = [coded_class(CODES["A7"], 60, rng=rng) for _ in range(2)]
    for side, name in (("before", "pre"), ("after", "post")):
        rows = np.vstack([getattr(part, side) for part in parts])
        table = pd.DataFrame(rows, columns=list(NAMES)).replace(-1, "")
        table["class"] = np.repeat(["fall", "spring"], [len(getattr(p, side)) for p in parts])
        table["person"] = [f"{name}{number}" for number in range(len(table))]
        table["trust"] = rng.normal(3, 1, len(table)).round(2)
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def run(*arguments: object):
    group = click.Group(commands={str(each.name): each for each in COMMANDS})
    return CliRunner().invoke(group, [str(each) for each in arguments], catch_exceptions=False)


def test_two_files_are_linked_and_all_that_was_asked_for_is_written(files, tmp_path) -> None:
    result = run(
        "link", files / "pre.csv", files / "post.csv", "--codes", ",".join(NAMES),
        "--id", "person", "--block", "class", "--baseline", "trust",
        "--out", tmp_path / "links.csv", "--unmatched", tmp_path / "alone.csv",
        "--review", tmp_path / "review.csv", "--sensitivity", tmp_path / "looser.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    links = pd.read_csv(tmp_path / "links.csv")
    assert list(links) == ["pre_id", "post_id", "rule", "probability"]
    assert len(links) + (pd.read_csv(tmp_path / "alone.csv")["side"] == "before").sum() == 120
    assert len(pd.read_csv(tmp_path / "looser.csv")) == 7
    assert "trust before: linked" in result.stderr
    assert "decision" in pd.read_csv(tmp_path / "review.csv")


def test_decisions_are_read_from_the_file_that_the_review_list_was_written_to(
    files, tmp_path
) -> None:
    decided = tmp_path / "review.csv"
    row = {"pre_id": "pre0", "post_id": "post0", "decision": "same", "reviewer": "R1"}
    pd.DataFrame([row, row | {"pre_id": "pre1", "decision": ""}]).to_csv(decided, index=False)
    found = link_files(
        files / "pre.csv", files / "post.csv", LinkPlan(id="person", codes=NAMES),
        decisions=decided,
    )  # fmt: skip
    table = found.links.table.set_index("pre_id")
    assert tuple(table.loc["pre0", ["post_id", "rule"]]) == ("post0", "reviewed")


def test_rows_can_be_named_by_their_number_in_the_file(files) -> None:
    found = link_files(files / "pre.csv", files / "pre.csv", LinkPlan(id="row", codes=NAMES))
    assert (found.links.table["pre_id"] == found.links.table["post_id"]).all()
    assert found.links.table["pre_id"].iloc[0] == "2"


def test_no_code_is_ever_written(files, tmp_path) -> None:
    wave = pd.read_csv(files / "pre.csv", dtype=str)
    secret = wave.assign(**{name: "Zq" + wave[name] for name in NAMES})
    secret.to_csv(tmp_path / "pre.csv", index=False)
    result = run(
        "link", tmp_path / "pre.csv", tmp_path / "pre.csv", "--codes", ",".join(NAMES),
        "--id", "person", "--threshold", "0.9999", "--review", tmp_path / "review.csv",
        "--unmatched", tmp_path / "alone.csv", "--out", tmp_path / "links.csv",
    )  # fmt: skip
    written = [path.read_text() for path in tmp_path.glob("*.csv") if path.name != "pre.csv"]
    assert len(written) == 3
    assert "zq" not in "".join([*written, result.output]).lower()


def test_a_planned_code_is_tried_out_before_fielding() -> None:
    weak = expected_links([(str(n), kind) for n, kind in enumerate(CODES["D7"][:4])], people=400)
    good = expected_links([(str(n), kind) for n, kind in enumerate(CODES["D7"])], people=30)
    by = good.table.set_index("way")
    assert by["correct"].is_monotonic_increasing
    assert by.loc["exact", "correct"] == pytest.approx(0.71, abs=0.03)
    assert by.loc["weights", "correct"] > 0.9
    assert by.loc["weights", "false"] <= 0.002
    assert "good enough" in good.sentences()[-1]
    assert "code cards" in weak.sentences()[-1]
    assert weak.table.set_index("way").loc["one-off", "false"] > 0.01
    assert good.same_code == pytest.approx(good.collision * 30 * 29 / 2)


def test_the_elements_of_an_instrument_are_taken_for_what_they_are(tmp_path) -> None:
    kinds = dict(planned_elements(str(ACADEMY)))
    assert kinds["mother_letter"] == "letter"
    assert kinds["school_letter"] == "place"
    assert kinds["mother_month"] == "number:12"
    assert kinds["older_sisters"] == "siblings"
    text = ACADEMY.read_text(encoding="utf-8")
    start, end = text.index("\ncode:\n"), text.index("\nchoices:\n")
    (tmp_path / "academy.yaml").write_text(text[:start] + text[end:], encoding="utf-8")
    with pytest.raises(FileError, match="the instrument asks for no code"):
        planned_elements(str(tmp_path / "academy.yaml"))


def test_the_calculator_prints_its_table_and_its_advice() -> None:
    result = run("expect-links", "--elements", "letter,letter,number:31", "--people", 20)
    assert result.exit_code == 0
    assert "weights" in result.stdout
    assert "Advice:" in result.stderr


@pytest.mark.parametrize(
    ("kinds", "people", "back", "sentence"),
    [
        ([], 20, 0.75, "1 to 30 elements, got 0"),
        (["digit"], 20, 0.75, "'digit' is no kind"),
        (["letter"], 1, 0.75, "--people must be 2 to 10,000, got 1"),
        (["letter"], 20, 75.0, "--return is a share"),
    ],
)
def test_a_plan_that_cannot_be_tried_is_refused(kinds, people, back, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        expected_links([("x", kind) for kind in kinds], people=people, back=back)
