"""A registry of outlets: read within bounds, asked by county, made ready for a study."""

import gzip
import json

import pytest

from outcomes.errors import FileError
from outcomes.media import outlet_registry, packed_files
from outcomes.media.outlet_owners import read_owners
from outcomes.media.outlet_registry import outlets_of, read_registry
from outcomes.media.outlet_suggestions import sentences, suggest_outlets
from outcomes.media.state_zones import zone_of_state


def outlet(name, county="55079", **more):
    names = {"55079": "Milwaukee County", "55025": "Dane County", "48441": "Taylor County"}
    return {
        "name": name, "website": f"http://{name.split()[0].lower()}.example/", "fips": county,
        "city-county-name": names.get(county), "rss": [], "us-state": "Wisconsin", **more,
    }  # fmt: skip


def write(path, content, *, packed=True):
    data = json.dumps(content).encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return path


@pytest.fixture
def registry(tmp_path):
    texas = outlet("Abilene Post", "48441", **{"us-state": "Texas"})
    wisconsin = {
        "newspaper": [
            outlet("Journal", rss=["/feed/", "/comments/feed/"]),
            outlet("The journal ", website="https://www.journal.example", rss=["/feed/atom/"]),
            outlet("Cap Times", "55025"),
        ],
        "tv": [outlet("WTMJ", rss=["mailto:x@y.example"]), outlet("Lost", None)],
    }
    return read_registry(
        write(tmp_path / "r.json.gz", {"WI": wisconsin, "TX": {"newspaper": [texas]}})
    )


def suggested(registry, **asked):
    return suggest_outlets(outlets_of(registry, **asked))


def test_the_outlets_of_a_county_are_found_and_joined(registry):
    found = suggested(registry, counties=["55079"])
    assert [each.name for each in found] == ["Journal", "WTMJ"]
    journal = found[0]
    assert [feed.url for feed in journal.feeds] == ["http://journal.example/feed/"]
    assert journal.left_out == {"comments": 1, "repeated": 1}
    assert (journal.county_name, journal.time_zone) == ("Milwaukee County", "America/Chicago")
    assert sentences(found, listed=3) == [
        "Outlets: 2; with a feed: 1; feeds: 1",
        "Entries joined, because they are the same outlet again: 1",
        "Addresses left out, because they carry readers' comments, not articles: 1",
        "Addresses left out, because they are the same feed again: 1",
        "Addresses left out, because they are not those of a feed (mail, front pages, pictures, "
        "empty): 1",
    ]


def test_a_plain_file_and_a_packed_one_are_the_same(registry, tmp_path):
    content = {"WI": {"tv": [outlet("WTMJ")]}}
    plain = read_registry(write(tmp_path / "plain.json", content, packed=False))
    packed = read_registry(write(tmp_path / "packed", content))
    assert plain.outlets == packed.outlets


