"""Keeping articles: nothing lost, nothing twice, and every version readable."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, event, func, insert, select

from outcomes.cli.media import media
from outcomes.errors import DataError
from outcomes.media.feeds import parse_feed
from outcomes.media.sightings import Sighting, feed_sighting
from outcomes.pipeline.article_history import read_history
from outcomes.pipeline.article_keeping import Kept, OnChange, keep_sheet, keep_sightings
from outcomes.sheets import Sheet
from outcomes.store import (
    Source,
    append,
    begin_import,
    end_import,
    new_version,
    open_store,
    read_facts,
    read_imports,
)
from outcomes.store.news_tables import ARTICLE_NAMES, TEXT_ERASURES
from outcomes.study import Study, open_study

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path / 'study.db'}")
    yield engine
    engine.dispose()


def sighting(number: int = 1, **changed: object) -> Sighting:
    made = Sighting(
        outlet="Courier",
        url=f"https://courier.example/{number}",
        guid=f"guid {number}",
        title=f"Police said so, part {number}",
        summary="The police said so.",
        text_from="feed",
        published="2026-03-31T14:05:00+00:00",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def archived(number: int = 1, **changed: object) -> Sighting:
    text = "The police said so. They said it at length."
    return sighting(
        number, **({"guid": "", "summary": "", "text": text, "text_from": "archive"} | changed)
    )


def keep(
    engine: Engine, *document: Sighting, on_change: OnChange = "version", now: datetime = NOW
) -> list[Kept]:
    with engine.begin() as connection:
        number = begin_import(connection, Source(step="media poll", read=len(document)), now=now)
        kept = keep_sightings(connection, document, now=now, import_id=number, on_change=on_change)
        end_import(connection, number, new=0, known=len(kept))
    return kept


def fates(kept: Sequence[Kept]) -> list[str]:
    return [each.fate for each in kept]


def names(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(ARTICLE_NAMES)).scalar() or 0


def test_what_is_kept_can_be_read_back(store: Engine):
    (kept,) = keep(store, sighting(prompted=1, published_raw="as written"))
    assert kept == Kept(
        fate="stored", article="https://courier.example/1", url="https://courier.example/1"
    )
    (row,) = read_facts(store, "articles").to_dict("records")
    assert row["first_seen"] == "2026-04-01T12:00:00+00:00"
    assert (row["text"], row["text_from"], row["prompted"]) == ("The police said so.", "feed", 1)
    assert row["published_raw"] == "as written"
    assert read_imports(store)["at"].tolist() == ["2026-04-01T12:00:00+00:00"]


def test_the_same_document_twice_stores_nothing_new(store: Engine):
    document = [sighting(number) for number in range(12)] + [sighting(3, guid="", url="")]
    keep(store, *document)
    facts, before = read_facts(store, "articles"), names(store)
    assert set(fates(keep(store, *document))) == {"duplicate"}
    pd.testing.assert_frame_equal(read_facts(store, "articles"), facts)
    assert names(store) == before


def test_an_edited_headline_is_a_second_version_and_the_first_stays_readable(store: Engine):
    keep(store, sighting())
    later = datetime(2026, 4, 2, tzinfo=UTC)
    (kept,) = keep(store, sighting(title="Police took it back"), now=later)
    assert kept.fate == "edited"
    history = read_history(store, "http://www.courier.example/1?utm_source=x")
    assert history["title"].tolist() == ["Police said so, part 1", "Police took it back"]
    assert history["version"].tolist() == [1, 2]
    assert history["stored"].tolist() == ["2026-04-01T12:00:00+00:00", "2026-04-02T00:00:00+00:00"]
    assert read_facts(store, "articles")["title"].tolist() == ["Police took it back"]


def test_an_article_that_moved_keeps_the_address_by_which_its_codes_name_it(store: Engine):
    keep(store, sighting())
    moved = sighting(url="https://courier.example/moved")
    assert keep(store, moved)[0] == Kept(
        fate="duplicate", article="https://courier.example/1", url="https://courier.example/1"
    )
    assert keep(store, replace(moved, guid="", title=""))[0].url == "https://courier.example/1"
    assert len(read_history(store, "https://courier.example/moved")) == 1


def test_a_changed_guid_with_the_same_page_is_the_same_article(store: Engine):
    keep(store, sighting())
    assert fates(keep(store, sighting(guid="another"))) == ["duplicate"]
    assert fates(keep(store, sighting(guid="another", url="https://new.example/1"))) == [
        "duplicate"
    ]


def test_a_page_that_two_outlets_list_is_one_article_of_the_first(store: Engine):
    keep(store, sighting())
    (kept,) = keep(store, sighting(outlet="Ledger", guid="7", title="Our own words for it"))
    assert (kept.fate, kept.url) == ("duplicate", "https://courier.example/1")
    assert read_facts(store, "articles")["outlet"].tolist() == ["Courier"]


def test_entries_that_are_all_called_the_same_stay_ten_articles_at_every_poll(store: Engine):
    ten = [sighting(number, guid="same") for number in range(10)]
    keep(store, *ten)
    assert set(fates(keep(store, *ten[3:]))) == {"duplicate"}
    assert fates(keep(store, sighting(11, guid="same"), *ten[:2])) == ["stored", *2 * ["duplicate"]]
    assert len(read_facts(store, "articles")) == 11


def test_two_blotters_of_one_day_stay_two(store: Engine):
    pages = [sighting(number, title="Police blotter", guid="") for number in range(2)]
    assert fates(keep(store, *pages)) == ["stored", "stored"]
    assert fates(keep(store, *reversed(pages))) == ["duplicate", "duplicate"]


def test_articles_without_an_address_get_one_that_stays(store: Engine):
    record = archived(url="", guid="0FA3")
    (first,) = keep(store, record)
    assert first.url.startswith("urn:outcomes:")
    (again,) = keep(store, replace(record, text="Corrected."))
    assert (again.fate, again.url) == ("edited", first.url)


def test_a_document_that_gives_an_article_twice_counts_the_first(store: Engine):
    again = sighting(guid="another", title="Another headline for the same page")
    assert fates(keep(store, sighting(), again)) == ["stored", "duplicate"]
    assert read_facts(store, "articles")["title"].tolist() == ["Police said so, part 1"]
    assert set(fates(keep(store, sighting(), again))) == {"duplicate"}


def test_a_headline_that_goes_to_and_fro_between_two_feeds_is_not_stored_for_ever(store: Engine):
    for _ in range(6):
        keep(store, sighting(title="The headline of one feed"))
        keep(store, sighting(title="The headline of the other"))
    assert len(read_history(store, "https://courier.example/1")) == 4


def test_a_feed_that_dates_an_article_anew_at_each_poll_does_not_move_it(store: Engine):
    keep(store, sighting())
    for hour in range(10, 20):
        keep(store, sighting(published=f"2026-04-01T{hour}:00:00+00:00"))
    history = read_history(store, "https://courier.example/1")
    assert set(history["published"]) == {"2026-03-31T14:05:00+00:00"}
    assert len(history) == 2
    assert "the first date stands" in history["published_note"][1]


def random_documents(seed: int) -> list[list[Sighting]]:
    """Feeds as outlets serve them: guids are sound; addresses change, or headlines do."""
    draw = random.Random(seed)
    documents = []
    for _ in range(8):
        document = []
        for number in draw.sample(range(15), 6):
            moves = ("-moved", "-moved-again") if number % 2 else ()
            at = draw.choice(["", "?utm_source=rss", "/amp", *moves])
            words = draw.choice([""] if moves else ["", ", corrected", ", updated"])
            document.append(
                sighting(
                    number,
                    url=f"{draw.choice(['http', 'https'])}://courier.example/{number}{at}",
                    title=f"Story of the day, number {number}{words}" if number % 3 else "Blotter",
                    published=draw.choice(["", "2026-03-31", "2026-03-31T10:00:00+00:00"]),
                )
            )
        documents.append(document)
    return documents


@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_documents_gives_the_same_articles(seed: int, tmp_path: Path):
    documents = random_documents(seed)
    found = []
    for turn in range(3):
        random.Random(turn).shuffle(documents)
        engine = open_store(f"sqlite:///{tmp_path / str(turn)}.db")
        articles: dict[str, set[str]] = {}  # key -> guids
        for document in documents:
            for one, kept in zip(document, keep(engine, *document), strict=True):
                articles.setdefault(kept.article, set()).add(one.guid)
        assert len(read_facts(engine, "articles")) == len(articles)
        engine.dispose()
        found.append(sorted(map(sorted, articles.values())))
    assert found[0] == found[1] == found[2]
    assert all(len(guids) == 1 for guids in found[0])


def plain_row(number: int, **changed: object) -> dict[str, object]:
    url = f"https://www.courier.example/{number}/"
    row = {"key": url, "url": url, "outlet": "Courier", "published": "2026-03-31", "prompted": None}
    return row | {"title": f"Police said so, part {number}", "text": "At length."} | changed


def test_articles_that_an_older_version_stored_are_known(store: Engine):
    append(store, "articles", [plain_row(n) for n in range(3)], source=Source(step="x", read=3))
    moved = sighting(2, url="https://new.example/2")
    assert fates(keep(store, sighting(1), moved, sighting(9))) == ["edited", "edited", "stored"]
    facts = read_facts(store, "articles")
    assert sorted(facts["text"]) == [*3 * ["At length."], "The police said so."]
    append(store, "articles", [plain_row(7)], source=Source(step="x", read=1))
    assert fates(keep(store, sighting(7), sighting(1))) == ["edited", "duplicate"]


def test_a_new_version_of_an_old_article_gives_it_no_name_twice(store: Engine):
    append(store, "articles", [plain_row(1)], source=Source(step="x", read=1))
    keep(store, sighting(1))
    before = names(store)
    with store.begin() as connection:
        number = begin_import(connection, Source(step="media fetch-texts", read=1))
        key = "https://www.courier.example/1/"
        new_version(connection, key, {"title": "A headline of another day"}, import_id=number)
    assert fates(keep(store, sighting(2))) == ["stored"]
    assert names(store) == before + 3 + 1  # of the new article, and the new title


def test_names_of_old_articles_are_derived_once(store: Engine):
    append(store, "articles", [plain_row(n) for n in range(3)], source=Source(step="x", read=3))
    keep(store, sighting(1))
    asked: list[str] = []
    event.listen(store, "before_cursor_execute", lambda _c, _cur, said, *_more: asked.append(said))
    before = names(store)
    keep(store, sighting(1), sighting(2))
    assert names(store) == before + 1  # the guid of the second
    assert len(asked) < 25


def test_a_feed_takes_a_few_questions_however_many_entries_it_has(store: Engine):
    asked: list[str] = []
    keep(store, *(sighting(number) for number in range(3)))
    event.listen(store, "before_cursor_execute", lambda _c, _cur, said, *_more: asked.append(said))
    keep(store, *(sighting(number) for number in range(3)))
    few = len(asked)
    keep(store, *(sighting(number) for number in range(50, 150)))
    assert len(asked) - few <= few + 3


def test_a_text_that_was_erased_does_not_come_back(store: Engine):
    (kept,) = keep(store, sighting())
    with store.begin() as connection:
        erased = {"article": kept.article, "day": "2026-04-01", "reason": "kept two months"}
        connection.execute(insert(TEXT_ERASURES), [erased])
    assert fates(keep(store, sighting(summary="Edited."), on_change="version")) == ["duplicate"]
    assert fates(keep(store, archived())) == ["duplicate"]
    assert fates(keep(store, archived(url="https://new.example/1"))) == ["duplicate"]
    assert len(read_history(store, kept.url)) == 1


def test_a_new_version_is_stored_only_where_something_changes(store: Engine):
    (kept,) = keep(store, sighting())
    with store.begin() as connection:
        number = begin_import(connection, Source(step="media fetch-texts", read=1))
        same = new_version(connection, kept.article, {"outlet": "Courier"}, import_id=number)
        page = {"text": "All of it.", "text_from": "page", "flags": ["paywall"], "article": 1}
        changed = new_version(connection, kept.article, page, import_id=number)
        nobody = new_version(connection, "nobody's", page, import_id=number)
        end_import(connection, number, new=1, known=1)
    assert (same, changed, nobody) == (False, True, False)
    assert fates(keep(store, sighting(summary="Edited by the feed."))) == ["edited"]
    (row,) = read_facts(store, "articles").to_dict("records")
    assert (row["text"], row["summary"]) == ("All of it.", "Edited by the feed.")
    assert row["flags"] == ["paywall"]
    log = read_imports(store).set_index("step").loc["media fetch-texts"]
    assert (log["new"], log["known"]) == (1, 1)


STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/New_York"
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return open_study(tmp_path)


def sheet(study: Study, size: int) -> Sheet:
    path = study.root / "articles.csv"
    path.write_text(f"{size} rows", encoding="utf-8")
    return Sheet(path=path, table=pd.DataFrame({"row": range(size)}), read=size)


def test_an_archive_is_stored_with_its_account_and_again_changes_nothing(study: Study):
    rows = [archived(number) for number in range(3)]
    first = keep_sheet(study, sheet(study, 3), rows, step="media import", notes=("A note.",))
    again = keep_sheet(study, sheet(study, 3), rows, step="media import")
    assert (first.read, first.new, first.known) == (3, 3, 0)
    assert (again.read, again.new, again.known) == (3, 0, 3)
    assert first.notes == ("A note.",)
    log = read_imports(study.store)
    assert log[["step", "file", "read", "new", "known"]].to_numpy().tolist() == [
        ["media import", "articles.csv", 3, 3, 0],
        ["media import", "articles.csv", 3, 0, 3],
    ]


def test_an_archive_with_other_content_is_refused_whole_unless_it_is_an_amendment(study: Study):
    keep_sheet(study, sheet(study, 1), [archived(1)], step="media import")
    rows = [archived(2), archived(1, title="Another headline")]
    with pytest.raises(DataError, match=r"articles\.csv: 'https://courier\.example/1' is stored"):
        keep_sheet(study, sheet(study, 2), rows, step="media import")
    assert len(read_facts(study.store, "articles")) == 1
    assert len(read_imports(study.store)) == 1
    assert keep_sheet(study, sheet(study, 2), rows, step="media import", amend=True).new == 2
    assert read_history(study.store, "https://courier.example/1")["title"].tolist() == [
        "Police said so, part 1",
        "Another headline",
    ]


def test_an_archive_brings_the_full_text_of_polled_articles_without_an_amendment(study: Study):
    keep(study.store, sighting(1), sighting(2))
    rows = [archived(1), archived(3)]
    assert keep_sheet(study, sheet(study, 2), rows, step="media import").new == 2
    facts = read_facts(study.store, "articles").set_index("url").sort_index()
    assert facts["text_from"].tolist() == ["archive", "feed", "archive"]
    assert facts["summary"].tolist()[:2] == ["The police said so."] * 2
    assert keep_sheet(study, sheet(study, 2), rows, step="media import").known == 2
    assert fates(keep(study.store, sighting(1), sighting(3))) == ["duplicate", "edited"]


@pytest.mark.parametrize("amend", [False, True])
def test_two_texts_of_one_title_and_day_in_two_archives_stay_two(study: Study, amend: bool):
    title = "Letters to the editor of this paper"
    one, two = archived(1, title=title), archived(2, title=title, text="Another letter.")
    keep_sheet(study, sheet(study, 1), [one], step="media import")
    account = keep_sheet(study, sheet(study, 2), [two, two], step="media import", amend=amend)
    assert (account.new, account.known) == (1, 1)
    assert "1 row gives an article that another row" in account.notes[0]
    assert len(read_history(study.store, one.url)) == 1
    assert keep_sheet(study, sheet(study, 1), [two], step="media import").known == 1


def test_the_same_text_under_another_address_is_the_same_article(study: Study):
    keep_sheet(study, sheet(study, 1), [archived(1)], step="media import")
    moved = archived(1, url="https://new.example/1")
    assert keep_sheet(study, sheet(study, 1), [moved], step="media import").known == 1


def test_a_saved_feed_leaves_what_is_known_as_it_is(study: Study):
    keep_sheet(study, sheet(study, 1), [archived(1)], step="media import")
    rows = [sighting(1, title="Edited"), sighting(2)]
    account = keep_sheet(study, sheet(study, 2), rows, step="media import-feed")
    assert (account.new, account.known) == (1, 1)
    assert len(read_history(study.store, "https://courier.example/1")) == 1


def test_an_import_that_is_killed_leaves_nothing_and_runs_again(study: Study):
    class KilledError(Exception):
        pass

    def stop(*_said: object) -> None:
        raise KilledError

    rows = [archived(number) for number in range(1200)]
    event.listen(study.store, "commit", stop)
    with pytest.raises(KilledError):
        keep_sheet(study, sheet(study, 1200), rows, step="media import")
    event.remove(study.store, "commit", stop)
    assert read_facts(study.store, "articles").empty
    assert keep_sheet(study, sheet(study, 1200), rows, step="media import").new == 1200


def test_the_history_is_shown_on_the_command_line(study: Study):
    keep(study.store, sighting())
    keep(study.store, sighting(title="Police took it back"))
    said = CliRunner().invoke(
        media, ["history", "https://courier.example/1", "--study", str(study.root)]
    )
    assert said.exit_code == 0
    assert "Police said so, part 1" in said.output
    assert "Police took it back" in said.output
    texts = ["history", "https://courier.example/1", "--texts", "--format", "json"]
    said = CliRunner().invoke(media, [*texts, "--study", str(study.root)])
    assert "The police said so." in said.output


def test_an_address_that_nobody_knows_is_said(study: Study):
    with pytest.raises(DataError, match=r"no article with the address 'https://x\.example/1'"):
        read_history(study.store, "https://x.example/1")


def test_a_polled_feed_becomes_articles(store: Engine):
    item = "<item><title>A walk</title><link>https://x.example/{0}</link><guid>{0}</guid></item>"
    feed = f"<rss><channel>{item.format(1)}{item.format(2)}</channel></rss>".encode()
    document = [feed_sighting(entry, outlet="Courier") for entry in parse_feed(feed, seen=NOW)]
    assert fates(keep(store, *document)) == ["stored", "stored"]
    assert read_facts(store, "articles")["published_note"].tolist() == ["no date is given"] * 2
