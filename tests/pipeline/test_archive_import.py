"""Archives of news services come into a study: each article once, all of a file or none."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from outcomes.cli.media import media
from outcomes.cli.media_archives import KINDS as SHOWN
from outcomes.errors import DataError, FileError, OutcomesError, RowsRefused
from outcomes.media.archives import KINDS
from outcomes.pipeline.archive_reading import Choices, prepare_archive
from outcomes.pipeline.article_import import import_archive
from outcomes.sheets import Reading
from outcomes.store import read_facts, read_imports
from outcomes.study import Study, open_study

STUDY = """
[study]
name = "A study"
agency = "A department"
first = 2026-01-01
last = 2026-03-31
time_zone = "America/New_York"

[[outlets]]
name = "Marlow Falls Courier"
scope = "local"
site = "https://courier.example"

[[outlets]]
name = "The Daily"
scope = "national"
"""


def story(number: int, *, paper: str = "Marlow Falls Courier (IN)", text: str = "") -> str:
    return f"""\
Officers walk in Eastbank, part {number}
January {number % 28 + 1}, 2026 | {paper}
Author: Ann Writer | Section: Local | Page: A1
12 Words

{text or f"Two officers walked along Weaver Street for the {number}th time."}

Record: 1A2B3C4D{number:04d}
Copyright: Copyright (c) 2026 Courier

"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return open_study(tmp_path)


def export(study: Study, *numbers: int, name: str = "export.txt", **more: str) -> Path:
    path = study.root / name
    path.write_text("".join(story(number, **more) for number in numbers), encoding="utf-8")
    return path


def stored(study: Study) -> pd.DataFrame:
    return read_facts(study.store, "articles")


def run(study: Study, *words: object) -> Result:
    words = ("import", *words, "--study", study.root)
    return CliRunner().invoke(media, [str(word) for word in words])


def test_the_same_file_again_stores_nothing_new(study: Study):
    path = export(study, 1, 2, 3)
    first, again = import_archive(study, path), import_archive(study, path)
    assert (first.read, first.new, first.known) == (3, 3, 0)
    assert (again.read, again.new, again.known) == (3, 0, 3)
    table = stored(study)
    assert table["url"].str.startswith("urn:outcomes:").all()
    assert table["url"].is_unique
    assert table["published"].tolist() == ["2026-01-02", "2026-01-03", "2026-01-04"]
    assert set(table["outlet"]) == {"Marlow Falls Courier"}
    assert set(table["text_from"]) == {"archive"}
    assert "Writer" not in table.to_csv()


def test_exports_that_overlap_give_each_article_once(study: Study):
    import_archive(study, export(study, 1, 2, 3))
    more = import_archive(study, export(study, 3, 4, name="later.txt"))
    assert (more.new, more.known) == (1, 1)
    assert len(stored(study)) == 4


def test_a_changed_story_needs_a_word(study: Study):
    import_archive(study, export(study, 1))
    changed = export(study, 1, text="The officers ran.")
    with pytest.raises(DataError, match="--amend"):
        import_archive(study, changed)
    assert import_archive(study, changed, amend=True).new == 1
    assert stored(study)["text"].tolist() == ["The officers ran."]


def test_an_unknown_outlet_stores_nothing(study: Study):
    path = export(study, 1)
    path.write_text(path.read_text(encoding="utf-8") + story(2, paper="Gazette"), encoding="utf-8")
    with pytest.raises(RowsRefused, match="'Gazette' is no outlet"):
        import_archive(study, path)
    assert stored(study).empty
    assert read_imports(study.store).empty
    some = Choices(reading=Reading(leave_out_refused=True))
    assert import_archive(study, path, choices=some).new == 1
    every = import_archive(study, path, choices=Choices(other_outlets=True))
    assert (every.new, every.known) == (1, 1)
    assert set(stored(study)["outlet"]) == {"Marlow Falls Courier", "Gazette"}


