"""The outlets of study.toml: added, exchanged, decided on and given up; all else stays."""

import gzip
import json
import tomllib
from datetime import date

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.cli.main import cli
from outcomes.errors import DataError, FileError, OutcomesError
from outcomes.pipeline import outlet_blocks
from outcomes.pipeline.outlet_blocks import rewrite, with_feed, with_feed_value, with_outlets
from outcomes.pipeline.source_lists import import_list
from outcomes.pipeline.source_suggestions import suggest
from outcomes.pipeline.sources import (
    add_outlet,
    decide_robots,
    export_list,
    list_sources,
    retire_feed,
)
from outcomes.settings import read_settings
from outcomes.study import open_study

TODAY = date(2025, 3, 31)
FEED = "https://ledger.example/feed"
OPML = (
    '<opml version="2.0"><body><outline text="Ledger" title="Ledger">'
    f'<outline text="Crime" xmlUrl="{FEED}/crime"/><outline text="City" xmlUrl="{FEED}/city"/>'
    '</outline><outline text="Post" xmlUrl="http://post.example/search/?f=rss"/></body></opml>'
)


@pytest.fixture
def study(study_folder):
    return open_study(study_folder)


@pytest.fixture
def opml(tmp_path):
    path = tmp_path / "list.opml"
    path.write_text(OPML, encoding="utf-8")
    return path


def text_of(study):
    return (study.root / "study.toml").read_bytes().decode()


def again(study):
    return open_study(study.root)


def add(study, name="Ledger", *feeds, **values):
    values = {"scope": "local"} | values
    return add_outlet(again(study), name, feeds=feeds or (FEED,), today=TODAY, **values)


def test_a_new_outlet_stands_behind_the_last_one_and_nothing_else_moves(study):
    before = text_of(study)
    assert add(study, county="55079") == ["Ledger was added to study.toml, with 1 feed"]
    after = text_of(study)
    start = after.index('\n[[outlets]]\nname = "Ledger"')
    end = after.index("\n[[events]]")
    assert before == after[:start] + after[end:]
    outlet = again(study).settings.outlets[-1]
    assert (outlet.county, outlet.panel, outlet.feeds[0].first) == ("55079", True, TODAY)


def test_a_feed_is_added_to_an_outlet_that_is_there_with_all_comments_kept(study):
    text = text_of(study).replace('scope = "local"', 'scope = "local" # ours\n# a note')
    (study.root / "study.toml").write_bytes(text.replace("\n", "\r\n").encode())
    assert add(study, "the marlow falls courier", scope=None) == [
        "the marlow falls courier was in study.toml already; 1 feed added"
    ]
    block = f'\n\n[[outlets.feeds]]\nurl = "{FEED}"\nfirst = 2025-03-31'
    made = text.replace("# ours", f"# ours{block}")
    assert text_of(study) == made.replace("\n", "\r\n")


def test_adding_twice_changes_nothing_and_says_so(study):
    add(study)
    before = text_of(study)
    assert add(study, "Ledger", FEED, "http://www.ledger.example/feed/atom/") == [
        "Ledger was in study.toml already; no feed added",
        f"{FEED} is a feed of Ledger already",
        f"http://www.ledger.example/feed/atom/ is a feed of Ledger already, as {FEED}",
    ]
    assert text_of(study) == before


def test_a_feed_that_needs_a_look_is_added_with_the_advice(study):
    said = add(study, "Ledger", "https://ledger.example/search/?f=rss", f"{FEED}/comments/feed/")
    assert "robots.txt: read it and decide" in said[1]
    assert "readers' comments" in said[2]


