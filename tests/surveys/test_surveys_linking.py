import hashlib

import numpy as np
import pandas as pd
import pytest

from outcomes.errors import DataError
from outcomes.simulate.codes import CODES, coded_class
from outcomes.stats.paired import mean_change
from outcomes.surveys.linking.link_plan import LinkPlan, folded
from outcomes.surveys.linking.links import Links, link_tables, review_list, unmatched_list
from outcomes.surveys.linking.sensitivity import sensitivity
from outcomes.surveys.linking.unmatched import compare_unmatched

NAMES = tuple("abcdefg")
PLAN = LinkPlan(id="id", codes=NAMES)


def table(codes: np.ndarray, *, ids: str) -> pd.DataFrame:
    cells = pd.DataFrame(codes, columns=list(NAMES)).astype(str).replace("-1", "")
    return cells.assign(id=[f"{ids}{number}" for number in range(len(codes))])


@pytest.fixture(scope="module")
def people():
    return coded_class(CODES["D7"], 120, rng=np.random.default_rng(1989))


@pytest.fixture(scope="module")
def waves(people) -> tuple[pd.DataFrame, pd.DataFrame]:
    return table(people.before, ids="p"), table(people.after, ids="q")


@pytest.fixture(scope="module")
def links(waves) -> Links:
    return link_tables(*waves, PLAN)


def truly(people, found: pd.DataFrame) -> np.ndarray:
    pre = found["pre_id"].str[1:].astype(int).to_numpy()
    post = found["post_id"].str[1:].astype(int).to_numpy()
    return people.truth[post] == pre


def test_each_link_has_an_id_a_rule_and_a_probability(links, people) -> None:
    assert list(links.table) == ["link_id", "pre_id", "post_id", "rule", "probability"]
    assert links.table["link_id"].is_unique
    assert (links.table["probability"] >= PLAN.threshold).all()
    assert truly(people, links.table).all()
    assert len(links.table) > 0.8 * (people.truth >= 0).sum()


def test_everybody_is_linked_once_or_listed_as_unmatched(links, waves) -> None:
    for side, name, wave in (("before", "pre_id", waves[0]), ("after", "post_id", waves[1])):
        listed = unmatched_list(links)
        alone = listed.loc[listed["side"] == side, "id"].tolist()
        assert sorted([*alone, *links.table[name]]) == sorted(wave["id"])


def test_the_sentences_count_what_was_linked(links) -> None:
    made = len(links.table)
    said = "\n".join(links.sentences())
    assert f"{made} links; {120 - made} rows before" in said
    assert f"About {(1 - links.table['probability']).sum():.1f} of the {made} links" in said


def test_case_spaces_accents_and_ways_to_write_a_number_do_not_matter() -> None:
    cells = [" É ", "e", "04", "4.0", "4", "", "NA", "ab c", "AB  C"]
    assert folded(cells).tolist() == ["e", "e", "4", "4", "4", "", "", "abc", "abc"]
    assert folded(["0" * 25 + "1"])[0] == "0" * 25 + "1"  # a hash is no number


def keyed(name: str, cell: str) -> str:
    return hashlib.sha256(f"{name}/{cell}".encode()).hexdigest()[:26] if cell else ""


def test_hashes_link_as_plain_codes_do(waves, links) -> None:
    hashed = [
        wave.assign(**{name: [keyed(name, cell) for cell in wave[name]] for name in NAMES})
        for wave in waves
    ]
    again = link_tables(*hashed, PLAN)
    assert again.table[["pre_id", "post_id"]].equals(links.table[["pre_id", "post_id"]])


def test_the_review_list_shows_what_agrees_and_never_a_code_or_an_answer(waves) -> None:
    strict = link_tables(*waves, LinkPlan(id="id", codes=NAMES, threshold=0.9999))
    listed = review_list(strict)
    assert len(listed) > 3
    assert list(listed) == ["pre_id", "post_id", "probability", *NAMES, "decision", "reviewer"]
    assert set(listed[list(NAMES)].to_numpy().ravel()) <= {"agrees", "differs", "missing"}
    assert listed["probability"].between(0.5, 0.9999).all()


def test_what_a_reviewer_decided_is_honoured(waves) -> None:
    plan = LinkPlan(id="id", codes=NAMES, threshold=0.9999)
    listed = review_list(link_tables(*waves, plan)).head(2)
    decided = listed.assign(decision=["Same", "different"], reviewer="R1")
    again = link_tables(*waves, plan, decisions=decided)
    pairs = set(zip(again.table["pre_id"], again.table["post_id"], strict=True))
    same, different = zip(listed["pre_id"], listed["post_id"], strict=True)
    assert same in pairs
    assert different not in set(zip(again.pairs["pre_id"], again.pairs["post_id"], strict=True))
    assert again.table.set_index("pre_id").loc[same[0], "rule"] == "reviewed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"decision": "maybe"}, "'maybe' is no decision. Allowed: same, different"),
        ({"reviewer": ""}, "does not say who decided"),
        ({"pre_id": "nobody"}, "1 decision.s. name a row that the table before does not have"),
    ],
)
def test_a_decision_that_cannot_be_followed_is_refused(waves, change, sentence: str) -> None:
    row = {"pre_id": "p0", "post_id": "q0", "decision": "same", "reviewer": "R1"} | change
    with pytest.raises(DataError, match=sentence):
        link_tables(*waves, PLAN, decisions=pd.DataFrame([row]))


