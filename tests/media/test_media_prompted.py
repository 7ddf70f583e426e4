"""Articles that a press release prompted: copied, cut, built upon; and those that it did not."""

import random
from datetime import date
from pathlib import Path

import docx
import pandas as pd
import pytest

from outcomes.errors import FileError
from outcomes.media.prompted import Release, find_prompted, read_releases

RELEASE = (
    "Marlow Falls police will walk Eastbank with neighbors every Tuesday at 6 p.m. from March 3, "
    "Chief Dana Ortiz announced today. The walks begin at the library on Ferry Street and last "
    "about an hour. Sgt. Owen Pratt, who leads them, said that four officers will take part each "
    "week. Anybody may join without signing up. The Harbor Club will serve coffee and cider. "
    "During last summer's trial, officers spoke with 612 residents on Weaver Street and Canal "
    "Street, and 41 of them reported broken street lights, of which the city has mended 38. "
    "'A walk is the shortest way between two people,' Ortiz said. 'We learned more in ten weeks "
    "on foot than in ten years behind a windshield, and we want to go on learning.' The walks "
    "are paid for by a grant of $18,000 from the Teal Foundation and end on September 29."
)
INDEPENDENT = (
    "Four officers and a dozen residents met in front of the Ferry Street library on Tuesday "
    "evening for the first of this year's neighborhood walks. It drizzled. Lee Chen, 71, wanted "
    "to show Sgt. Owen Pratt a hole in the sidewalk near Canal Street; a boy asked to hold the "
    "flashlight. Not everybody was pleased. 'They walk, they smile, and the cars still speed,' "
    "said Rosa Vega, who has lived on Weaver Street since 1998. Pratt wrote it down. The walks, "
    "which Chief Dana Ortiz began last summer, will go on until the fall. Nobody knows yet "
    "whether they change anything; the department has promised to count."
)
TIP_LINE = (
    "Anyone with information is asked to call the tip line of the Marlow Falls Police Department "
    "at 555-0142. Callers may stay anonymous, and a reward of up to $1,000 is paid for tips that "
    "lead to an arrest. All persons are presumed innocent until proven guilty in a court of law."
)


def release(
    text: str = RELEASE, *, name: str = "a.txt", day: date | None = date(2026, 3, 2)
) -> Release:
    return Release(name=name, text=text, day=day)


def articles(*texts: str, published: str = "2026-03-03") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "url": [f"u{number}" for number in range(len(texts))],
            "title": "",
            "text": list(texts),
            "published": published,
        }
    )


def verdict(text: str, *releases: Release, published: str = "2026-03-03") -> str:
    found = find_prompted(articles(text, published=published), releases or [release()])
    return str(found["verdict"].iloc[0])


