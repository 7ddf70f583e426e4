"""Who is who in the waves of a study, and what the evaluation makes of it."""

import json
from datetime import date

import pandas as pd
import pytest

from linked_class import ELEMENTS, answers_file, class_folder, fill_class, people
from outcomes.errors import DataError
from outcomes.pipeline.evaluate import evaluate
from outcomes.pipeline.importing import Imported
from outcomes.pipeline.link_account import counts_of, write_links
from outcomes.pipeline.link_decisions import Pair, decide, decided_pairs, decisions_kept
from outcomes.pipeline.publishing import publishable
from outcomes.pipeline.status import _inputs
from outcomes.pipeline.study_links import LINK_COLUMNS, linked_waves, links_table, study_links
from outcomes.pipeline.surveys import import_answers, score_waves
from outcomes.pipeline.wave_instrument import wave_instrument
from outcomes.store import read_facts
from outcomes.study import open_study, study_key
from outcomes.surveys.keyed_codes import hashed_elements

DOUBTFUL = Pair(pre_wave="spring-pre", post_wave="spring-post", before="BEFORE01", after="AFTER01")


@pytest.fixture
def study(study_folder):
    return fill_class(class_folder(study_folder))


def decided(study, decision, pair=DOUBTFUL, *, user="Ana"):
    decide(study, pair, decision=decision, user=user, today=date(2025, 5, 1))
    (links,) = study_links(study)
    return links


def test_codes_in_a_file_are_stored_as_keyed_hashes_and_never_as_typed(study):
    answers = read_facts(study.store, "answers")
    codes = [
        {name: cell for name, cell in given.items() if name.startswith("code.")}
        for given in answers["answers"]
    ]
    assert sum(bool(each) for each in codes) == 26
    assert {name for each in codes for name in each} == {f"code.{name}" for name in ELEMENTS}
    assert {len(cell) for each in codes for cell in each.values()} == {26}
    made = next(made for _, made, _, _ in people() if made)
    element = wave_instrument(study, "spring-pre").code
    hashed = hashed_elements(study_key(study), element, dict(zip(ELEMENTS, made, strict=True)))
    stored = next(each for each in codes if each)
    assert stored == {f"code.{name}": value for name, value in hashed.items()}


def test_a_file_without_codes_draws_no_key(study_folder):
    study = class_folder(study_folder)
    path = answers_file(study, "spring-pre", [("A1", None), ("A2", None)])
    done = import_answers(study, path, wave="spring-pre")
    assert isinstance(done, Imported)
    assert not study.key_path.exists()


def test_cards_link_first_then_codes_and_each_link_says_by_what(study):
    (links,) = study_links(study)
    assert counts_of(links) == {
        "answers before": 25, "answers after": 25, "linked": 23, "linked by card": 12,
        "linked by code": 11, "linked by review": 0, "doubtful pairs": 1,
        "unlinked before": 2, "unlinked after": 2,
    }  # fmt: skip
    table = links_table([links])
    assert tuple(table.columns) == LINK_COLUMNS
    same = table["pre_respondent"].str[-2:] == table["post_respondent"].str[-2:]
    assert same.all()
    assert set(table["rule"]) == {"card", "exact", "one-off"}
    assert table["link_id"].is_unique