@pytest.mark.parametrize(
    ("name", "feeds", "values", "sentence"),
    [
        ("Ledger", (FEED,), {"scope": None}, "Add --scope local or --scope national"),
        ("Ledger", ("ledger.example/feed",), {}, "Write it as https://"),
        ("Ledger", ("mailto:a@b.example",), {}, "no http or https address"),
        ("Ledger", ("https://a:b@ledger.example/feed",), {}, "holds a name or password"),
        ("Ledger", (), {"county": "5507"}, "five-digit FIPS code, such as 55079, and '5507'"),
        ("Ledger", (), {"place": "nowhere"}, "unknown place 'nowhere', so nothing was written"),
        ("Ledger", (), {"time_zone": "Mars/Base"}, "not a time zone, so nothing was written"),
        ("Marlow Falls Courier", (), {"scope": "national"}, "with another scope: 'local'"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_nothing_is_written(study, name, feeds, values, sentence):
    before = text_of(study)
    with pytest.raises(OutcomesError, match=sentence):
        add_outlet(study, name, feeds=feeds, today=TODAY, **({"scope": "local"} | values))
    assert text_of(study) == before
    assert [path.name for path in study.root.iterdir()] == ["study.toml"]


def test_an_outlet_whose_only_feed_is_that_of_another_is_not_added(study):
    add(study)
    with pytest.raises(DataError, match=r"feed of Ledger already, so 'Copy' was not added"):
        add(study, "Copy")


def test_a_change_that_somebody_else_makes_meanwhile_is_not_lost(study):
    path = study.root / "study.toml"

    def change(text):
        path.write_text(text + "# theirs\n", encoding="utf-8")
        return text + "# ours\n"

    with pytest.raises(FileError, match="somebody changed it meanwhile"):
        rewrite(study, change)
    assert text_of(study).endswith("# theirs\n")


def test_a_write_that_fails_leaves_the_file_as_it_was(study, monkeypatch):
    before = text_of(study)

    def full(path, content):
        path.write_bytes(content[:20])
        raise FileError(path, "", "it cannot be written (no space left)", "Make room")

    monkeypatch.setattr(outlet_blocks, "write_whole", full)
    with pytest.raises(FileError, match="no space left"):
        add(study)
    assert text_of(study) == before
    assert [path.name for path in study.root.iterdir()] == ["study.toml"]


def test_a_list_of_feeds_is_imported_once(study, opml):
    said = import_list(study, opml, scope="local", panel=False, today=TODAY)
    assert said == [
        "Added to study.toml: outlets 2, feeds 3",
        "2 feeds of one site were joined to the outlet 'Ledger'",
        "http://post.example/search/?f=rss often forbidden by robots.txt: read it and decide",
    ]
    outlets = again(study).settings.outlets
    assert [(each.name, each.panel, len(each.feeds)) for each in outlets[1:]] == [
        ("Ledger", False, 2), ("Post", False, 1),
    ]  # fmt: skip
    before = text_of(study)
    said = import_list(again(study), opml, scope="local", panel=None, today=date(2025, 4, 1))
    assert said == [
        "Added to study.toml: outlets 0, feeds 0",
        "Feeds that study.toml lists already, and lists once: 3",
    ]
    assert text_of(study) == before


def test_new_feeds_of_a_known_outlet_join_it_and_a_namesake_of_another_site_does_not(study, opml):
    add(study)
    add(study, "Post", "https://other-post.example/feed")
    said = import_list(again(study), opml, scope="local", panel=None, today=TODAY)
    outlets = again(study).settings.outlets
    assert [(each.name, len(each.feeds)) for each in outlets[1:]] == [
        ("Ledger", 3), ("Post", 1), ("Post (post.example)", 1),
    ]  # fmt: skip
    assert "'Post' is the name of another outlet: it was added as 'Post (post.example)'" in said


def test_a_list_that_does_not_say_the_scope_needs_it_from_the_command(study, opml):
    before = text_of(study)
    with pytest.raises(FileError, match=r"whether 'Ledger' is local or national \(add --scope"):
        import_list(study, opml, scope=None, panel=None, today=TODAY)
    assert text_of(study) == before


def test_an_exported_list_imports_as_the_same_outlets(study, tmp_path):
    values = {"panel": False, "site": "https://ledger.example", "owner": "A & B", "county": "55079",
              "time_zone": "America/Chicago", "date_order": "DMY", "place": "eastbank"}  # fmt: skip
    add(study, 'The "Ledger" <x>', FEED, f"{FEED}/b?x=1&y=2", **values)
    retire_feed(again(study), FEED, last=date(2025, 6, 30))
    add(study, "National", "https://national.example/rss", scope="national")
    decide_robots(again(study), "https://national.example/rss", who="Lee", why="x", today=TODAY)
    before = again(study).settings.outlets
    out = tmp_path / "list.opml"
    said = export_list(again(study), out)
    assert said == [
        f"Written to {out}: outlets 2, feeds 3",
        "Outlets without a feed, which are not in it: 1",
        "Decisions about robots.txt, which are this study's and not in it: 1",
    ]
    text = text_of(study)
    fresh = text[: text.index("[[outlets]]")] + text[text.index("[[events]]") :]
    (study.root / "study.toml").write_text(fresh, encoding="utf-8")
    import_list(again(study), out, scope=None, panel=None, today=date(2026, 1, 1))
    undecided = before[2].model_copy(
        update={"feeds": (before[2].feeds[0].model_copy(update={"robots": None}),)}
    )
    assert again(study).settings.outlets == (before[1], undecided)


def test_a_place_of_another_study_is_left_out_and_a_hostile_value_refused(study, tmp_path):
    path = tmp_path / "list.opml"
    own = (
        '<opml xmlns:o="urn:outcomes:outlet"><body><outline title="L" o:outlet="1" '
        'o:scope="{scope}" o:place="far" o:junk="1"><outline xmlUrl="{url}"/></outline></body>'
        "</opml>"
    )
    path.write_text(own.format(scope="local", url=FEED), encoding="utf-8")
    said = import_list(study, path, scope=None, panel=None, today=TODAY)
    assert said[1] == "L: the place 'far' is none of this study"
    assert again(study).settings.outlets[-1].place == ""
    for scope, url in (("galactic", "http://x.example/1"), ("local", "javascript:alert(1)")):
        path.write_text(own.format(scope=scope, url=url), encoding="utf-8")
        with pytest.raises(FileError, match="so nothing was written"):
            import_list(again(study), path, scope=None, panel=None, today=TODAY)


def test_a_decision_about_robots_txt_is_recorded_with_who_when_and_why(study):
    add(study)
    said = decide_robots(
        again(study), "http://ledger.example/feed/", who=" R.  Lee ", why='"Go on"', today=TODAY
    )
    assert f"{FEED} is read although robots.txt may forbid it; R. Lee decided it on" in said[0]
    robots = again(study).settings.outlets[-1].feeds[0].robots
    assert (robots.who, robots.day, robots.why) == ("R. Lee", TODAY, '"Go on"')
    with pytest.raises(DataError, match=r"R. Lee decided on 2025-03-31 .* remove its robots line"):
        decide_robots(again(study), FEED, who="B", why="c", today=TODAY)


def test_a_decision_without_a_person_or_about_an_unknown_feed_is_refused(study):
    add(study)
    with pytest.raises(DataError, match="who decided it and why"):
        decide_robots(again(study), FEED, who=" ", why="x", today=TODAY)
    with pytest.raises(DataError, match=r"lists no feed .* Did you mean 'https://ledger"):
        decide_robots(again(study), "https://ledger.example/fed", who="A", why="x", today=TODAY)


def test_a_feed_is_given_up_on_a_day_that_may_be_corrected(study):
    add(study, "Ledger", FEED, f"{FEED}/b")
    retire_feed(again(study), FEED, last=date(2025, 5, 31))
    said = retire_feed(again(study), FEED, last=date(2025, 6, 30))
    assert "until 2025-06-30 instead of 2025-05-31" in said[0]
    feeds = again(study).settings.outlets[-1].feeds
    assert [feed.last for feed in feeds] == [date(2025, 6, 30), None]
    before = text_of(study)
    assert "nothing was changed" in retire_feed(again(study), FEED, last=date(2025, 6, 30))[0]
    with pytest.raises(FileError, match="must not be before first"):
        retire_feed(again(study), FEED, last=date(2025, 1, 1))
    assert text_of(study) == before


def test_feeds_in_one_line_are_changed_where_they_stand():
    text = '[[outlets]]\nname = "A"\nfeeds = [{ url = "u" }] # ours\n\n[walks]\nrules = "x"\n'
    made = with_feed(text, 0, {"url": "v", "first": TODAY})
    made = with_feed_value(made, 0, 1, name="robots", value={"who": "A", "day": TODAY})
    assert tomllib.loads(made)["outlets"][0]["feeds"] == [
        {"url": "u"},
        {"url": "v", "first": TODAY, "robots": {"who": "A", "day": TODAY}},
    ]
    assert made.endswith('# ours\n\n[walks]\nrules = "x"\n')


def test_outlets_in_one_line_are_left_alone_and_it_is_said():
    for text in ('outlets = [{ name = "a" }]\n', "[outlets]\nx = 1\n"):
        with pytest.raises(OutcomesError, match=r"Write each outlet as a block, \[\[outlets\]\]"):
            with_outlets(text, [{"name": "b"}])


TOML = """\
# top
[[outlets]]
name = '''
[[outlets]] is
no header here'''
[[outlets.feeds]]
url = "u" # one
robots = { who = "x" }

# between
[[outlets.feeds]]
url = "v"
[outlets.feeds.robots]
who = "y"

[walks]
rules = "x"
[[ "outlets" ]]
name = "last"
list = [
  1, # [[outlets]]
]
# end
"""
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.booleans())
def test_whatever_is_written_the_rest_of_the_file_stays(words, windows):
    text = TOML.replace("\n", "\r\n") if windows else TOML
    for made in (
        with_outlets(text, [{"name": words, "feeds": [{"url": words}]}]),
        with_feed(text, 0, {"url": words}),
        with_feed(text, 1, {"url": words}),
        with_feed_value(text, 0, 1, name="last", value=words),
    ):
        assert words in str(list(leaves(tomllib.loads(made)))) or words in list(
            leaves(tomllib.loads(made))
        )
        kept = iter(made.splitlines())
        assert all(line in kept for line in text.splitlines())  # every line, in its order


def leaves(data):
    for value in data.values() if isinstance(data, dict) else data:
        if isinstance(value, (dict, list)):
            yield from leaves(value)
        else:
            yield value


def test_the_table_says_who_decided_and_until_when(study):
    add(study)
    decide_robots(again(study), FEED, who="R. Lee", why="the outlet links it", today=TODAY)
    retire_feed(again(study), FEED, last=date(2025, 6, 30))
    rows = list_sources(again(study)).to_dict("records")
    assert [(row["outlet"], row["panel"], row["polled"]) for row in rows] == [
        ("Marlow Falls Courier", "yes", "no feed"),
        ("Ledger", "yes", "from 2025-03-31 until 2025-06-30"),
    ]
    assert rows[1]["robots"].startswith("R. Lee decided on 2025-03-31 to read it")


def registry(path):
    entry = {"name": 'The "Post" \\ x', "website": "www.post.example", "fips": "55079"}
    entry |= {"rss": ["/feed/", "/search/?f=rss&t=article"], "city-county-name": "Milwaukee County"}
    without = {**entry, "name": "Bare", "website": "http://bare.example", "rss": []}
    content = {"WI": {"newspaper": [entry, without, {}]}}
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    return path


def test_suggested_blocks_can_be_pasted_into_study_toml(study, tmp_path):
    found = suggest(registry(tmp_path / "r.json.gz"), counties=["55079"])
    assert list(found.table()["feeds"]) == [
        "http://www.post.example/feed/ http://www.post.example/search/?f=rss&t=article", "",
    ]  # fmt: skip
    assert "Entries of the registry without a name, left out: 1" in found.notes
    path = study.root / "study.toml"
    path.write_text(text_of(study) + "\n" + found.toml(), encoding="utf-8")
    outlets = read_settings(path).outlets
    assert [(each.name, each.county, each.panel, len(each.feeds)) for each in outlets[1:]] == [
        ('The "Post" \\ x', "55079", False, 2)
    ]
    assert "# often forbidden by robots.txt: read it and decide\n[[outlets.feeds]]" in found.toml()


def test_the_commands_say_what_is_missing_in_one_sentence(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = registry(tmp_path / "r.json.gz")
    base = ["media", "sources", "suggest", "--registry", str(file)]

    def said(*words):
        return CliRunner().invoke(cli, [*base, *words])

    assert "name a county (--county 55079) or a state" in str(said().exception)
    wrong = said("--county", "55078").exception
    assert isinstance(wrong, FileError)
    assert "nearest code that it knows is 55079, Milwaukee County" in str(wrong)
    assert said("--state", "WI", "--format", "toml").output.count("[[outlets]]") == 1
    assert said("--state", "WI", "--out", "o.toml").exit_code == 0
    assert tomllib.loads((tmp_path / "o.toml").read_text())["outlets"][0]["scope"] == "local"
    assert said("--state", "WI", "--out", "o.csv").exit_code == 0
    assert (tmp_path / "o.csv").read_text().startswith("outlet,kind,owner,county")