def test_a_pair_that_is_decided_twice_or_a_table_without_a_column_is_refused(waves) -> None:
    row = {"pre_id": "p0", "post_id": "q0", "decision": "same", "reviewer": "R1"}
    with pytest.raises(DataError, match="a pair is decided twice"):
        link_tables(*waves, PLAN, decisions=pd.DataFrame([row, row | {"decision": "different"}]))
    with pytest.raises(DataError, match="no column 'reviewer'"):
        link_tables(*waves, PLAN, decisions=pd.DataFrame([row]).drop(columns="reviewer"))


def test_looser_links_are_more_and_an_estimate_is_recomputed_on_each(links, waves) -> None:
    rng = np.random.default_rng(1)
    before = dict(zip(waves[0]["id"], rng.normal(0, 1, len(waves[0])), strict=True))
    after = dict(zip(waves[1]["id"], rng.normal(0.5, 1, len(waves[1])), strict=True))

    def recompute(pairs: pd.DataFrame):
        return mean_change(
            pairs["pre_id"].map(before), pairs["post_id"].map(after), term="trust", unit="points"
        )

    found = sensitivity(links, recompute=recompute).set_index("links_by")
    by_threshold = found[found.index.str.startswith("probability")]["links"]
    assert by_threshold.is_monotonic_decreasing
    assert found.loc["probability from 0.97 (used)", "links"] == len(links.table)
    assert (found["n"] == found["links"]).all()
    assert found["value"].nunique() > 2
    assert set(sensitivity(links)) == {"links_by", "links", "expected_false"}


def test_an_estimate_that_cannot_be_made_says_why() -> None:
    one = pd.DataFrame({"id": ["x", "y"], "card": ["k1", "k2"]})
    found = link_tables(one, one.iloc[:1], LinkPlan(id="id", card="card"))
    lines = sensitivity(found, recompute=lambda pairs: mean_change(
        [1.0] * len(pairs), [2.0] * len(pairs), term="x", unit="y"))  # fmt: skip
    assert lines["note"].str.contains("two respondents or more").all()


def test_people_who_share_a_code_or_have_none_are_counted() -> None:
    rows = np.random.default_rng(1).integers(0, 9, (8, 7))
    rows[1], rows[2] = rows[0], -1
    found = link_tables(table(rows, ids="p"), table(rows[3:], ids="q"), PLAN)
    said = " ".join(found.cautions)
    assert "1 rows before have no code at all" in said
    assert "2 rows before share their whole code" in said
    assert {"p0", "p1", "p2"} <= set(found.unmatched_before)


def test_those_who_could_not_be_linked_are_compared_with_the_others() -> None:
    rng = np.random.default_rng(1)
    linked = np.arange(80) >= 25
    trust = rng.normal(3, 1, 80) + np.where(linked, 1.5, 0)
    wave = pd.DataFrame({"trust": trust, "age": rng.normal(40, 9, 80), "few": [1.0, 2.0] * 40})
    wave.loc[linked.nonzero()[0][9:], "few"] = np.nan
    found = compare_unmatched(wave, linked, variables=["trust", "age", "few"]).set_index("variable")
    assert found.loc["trust", "difference_sd"] == pytest.approx(1.5, abs=0.6)
    assert found.loc["trust", "p"] < 0.001
    assert found.loc["age", "p"] > 0.05
    assert found.loc["trust", "mean_unlinked"] == pytest.approx(trust[:25].mean())
    assert found.loc["few", "withheld"] == "small"
    assert (
        found.loc["few", ["linked", "unlinked", "mean_linked", "mean_unlinked", "p"]].isna().all()
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "name the columns with the code"),
        ({"codes": ("a",), "threshold": 1.0}, "threshold must lie from 0.5 to below 1, got 1"),
        ({"codes": ("a",), "threshold": 0.4}, "threshold must lie"),
        ({"codes": ("a", "a")}, "the column 'a' is named twice"),
        ({"codes": tuple(f"c{n}" for n in range(31))}, "a code of 31 elements"),
    ],
)
def test_a_plan_that_cannot_work_is_refused(options, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        LinkPlan(id="id", **options)


def test_tables_that_cannot_be_linked_are_refused(waves) -> None:
    before, after = waves
    with pytest.raises(DataError, match="the table after has no column 'g'"):
        link_tables(before, after.drop(columns="g"), PLAN)
    with pytest.raises(DataError, match=r"1 row\(s\) of the table before have a id that stands"):
        link_tables(before.assign(id=["p1", *before["id"][1:]]), after, PLAN)
    with pytest.raises(DataError, match="a row of the table after has no id"):
        link_tables(before, after.assign(id=["", *after["id"][1:]]), PLAN)
    with pytest.raises(DataError, match="age: 1 cells are no numbers"):
        compare_unmatched(pd.DataFrame({"age": ["x", "1"]}), [True, False], variables=["age"])