def test_outlets_are_asked_for_by_state_kind_and_without_a_county(registry):
    assert [each.name for each in outlets_of(registry, counties=[], state="wi")] == [
        "Journal", "The journal", "Cap Times", "WTMJ", "Lost",
    ]  # fmt: skip
    assert [each.name for each in outlets_of(registry, counties=["none"])] == ["Lost"]
    tv = outlets_of(registry, counties=["55079", "55025"], kinds=["tv"])
    assert [each.name for each in tv] == ["WTMJ"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"counties": ["55080"]}, "county 55080, but 1 of Wisconsin without a county, which "
         "--county none --state WI lists. The nearest code that it knows is 55079, Milwaukee "
         "County, Wisconsin$"),
        ({"counties": ["99999"]}, "The nearest code that it knows is 55079, Milwaukee"),
        ({"counties": ["48440"]}, "county 48440. The nearest code that it knows is 48441, Taylor"),
        ({"counties": ["Milwaukee"]}, "five-digit FIPS code, and 'Milwaukee' is none. 55079 is "),
        ({"counties": ["550790"]}, "Write it like 55079"),
        ({"counties": ["55079"], "state": "TX"}, "55079 is Milwaukee County, Wisconsin, not in TX"),
        ({"counties": ["none"], "state": "TX"}, "knows the county of every outlet in TX"),
        ({"counties": [], "state": "XX"}, "no outlet of the state 'XX'. Allowed: WI, TX"),
        ({"counties": ["55025"], "kinds": ["tv"]}, "kind tv. Allowed: newspaper"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_answered_with_the_nearest_known(registry, asked, sentence):
    with pytest.raises(FileError, match=sentence):
        outlets_of(registry, **asked)


def test_a_county_of_which_the_first_zero_was_lost_is_recognised(tmp_path):
    content = {"CA": {"tv": [outlet("KTLA", 6037, **{"city-county-name": "Los Angeles County"})]}}
    found = read_registry(write(tmp_path / "r.json", content))
    assert found.outlets[0].county == "06037"
    with pytest.raises(FileError, match="06037 is Los Angeles County"):
        outlets_of(found, counties=["6037"])


def test_a_shared_feed_stays_with_the_outlet_on_whose_site_it_lies(tmp_path):
    feed = "http://wboc.example/feed"
    content = {"MD": {"tv": [outlet("Radio", rss=[feed]), outlet("WBOC", rss=[feed])]}}
    found = suggested(read_registry(write(tmp_path / "r", content)), counties=["55079"])
    assert [len(each.feeds) for each in found] == [0, 1]
    assert found[0].left_out == {"repeated": 1}


def test_outlets_of_one_name_in_two_counties_are_two_and_are_called_differently(registry, tmp_path):
    content = {"WI": {"tv": [outlet("News"), outlet("News", "55025")]}}
    asked = outlets_of(read_registry(write(tmp_path / "r", content)), counties=[], state="WI")
    assert [each.name for each in suggest_outlets(asked)] == [
        "News (Milwaukee County, WI)", "News (Dane County, WI)",
    ]  # fmt: skip


def test_a_state_with_two_zones_gets_none_and_it_is_said(registry):
    found = suggested(registry, counties=["48441"])
    assert found[0].time_zone == ""
    assert "No time zone is given for TX" in sentences(found, listed=1)[-1]
    assert zone_of_state("hi") == "Pacific/Honolulu"


def test_entries_that_are_no_outlet_are_counted(tmp_path):
    odd = [
        None,
        3,
        {},
        {"name": "  "},
        {"name": 5},
        {"name": "A\x00\ud800B\n c", "rss": {}, "fips": True},
    ]
    found = read_registry(write(tmp_path / "r", {"WI": {"tv": odd}}))
    assert found.broken == 5
    assert [(each.name, each.county, each.feeds) for each in found.outlets] == [("AB c", "", ())]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", r"line 1, character 2: this is not JSON"),
        (b"\xff\xfe{}", "not JSON that can be read"),
        (b"[" * 100_000, "not JSON that can be read"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON that can be read"),
        (b"[]", "no registry of outlets by state"),
        (b"{}", "no outlet stands in it"),
        (b'{"WI": [1]}', "WI: a list of outlets should stand here"),
        (b'{"WI": {"tv": {}}}', "WI, tv: a list of outlets should stand here"),
        (gzip.compress(b'{"WI": {}}' * 99, mtime=0)[:-12], "ends in the middle"),
        (gzip.compress(b"{}", mtime=0)[:6] + b"junk" * 9, "damaged"),
        (b"", "not JSON"),
    ],
)
def test_a_damaged_registry_is_refused_in_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "registry.json.gz"
    path.write_bytes(content)
    with pytest.raises(FileError, match=sentence):
        read_registry(path)


def test_a_file_that_unpacks_without_end_is_read_to_its_bound_only(tmp_path, monkeypatch):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b" " * 3_000_000))
    monkeypatch.setattr(outlet_registry, "LARGEST", 1_000_000)
    with pytest.raises(FileError, match="more than 1,000,000 bytes"):
        read_registry(path)
    assert len(packed_files.read_packed(path, largest=3_000_000)) == 3_000_000


def test_a_missing_file_and_a_folder_are_no_registry(tmp_path):
    with pytest.raises(FileError, match="there is no such file"):
        read_registry(tmp_path / "none.json")
    with pytest.raises(FileError, match="Check the name"):
        read_registry(tmp_path)


def owners(tmp_path, text):
    path = tmp_path / "owners.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return read_owners(path)


def test_owners_are_found_by_site_then_by_name_and_never_where_two_are_told(tmp_path):
    found = owners(
        tmp_path,
        "name,state,website,owner\n"
        'WTMJ,WI,http://www.wtmj.example/x,"Scripps, Inc."\n'
        "The Post,WI,,Hearst\n"
        "Twice,WI,,A\nTwice,WI,,B\n"
        "Shared,WI,http://facebook.com/one,Somebody\n"
        "None,WI,http://none.example,\n",
    )
    assert found.owner_of(name="?", state="WI", site="https://wtmj.example/") == "Scripps, Inc."
    assert found.owner_of(name="post", state="WI", site="http://post.example") == "Hearst"
    assert found.owner_of(name="post", state="TX", site="") == ""
    assert found.owner_of(name="Twice", state="WI", site="") == ""
    assert found.owner_of(name="?", state="WI", site="http://facebook.com/two") == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,state\nx,y\n", "no column 'owner'"),
        ("", "no column 'name'"),
        ("name,state,owner,website\n" + "x" * 200_000, "this is no CSV"),
    ],
)
def test_a_table_that_names_no_owners_is_refused(tmp_path, text, sentence):
    with pytest.raises(FileError, match=sentence):
        owners(tmp_path, text)


def test_a_table_that_is_no_utf8_is_refused_with_its_line(tmp_path):
    path = tmp_path / "owners.csv"
    path.write_bytes(b"name,state,owner\nCaf\xe9,WI,x\n")
    with pytest.raises(FileError, match="line 2: this is not UTF-8"):
        read_owners(path)
