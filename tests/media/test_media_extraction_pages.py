"""The article of a page: text in any charset, title, language, and what the page is not."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from outcomes.media.extraction import extract_page
from outcomes.media.page_dates import Reading
from outcomes.media.page_markup import LARGEST, decode_page, tamed, unpack

READING = Reading(seen=datetime(2026, 11, 21, tzinfo=UTC), order="MDY")
SENTENCES = [
    f"Officers walked {n} blocks of Eastbank on Tuesday and spoke with {n + 3} residents there."
    for n in range(1, 25)
]
BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
URL = "https://www.marlownews.example/news/2026/03/31/officers-walk-eastbank/"


def page(body=BODY, head="<title>Officers walk Eastbank | Marlow News</title>", lang="en"):
    html = f'<html lang="{lang}"><head>{head}</head><body><article>{body}</article></body></html>'
    return html.encode()


def read(content, url=URL):
    return extract_page(content, reading=READING, url=url)


def test_an_article_gives_title_date_text_and_no_flag():
    found = read(page())
    assert found.title == "Officers walk Eastbank"
    assert found.published == "2026-03-31"
    assert found.published_from == "address"
    assert all(sentence in found.text for sentence in SENTENCES)
    assert (found.language, found.flags, found.article) == ("en", (), True)
    assert found.words == len(found.text.split())
    assert found.extractor.startswith("trafilatura 2.")


def test_the_same_page_gives_the_same_text_whatever_was_read_before():
    assert [read(page()).text for _ in range(4)] == [read(page()).text] * 4


def test_a_packed_page_and_a_plain_one_are_the_same():
    assert read(gzip.compress(page())) == read(page())
    broken = gzip.compress(page())[:-20]
    assert read(broken).text  # what came before the break


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        ("José dijo “gracias” \u2013 año", "cp1252", "iso-8859-1"),
        ("Полиция провела встречу", "koi8-r", "koi8-r"),
        ("Полиция провела встречу", "cp1251", "windows-1251"),
        ("José dijo “gracias”", "utf-8", "iso-8859-1"),  # a wrong label on valid UTF-8
        ("警察は住民と話した", "shift_jis", "Shift_JIS"),
    ],
)
def test_a_page_is_read_in_its_charset(text, charset, label):
    content = f'<html><head><meta charset="{label}"></head><body>'.encode() + text.encode(charset)
    assert text in decode_page(content)


def test_a_charset_that_is_named_late_or_by_the_server_is_used():
    late = b"<html><head>" + b"<!-- %s -->" % (b"x" * 3000) + b'<meta charset="koi8-r">'
    assert decode_page(late + "Полиция".encode("koi8-r")).endswith("Полиция")
    assert decode_page("Полиция".encode("koi8-r"), charset="koi8-r") == "Полиция"


def test_marks_and_wide_signs_are_read():
    assert decode_page(b"\xef\xbb\xbfWalks") == "Walks"
    assert decode_page("Walks é".encode("utf-16")) == "Walks é"
    assert decode_page(("Walks " * 40).encode("utf-16-le")) == "Walks " * 40


def test_pasted_quotation_marks_of_windows_do_not_spoil_utf_8():
    mixed = "José said ".encode() + b"\x93thanks\x94" + " año más él".encode()
    assert decode_page(mixed) == "José said “thanks” año más él"


def test_an_unknown_label_or_none_never_fails():
    assert decode_page(b'<meta charset="klingon">caf\xe9')[-4:] == "café"
    assert decode_page(b"\x81\x8d\xff" * 50)


def test_a_packed_bomb_is_cut_at_the_largest_size():
    assert len(unpack(gzip.compress(b"a" * (3 * LARGEST)))) == LARGEST + 1
    huge = b"<html><body>" + b"<div>" + b"w " * LARGEST
    assert "cut" in read(huge).flags


def test_a_page_of_unclosed_tags_is_read_too():
    found = read(page(body="<div>" * 400 + BODY))
    assert SENTENCES[0] in found.text


def test_a_tag_with_thousands_of_attributes_does_not_hide_the_text():
    flood = "<p " + " ".join(f'a{n}="x"' for n in range(16000)) + ">flood</p>"
    assert SENTENCES[0] in read(page(body=flood + BODY)).text


def test_only_a_flooded_tag_loses_its_attributes():
    flood = "<p " + " ".join(f'a{n}="x"' for n in range(16000)) + ">"
    picture = f'<img src="data:image/png;base64,{"A" * 40000}" alt="walk">'
    assert tamed(flood + picture) == "<p>" + picture


def test_half_signs_and_control_signs_are_taken_out():
    thing = r'{"@type":"NewsArticle","headline":"Walk \ud83d","datePublished":"2026-03-31"}'
    head = f'<script type="application/ld+json">{thing}</script>'
    found = read(page(body=BODY + "<p>bell \x07 and &#0; sign</p>", head=head))
    assert found.title.startswith("Walk")
    json.dumps(vars_of(found), ensure_ascii=False).encode("utf-8")


def vars_of(found):
    return {name: getattr(found, name) for name in found.__slots__}


def with_thing(**thing):
    ld = json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **thing})
    return f'<script type="application/ld+json">{ld}</script>'


def test_the_headline_for_machines_is_whole_and_without_the_outlet():
    assert read(page(head=with_thing(headline="Two walks | Marlow News"))).title == "Two walks"
    cut = (
        "Officers and residents walked the whole of Eastbank together on the first of the month of"
    )
    head = with_thing(headline=f"{cut} March, which…")
    found = read(page(body=f"<h1>{cut} March, which had been cold</h1>{BODY}", head=head))
    assert found.title.endswith("which had been cold")
    kept = "Police close Main Street - Until Now"
    assert read(page(head=f"<title>{kept}</title>")).title == kept


def test_fuller_text_for_machines_is_taken_unless_it_is_closed_or_of_another_story():
    whole = "\n".join(SENTENCES)
    short = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:8])
    found = read(page(body=short, head=with_thing(headline="A", articleBody=whole)))
    assert SENTENCES[-1] in found.text
    closed = with_thing(headline="A", articleBody=whole, isAccessibleForFree=False)
    assert SENTENCES[-1] not in read(page(body=short, head=closed)).text
    other = " ".join(f"The council voted {n} times on the budget for roads." for n in range(60))
    found = read(page(body=short, head=with_thing(headline="A", articleBody=other)))
    assert "council" not in found.text


def test_broken_json_still_tells_the_date():
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle",,"datePublished":"2026-03-30"}'
    )
    assert read(page(head=head + "</script>"), url="").published == "2026-03-30"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"Officers walked in Eastbank, and 5 < 6. " * 40, "no markup"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 9, "a PDF"),
        (b'<?xml version="1.0"?><rss><channel><title>News</title></channel></rss>', "a feed"),
    ],
)
def test_a_file_that_is_no_page_is_named(content, why):
    found = read(content)
    assert found.flags == ("unreadable",)
    assert why in found.reasons[0]
    assert not found.article


def test_the_page_says_its_own_address_where_none_is_given():
    found = read(page(head=f'<link rel="canonical" href="{URL}">'), url="")
    assert found.url == URL


@pytest.mark.parametrize("content", [b"", b"   ", b"\x00" * 50, b"<", b"\xff\xfe", b"<!-- x -->"])
def test_a_file_without_a_page_is_flagged_and_never_fails(content):
    found = read(content)
    assert not found.article


SPANISH = "<p>" + " ".join(
    "Los agentes de la policía hablaron con los vecinos de la calle y dijeron que el paseo fue "
    "bueno para el barrio." for _ in range(6)
)  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "article", "content", "url"),
    [
        ("paywall", False,
         page("<p>Officers arrested a man on Tuesday after a chase through town.</p>"
              "<p>Subscribe to continue reading this article.</p>"), URL),
        ("paywall", False,
         page(BODY[:900], head=with_thing(headline="A", isAccessibleForFree="False"))
         .replace(b"</article>", b"</article><div>Already a subscriber? Log in</div>"), URL),
        ("paywall", False,
         page(BODY, head=with_thing(headline="A", isAccessibleForFree=False, wordCount=900)), URL),
        ("paywall", False,
         page("<p>Officers arrested a man on Tuesday after a chase through the town, they said.</p>"
              "<p>The chase began on Main Street and ended near the bridge, police said.</p>")
         .replace(b"</body>", b"<div>Please log in, or purchase a subscription, to continue "
                              b"reading.</div></body>"), URL),
        ("cookie_wall", False,
         page("<p>We use cookies to give you the best experience on our site. Accept all cookies "
              "or manage consent.</p>"), URL),
        ("challenge", False,
         page("<p>Enable JavaScript and cookies to continue</p>",
              head="<title>Just a moment...</title>"), URL),
        ("index", False, page(), "https://www.marlownews.example/"),
        ("index", False, page(), "https://www.marlownews.example/category/crime/"),
        ("gallery", False, page("<p>See the pictures of the walk on Tuesday.</p>"),
         "https://n.example/photos/walk-12/"),
        ("video", False, page("<p>Watch the officers walk in Eastbank.</p>"),
         "https://n.example/video/walk-12/"),
        ("live_blog", False, page(head="<title>Live updates: the walk</title>"), URL),
        ("unreadable", False, page("<p>Four words stand here.</p>"), URL),
        ("blotter", True, page(head="<title>Marlow Falls police blotter for March</title>"), URL),
        ("blotter", True,
         page("".join(f"<p>{n}:15 p.m. A resident of Oak Street told officers of a noise from a "
                      f"house with number {n}.</p>" for n in range(1, 11))), URL),
        ("obituary", True, page(), "https://n.example/obituaries/jane-roe/"),
        ("not_english", True, page(SPANISH, lang="en"), URL),
    ],
)  # fmt: skip
def test_what_is_no_plain_article_is_flagged_with_its_reason(flag, article, content, url):
    found = read(content, url=url)
    assert flag in found.flags
    assert found.article is article
    assert len(found.reasons) == len(found.flags)
    assert all(found.reasons)


@pytest.mark.parametrize(
    "content",
    [
        page().replace(b"</body>", b"<noscript>Please enable JavaScript</noscript></body>"),
        page(head=with_thing(headline="A", isAccessibleForFree=False)),
        page().replace(b"</article>", b"</article><p>We use cookies. Subscribe to read more.</p>"),
        page(BODY + "<p>A neighbor passed away last year, she said.</p>"),
        page(head="<title>Police calls meeting after officers beat a man</title>"),
    ],
)
def test_a_whole_article_is_not_flagged_for_what_stands_around_it(content):
    assert read(content).flags == ()
