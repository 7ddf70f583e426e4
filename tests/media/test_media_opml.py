"""Lists of feeds (OPML): read as readers write them, refused where they are an attack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.errors import FileError
from outcomes.media import opml
from outcomes.media.opml import OpmlFeed, OpmlOutlet, read_opml, write_opml


@pytest.fixture
def read(tmp_path):
    def from_content(content):
        path = tmp_path / "list.opml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_opml(path)

    return from_content


def listed(*outlines):
    return f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'


def feed(url, title="", **more):
    words = {"text": title, "xmlUrl": url} | more
    return "<outline " + " ".join(f'{k}="{v}"' for k, v in words.items() if v) + "/>"


def folder(name, *outlines):
    return f'<outline text="{name}">{"".join(outlines)}</outline>'


def names(found):
    return {outlet.name: [each.url for each in outlet.feeds] for outlet in found.outlets}


def test_several_feeds_of_one_site_in_a_folder_are_an_outlet_called_as_the_folder(read):
    a, b = "http://courier.example/crime.xml", "https://www.courier.example/city.xml"
    assert names(read(listed(folder("The Courier", feed(a, "Crime"), feed(b, "City"))))) == {
        "The Courier": [a, b]
    }


def test_a_folder_of_several_outlets_gives_each_its_own_name(read):
    found = read(
        listed(
            folder(
                "News",
                feed("http://a.example/1", "A news"),
                feed("http://b.example/1", "B"),
                folder("Deep", folder("Deeper", feed("http://c.example/1", "C"))),
                feed("http://a.example/2", "A sports"),
            )
        )
    )
    assert names(found) == {
        "A news": ["http://a.example/1", "http://a.example/2"],
        "B": ["http://b.example/1"],
        "C": ["http://c.example/1"],
    }


def test_feeds_at_a_service_for_many_outlets_are_not_joined(read):
    urls = [f"http://feeds.feedburner.com/{name}" for name in "ab"]
    assert len(read(listed(*(feed(url, url[-1]) for url in urls))).outlets) == 2
    joined = (feed(url, url[-1], htmlUrl="http://a.example") for url in urls)
    assert names(read(listed(*joined))) == {"a": urls}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Daily%20News%20%26%20Post", "Daily News & Post"),
        ("Daily &amp;amp; Post", "Daily & Post"),
        ("100% News", "100% News"),
        ("Caf%E9", "Caf%E9"),
        ("  Two\n  lines ", "Two lines"),
        ("", "a.example"),
        ("L&eacute;ger &nbsp; &unknown; &bare", "L\u00e9ger &unknown; &bare"),
    ],
)
def test_a_title_is_read_as_it_was_meant_and_a_missing_one_is_the_host(read, title, name):
    assert list(names(read(listed(feed("http://www.a.example/feed", title))))) == [name]


def test_a_bare_sign_in_an_address_is_kept(read):
    found = read(listed(feed("http://a.example/?a=1&b=2&copy=3&amp;d=4", "A")))
    assert found.outlets[0].feeds[0].url == "http://a.example/?a=1&b=2&copy=3&d=4"


@pytest.mark.parametrize(
    "content",
    [
        listed(feed("http://a.example/x", "L\u00e9ger")).encode("cp1252"),
        b'<?xml version="1.0" encoding="utf-8"?>'
        + listed(feed("http://a.example/x", "L\u00e9ger")).encode("latin-1"),
        b'<?xml version="1.0" encoding="no-such"?>'
        + listed(feed("http://a.example/x", "L\u00e9ger")).encode(),
        '<?xml version="1.0" encoding="utf-16"?>\n'.encode("utf-16")
        + listed(feed("http://a.example/x", "L\u00e9ger")).encode("utf-16-le"),
        listed(feed("http://a.example/x", "L\u00e9ger")).encode("utf-16-be"),
        b"\xef\xbb\xbf\n\n<?xml version='1.0'?>"
        + listed(feed("http://a.example/x", "L\u00e9ger")).encode(),
        listed(feed("http://a.example/x", "L\u00e9\x0bger&#0;&#x1F;")).encode(),
    ],
    ids=["cp1252", "wrong", "unknown", "utf-16", "unmarked", "blank-lines", "control"],
)  # fmt: skip
def test_a_list_is_read_whatever_its_encoding(read, content):
    assert list(names(read(content))) == ["L\u00e9ger"]


def test_names_of_attributes_are_taken_in_any_case_and_other_outlines_passed_over(read):
    found = read(
        '<opml version="1.0"><body><outline TEXT="A" XMLURL="http://a.example/x"/>'
        '<outline type="link" text="B" url="http://b.example"/><outline text="empty"/>'
        "</body></opml>"
    )
    assert list(names(found)) == ["A"]


def test_what_cannot_be_taken_is_said(read):
    found = read(
        listed(
            feed("mailto:a@b.example", "Mail"),
            feed("http://a.example/x", "A"),
            feed("https://www.a.example/x/", "A again"),
        )
    )
    assert found.left_out == (
        "'mailto:a@b.example' is no web address and is left out",
        "https://www.a.example/x/ stands in the list twice and is taken once",
    )


LAUGHS = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (LAUGHS + listed(feed("http://a.example/x", "&b;")), "declares a document type"),
        ('<!DOCTYPE opml SYSTEM "file:///etc/passwd">' + listed(), "declares a document type"),
        (("<!doctype opml>" + listed()).encode("utf-16"), "declares a document type"),
        ("<opml><body>", "cannot be read as OPML"),
        ("<opml>" + "<outline>" * 5000, "cannot be read as OPML"),
        ("no list", "line 1: this cannot be read as OPML"),
        ("", "cannot be read as OPML"),
        ("<rss><channel/></rss>", "this is XML, but no OPML: it begins with <rss>"),
        (listed(), "it holds no feed"),
    ],
)
def test_an_attack_and_a_file_that_is_no_list_are_refused(read, content, sentence):
    with pytest.raises(FileError, match=sentence):
        read(content)


def test_a_list_without_end_is_refused(read, monkeypatch):
    with pytest.raises(FileError, match="more than 10,000 feeds"):
        read(listed(*(feed(f"http://a.example/{n}") for n in range(10_001))))
    monkeypatch.setattr(opml, "LARGEST", 100)
    with pytest.raises(FileError, match="more than 100 bytes"):
        read(listed() + " " * 100)


def outlet(name, **more):
    urls = ("http://a.example/x?a=1&b=2", "http://b.example/caf\u00e9")
    feeds = tuple(OpmlFeed(url=url, title=name, more={"first": "2026-01-01"}) for url in urls)
    return OpmlOutlet(name=name, site="https://a.example", feeds=feeds, more=more)


def test_what_was_written_is_read_back_as_it_was(tmp_path):
    outlets = [outlet('The "A" & <B> %20 &amp; C', scope="local", panel="False")]
    path = tmp_path / "list.opml"
    path.write_bytes(write_opml(outlets, title="Ours"))
    assert read_opml(path).outlets == tuple(outlets)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet="<>&;\"'=/!opmlutne xURL#0\n[]-?", max_size=200).map(str.encode),
        st.text(st.characters(codec="utf-8"), max_size=60).map(
            lambda text: listed(feed("http://a.example/x", text)).encode()
        ),
    )
)  # fmt: skip
def test_no_content_breaks_the_reader(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("fuzz") / "list.opml"
    path.write_bytes(content)
    try:
        found = read_opml(path)
    except FileError:
        return
    assert all(each.feeds and each.name for each in found.outlets)