def test_a_copy_is_marked_with_its_release_and_share() -> None:
    found = find_prompted(articles(RELEASE), [release(TIP_LINE, name="b.txt"), release()])
    assert found.to_dict("records") == [
        {"url": "u0", "release": "a.txt", "share": 1.0, "verdict": "release"}
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_copy_cut_to_half_is_marked(seed: int) -> None:
    sentences = RELEASE.split(". ")
    kept = sorted(random.Random(seed).sample(range(len(sentences)), len(sentences) // 2))
    assert verdict(". ".join(sentences[number] for number in kept)) == "release"


def test_a_copy_with_a_byline_and_a_paragraph_of_its_own_is_marked() -> None:
    text = f"By Ann Lee, Courier staff.\n{RELEASE}\nThe Courier is published in Marlow Falls."
    assert verdict(text) == "release"


def test_three_outlets_with_the_same_release_get_three_marks() -> None:
    found = find_prompted(articles(RELEASE, RELEASE, RELEASE), [release()])
    assert found["verdict"].tolist() == ["release"] * 3


def test_an_article_that_takes_a_good_part_builds_on_the_release() -> None:
    part = ". ".join(RELEASE.split(". ")[:3])
    assert verdict(f"{part}. {INDEPENDENT}") == "builds on a release"


def test_one_quotation_is_no_release() -> None:
    quoted = "'A walk is the shortest way between two people,' Ortiz said."
    assert verdict(f"{INDEPENDENT} {quoted}") == ""


def test_the_same_event_reported_independently_is_not_marked() -> None:
    found = find_prompted(articles(INDEPENDENT), [release()])
    assert found["verdict"].tolist() == [""]
    assert found["release"].tolist() == [""]
    assert found["share"].iloc[0] < 0.1


def test_what_every_release_says_at_its_end_marks_nothing() -> None:
    stories = (
        "A bicycle was stolen on Beacon Street on Monday.",
        "Two garages were opened in Northgate on Thursday.",
        "A bakery was robbed on Canal Street on Friday.",
    )
    releases = [
        release(f"{story} {TIP_LINE}", name=f"{day}.txt", day=date(2026, 3, day))
        for day, story in enumerate(stories, start=1)
    ]
    assert verdict(f"A boat sank off the pier on Sunday. {TIP_LINE}", *releases) == ""
    assert verdict(f"A boat sank off the pier on Sunday. {TIP_LINE}", releases[0]) != ""


def test_a_form_filled_in_for_another_event_is_not_marked() -> None:
    form = (
        "The driver, {0}, 4{1}, of {2}, was taken to {3} Hospital with injuries that are not "
        "thought to threaten life, and the cause of the crash is still being looked into by the "
        "traffic unit, which asks anybody who saw it, or has video of it, to get in touch."
    )
    ours = form.format("Ana Bell", 1, "Ridgeton", "Teal")
    other = form.format("Carl Dunn Wray", 7, "Coates Mill near Fenner", "Saint Luke Memorial")
    assert verdict(ours, release(ours)) == "release"
    assert verdict(other, release(ours)) == ""


@pytest.mark.parametrize(
    ("published", "marked"),
    [
        ("2026-03-01T22:00:00-05:00", True),  # the day before: clocks and zones
        ("2026-03-16", True),
        ("2026-03-17", False),
        ("2026-02-20", False),
        ("", True),
    ],
)
def test_an_article_long_before_or_after_a_release_was_not_prompted_by_it(
    published: str, marked: bool
) -> None:
    assert bool(verdict(RELEASE, published=published)) == marked


def test_a_release_without_a_date_is_compared_with_articles_of_any() -> None:
    assert verdict(RELEASE, release(day=None), published="2019-01-01") == "release"


def test_short_and_empty_articles_have_no_verdict() -> None:
    found = find_prompted(articles("", "Police walk.", " "), [release()])
    assert found["verdict"].tolist() == ["", "", ""]


def test_releases_of_all_kinds_are_read_with_their_days(tmp_path: Path) -> None:
    (tmp_path / "2026-03-01-walks.txt").write_text("Walks begin.", encoding="utf-8")
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "b.html").write_text(
        "<html><head><style>p {}</style></head><p>February 14, 2026</p><p>Caf&eacute; with a "
        "cop</p></html>",
        encoding="utf-8",
    )
    document = docx.Document()
    document.add_paragraph("FOR RELEASE March 9, 2026")
    document.add_paragraph("Bolt retires.")
    document.save(str(tmp_path / "c.docx"))
    (tmp_path / "d.md").write_text("No day at all.", encoding="utf-8")
    (tmp_path / "empty.txt").write_text(" ", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"x")
    found = {one.name: one for one in read_releases(tmp_path, today=date(2026, 12, 31))}
    assert {name: one.day for name, one in found.items()} == {
        "2026-03-01-walks.txt": date(2026, 3, 1),
        "c.docx": date(2026, 3, 9),
        "d.md": None,
        "older/b.html": date(2026, 2, 14),
    }
    assert "Café with a cop" in found["older/b.html"].text
    assert "{}" not in found["older/b.html"].text


def test_a_damaged_release_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(b"not a document")
    with pytest.raises(FileError, match=r"a\.docx: it is no Word document"):
        read_releases(tmp_path, today=date(2026, 1, 1))
    with pytest.raises(FileError, match="there is no such folder"):
        read_releases(tmp_path / "none", today=date(2026, 1, 1))