def test_the_same_answers_give_the_same_links_with_any_key(study, study_folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "study.toml").write_text(
        (study_folder / "study.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    text = (other / "study.toml").read_text(encoding="utf-8")
    (other / "study.toml").write_text(text.partition('\n[[waves]]\nlabel = "spring-post"')[0])
    again = fill_class(class_folder(other))
    assert study_key(again) != study_key(study)
    one, two = (links_table(study_links(each)) for each in (study, again))
    pd.testing.assert_frame_equal(one, two)


def test_a_follow_up_is_linked_to_the_wave_before(study):
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    later = '\n[[waves]]\nlabel = "spring-later"\ninstrument = "academy"\ngroup = "spring"\n'
    later += 'occasion = "follow-up"\nopens = 2025-09-01\ncloses = 2025-09-05\n'
    (study.root / "study.toml").write_text(text + later, encoding="utf-8")
    study = open_study(study.root)
    assert [(pre.label, post.label) for pre, post in linked_waves(study)] == [
        ("spring-pre", "spring-post"), ("spring-pre", "spring-later"),
    ]  # fmt: skip
    rows = [(name, made) for name, made, _, _ in people() if name]
    import_answers(study, answers_file(study, "spring-later", rows), wave="spring-later")
    assert [each.post.label for each in study_links(study)] == ["spring-post", "spring-later"]


def test_answers_of_other_people_each_time_are_never_linked(study):
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    text = text.replace('group = "spring"\n', 'group = "spring"\nrespondents = "new sample"\n')
    (study.root / "study.toml").write_text(text, encoding="utf-8")
    study = open_study(study.root)
    assert study_links(study) == []
    with pytest.raises(DataError, match="no group 'spring' has two waves of the same people"):
        study_links(study, group="spring")


def test_residents_are_linked_by_their_own_codes_within_their_neighborhood_only(study):
    text = (study.root / "study.toml").read_text(encoding="utf-8")
    text = text.replace('group = "spring"\n', 'group = "spring"\nrespondents = "some again"\n')
    (study.root / "study.toml").write_text(text, encoding="utf-8")
    study = open_study(study.root)
    (links,) = study_links(study)
    assert counts_of(links)["linked by code"] == 11
    path = study.raw / "answers/spring-post.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.assign(place=study.place_codes()[0]).to_csv(path, index=False)
    import_answers(study, path, wave="spring-post", amend=True)
    (links,) = study_links(study)
    assert counts_of(links)["linked by code"] == 0


def test_a_decision_is_honoured_and_the_newest_one_counts(study):
    links = decided(study, "same")
    assert counts_of(links)["linked by review"] == 1
    assert counts_of(links)["doubtful pairs"] == 0
    links = decided(study, "different", user="Bo")
    assert counts_of(links)["linked by review"] == 0
    assert "AFTER01" in links.found.unmatched_after
    pairs = links.found.pairs
    assert not ((pairs["pre_id"] == "BEFORE01") & (pairs["post_id"] == "AFTER01")).any()
    links = decided(study, "cannot tell")
    assert counts_of(links)["doubtful pairs"] == 1
    assert decisions_kept(study) == 3
    newest = decided_pairs(study, "spring-pre", "spring-post")
    assert newest["decision"].tolist() == ["cannot tell"]
    assert newest["version"].tolist() == [3]


def test_nobody_is_decided_to_be_two_people(study):
    decided(study, "same")
    other = Pair(pre_wave="spring-pre", post_wave="spring-post", before="BEFORE02", after="AFTER01")
    with pytest.raises(DataError, match="the person after was decided to be the same as somebody"):
        decided(study, "same", other)
    decided(study, "different")
    assert counts_of(decided(study, "same", other))["linked by review"] == 1


def test_a_decision_about_somebody_who_is_gone_bears_on_nobody(study):
    gone = Pair(pre_wave="spring-pre", post_wave="spring-post", before="GONE", after="AFTER01")
    assert counts_of(decided(study, "same", gone))["linked by review"] == 0


def test_results_are_older_than_a_decision(study):
    before = _inputs(study)
    decided(study, "cannot tell")
    assert _inputs(study) != before


def test_the_evaluation_pairs_by_links_and_shows_the_three_answers_side_by_side(study):
    findings = evaluate(study)
    of = {
        each.analysis: each
        for each in findings.estimates
        if each.measure == "trust" and each.unit == "points"
    }
    assert of["prepost"].n == 23 + 4
    assert of["prepost paired"].n == 23
    assert of["prepost unpaired"].n == 50
    assert "23 people have both scores (2 have a score only before, 2 only after" in " ".join(
        of["prepost"].warnings
    )
    assert findings.linked == [
        "spring-pre to spring-post: 25 answered before and 25 after; 23 of them are linked as the "
        "same person."
    ]


def test_the_links_and_their_account_are_written(study):
    evaluate(study)
    links, account = study.read_table("links"), study.read_table("linking")
    assert len(links) == 23
    counts = account[account["part"] == "account"].set_index("name")["value"]
    assert (counts["linked by card"], counts["doubtful pairs"]) == (12, 1)
    looser = account[account["part"] == "change of trust"].set_index("name")
    assert looser.loc["probability from 0.8", "n"] == 23
    assert looser.loc["all elements agree, or the card", "n"] == 22
    unmatched = account[account["part"] == "who is unmatched"]
    assert len(unmatched) == 6
    assert set(unmatched["note"]) == {"small"}, "two people must not be compared with anybody"


def test_those_who_cannot_be_linked_are_compared_where_they_are_many(study_folder):
    who = people(cards=30, coded=26)
    lost = [
        (before, code, None if at % 2 else after, again)
        for at, (before, code, after, again) in enumerate(who)
    ]
    study = fill_class(class_folder(study_folder), lost)
    write_links(study, study_links(study), score_waves(study))
    account = study.read_table("linking")
    row = account[account["name"] == "trust before"].iloc[0]
    assert 0 <= row["p"] <= 1
    assert row["n"] >= 10
    assert -3 < row["value"] < 3


def test_the_public_sees_nothing_that_tells_of_the_few_who_are_not_linked(study):
    estimates = evaluate(study).estimates
    inside = {each.analysis for each in estimates}
    assert {"linking", "linking threshold", "prepost paired", "prepost unpaired"} <= inside
    shown = publishable(estimates, smallest=10)
    assert "prepost" in {each.analysis for each in shown}
    assert not {each.analysis for each in shown} & (inside - {"prepost"})
    text = json.dumps([[each.method, *each.warnings] for each in shown])
    assert "only before" not in text
    assert "linked, " not in text


def test_a_wave_without_codes_links_by_respondent_as_before(study_folder):
    study = class_folder(study_folder)
    for wave in ("spring-pre", "spring-post"):
        path = answers_file(study, wave, [(f"R{n}", None) for n in range(12)], seed=len(wave))
        import_answers(study, path, wave=wave)
    (links,) = study_links(study)
    assert counts_of(links)["linked by card"] == 12
    (lead, *_) = [e for e in evaluate(study).estimates if e.analysis == "prepost"]
    assert (lead.n, lead.method) == (12, "paired t")