def test_a_dry_run_says_what_would_be_and_stores_nothing(study: Study):
    path = export(study, 1, 2, 3, 4)
    path.write_text(path.read_text(encoding="utf-8") + story(5, paper="Gazette"), encoding="utf-8")
    done = run(study, path, "--dry-run")
    assert done.exit_code == 0
    assert "articles as NewsBank exports them (kind: newsbank)" in done.output
    assert "4 articles would be stored" in done.output
    assert "1 would be refused" in done.output
    assert "2026-01-02 · Marlow Falls Courier · Officers walk in Eastbank, part 1" in done.output
    assert "part 4" not in done.output
    assert "'Marlow Falls Courier (IN)' is read as the outlet 'Marlow Falls Courier'" in done.output
    assert "Would be refused: row 5, column outlet: 'Gazette'" in done.output
    assert stored(study).empty


TABLE = {
    "Web link": "https://courier.example/1",
    "Headline": "Officers walk in Eastbank",
    "Date": "03/04/2026",
    "Body": "Words of the story.",
    "Byline": "Ann Writer",
}


def table(study: Study, **changed: str) -> Path:
    path = study.root / "table.csv"
    pd.DataFrame([{**TABLE, **changed}]).to_csv(path, index=False)
    return path


def test_likely_columns_are_confirmed_once_in_a_mapping_that_is_kept(study: Study):
    path = table(study)
    with pytest.raises(FileError, match=r"title = 'Headline'.* a person must confirm"):
        import_archive(study, path, choices=Choices(outlet="The Daily"))
    out = study.root / "courier.toml"
    done = run(study, path, "--dry-run", "--save-mapping", out, "--outlet", "The Daily")
    assert done.exit_code == 0, done.output
    assert "title = 'Headline'" in done.output
    text = out.read_text(encoding="utf-8")
    assert '"Byline" = "who wrote it is not stored"' in text
    text = text.replace('order = "YMD"', 'order = "MDY"')
    text = text.replace('# outlet = ""', 'outlet = "The Daily"')
    out.write_text(text, encoding="utf-8")
    done = run(study, path, "--mapping", out)
    assert "1 rows read, 1 stored" in done.output, (done.output, done.exception)
    assert "Columns not stored: Byline." in done.output
    (row,) = stored(study).to_dict("records")
    assert (row["outlet"], row["published"]) == ("The Daily", "2026-03-04")
    assert row["published_raw"] == "03/04/2026"
    done = run(study, path, "--dry-run", "--save-mapping", out, "--outlet", "The Daily")
    assert isinstance(done.exception, FileError)


def test_a_mapping_beside_the_file_is_found(study: Study):
    path = table(study)
    path.with_suffix(".toml").write_text(
        'kind = "table"\n[columns]\nurl = "Web link"\ntitle = "Headline"\ntext = "Body"\n'
        '[constant]\noutlet = "The Daily"\nprompted = 1\n',
        encoding="utf-8",
    )
    import_archive(study, path)
    (row,) = stored(study).to_dict("records")
    assert (row["outlet"], row["published"], row["prompted"]) == ("The Daily", "", 1)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ('kind = "table"\n[columns]\ntitel = "Headline"\n', "no part of an article"),
        ('kind = "tabel"\n', "line 1, kind"),
        ('kind = "table"\n[columns]\ntitle = "Headlines"\n', "line 3, columns.title"),
        ('kind = "table"\n[outlets]\n"x" = "Courir"\n', "line 3, outlets.x"),
        ('kind = "table"\n[date]\ntime_zone = "Mars"\n', "line 3, date.time_zone"),
        ('kind = "table"\n[columns]\ntitle = "Headline"\n', "hold the outlet"),
    ],
)
def test_a_mistake_in_a_mapping_is_said_with_its_line(study: Study, mapping: str, said: str):
    path = table(study)
    path.with_suffix(".toml").write_text(mapping, encoding="utf-8")
    with pytest.raises(FileError) as caught:
        import_archive(study, path)
    assert said in str(caught.value)


def test_a_mapping_says_which_outlet_is_meant_in_an_export(study: Study):
    path = export(study, 1, paper="Gazette")
    path.with_suffix(".toml").write_text(
        'kind = "newsbank"\n[outlets]\n"Gazette" = "The Daily"\n', encoding="utf-8"
    )
    import_archive(study, path)
    assert stored(study)["outlet"].tolist() == ["The Daily"]


def test_a_list_without_texts_leaves_a_known_text_as_it_is(study: Study):
    import_archive(study, table(study), choices=Choices(guess=True, outlet="Marlow Falls Courier"))
    path = study.root / "list.csv"
    path.write_text(
        "id,media_name,publish_date,title,url\n"
        "a1,courier.example,2026-03-04,Officers walk in Eastbank,https://www.courier.example/1\n"
        "a2,courier.example,2026-03-05,Council hears,https://www.courier.example/2\n",
        encoding="utf-8",
    )
    done = import_archive(study, path)
    assert (done.new, done.known) == (1, 1)
    assert any("2 articles have no text" in note for note in done.notes)
    rows = stored(study)
    assert rows["text"].tolist() == ["Words of the story.", "Council hears"]
    assert rows["text_from"].tolist() == ["archive", "feed"]


def test_several_files_are_named_at_once(study: Study):
    done = run(study, export(study, 1), export(study, 2, name="b.txt"))
    assert done.exit_code == 0
    assert done.output.count("1 stored") == 2
    mapped = run(study, export(study, 1), study.root / "b.txt", "--save-mapping", "x.toml")
    assert mapped.exit_code == 2


def test_a_wrong_outlet_on_the_command_line_is_one_sentence(study: Study):
    done = run(study, table(study), "--outlet", "The Dayly")
    assert isinstance(done.exception, OutcomesError)
    assert "Did you mean 'The Daily'" in str(done.exception)


def test_the_command_knows_every_kind():
    assert SHOWN == KINDS


def test_what_is_prepared_is_not_stored(study: Study):
    assert len(prepare_archive(study, export(study, 1), Choices()).sightings) == 1
    assert stored(study).empty


def test_an_import_that_is_killed_leaves_nothing_half_and_is_completed_by_the_next(study: Study):
    path = export(study, *range(200))
    code = (
        "import sys; from pathlib import Path; from outcomes.study import open_study; "
        "from outcomes.pipeline import article_keeping as keeping; "
        "from outcomes.pipeline.article_import import import_archive; "
        "end = keeping.end_import\n"
        "def hold(*args, **more):\n"
        "    end(*args, **more); print('inside', flush=True); sys.stdin.read()\n"
        "keeping.end_import = hold\n"
        f"import_archive(open_study(Path({str(study.root)!r})), Path({str(path)!r}))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"inside"  # all is written, not yet committed
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert stored(study).empty
    assert read_imports(study.store).empty
    assert import_archive(study, path).new == 200


def test_the_day_on_which_gdelt_met_an_article_counts_only_where_a_person_says_so(study: Study):
    path = study.root / "list.json"
    path.write_text(
        '{"articles": [{"url": "https://courier.example/1", "title": "Officers walk", '
        '"seendate": "20260105T231500Z", "domain": "courier.example"}]}',
        encoding="utf-8",
    )
    done = import_archive(study, path)
    assert any("1 articles have no date" in note and "GDELT" in note for note in done.notes)
    assert stored(study)["published"].tolist() == [""]
    path.with_suffix(".toml").write_text(
        'kind = "gdelt"\n[columns]\nurl = "url"\noutlet = "domain"\ntitle = "title"\n'
        'published = "seendate"\n',
        encoding="utf-8",
    )
    import_archive(study, path, amend=True)
    assert stored(study)["published"].tolist() == ["2026-01-05T18:15:00-05:00"]
