"""Every example in the help runs in the worked example; every command in the docs exists."""

import gzip
import json
import shlex
import shutil
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner

from outcomes.cli.main import cli
from outcomes.pipeline.instrument_export import export_instrument

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands(group=cli, path=("outcomes",)):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


EXAMPLES = {
    " ".join(path): (command.epilog or "").removeprefix("Example: ")
    for path, command in commands()
    if not isinstance(command, click.Group)
}


@pytest.fixture
def folder(prepared, tmp_path):
    """A copy of one's own, for some examples replace files that others read."""
    shutil.copytree(prepared, tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture(scope="module")
def prepared(example, tmp_path_factory):
    """The worked example, with the files of their own that the examples speak of."""
    folder = tmp_path_factory.mktemp("examples") / "study"
    shutil.copytree(example.root, folder)
    shutil.copytree(example.root, folder / "other")
    (folder / "other").rename(folder / "ready")
    feed = next((folder / "data/raw/feeds").glob("*.xml")).read_text(encoding="utf-8")
    for name in ("feed.xml", "data/raw/feed.xml"):
        (folder / name).write_text(feed, encoding="utf-8")
    for name in ("walks.csv", "articles.jsonl"):
        shutil.copyfile(folder / "data/raw" / name, folder / name)
    articles = pd.read_json(folder / "articles.jsonl", lines=True)
    articles.rename(columns={"url": "id"}).to_json(
        folder / "articles.jsonl", orient="records", lines=True
    )
    sentence = {"id": 1, "text": "Residents thanked the officers.", "from": 22, "to": 30}
    (folder / "sentences.jsonl").write_text(json.dumps(sentence) + "\n", encoding="utf-8")
    (folder / "page.html").write_text("<title>A walk</title><p>Officers walked.</p>", "utf-8")
    (folder / "pages").mkdir()
    shutil.copyfile(folder / "page.html", folder / "pages/page.html")
    coded = {
        "month": ["2025-01"] * 6,
        "tone": [0, 0, -1, 1, 0, 0],
        "human_tone": [0, 0, -1, 1, "", ""],
    }
    pd.DataFrame(coded).to_csv(folder / "coded.csv", index=False)
    write_calls(folder)
    write_plan(folder)
    pd.DataFrame({"place": ["a", "b", "c"], "n": [2, 9, 12], "value": [0.5, 0.2, 0.3]}).to_csv(
        folder / "table.csv", index=False
    )
    cases = pd.DataFrame({"disposition": ["I", "I", "P", "R", "NC", "UO", "NE"]})
    cases.to_csv(folder / "cases.csv", index=False)
    pd.DataFrame({"sex": ["F", "M", "F", "M"]}).to_csv(folder / "people.csv", index=False)
    (folder / "margins.csv").write_text("column,value,total\nsex,F,52\nsex,M,48\n")
    export_instrument(folder / "surveys/academy.yaml", "xlsform", out=folder / "form.xlsx")
    (folder / "data/raw/releases").mkdir()
    (folder / "data/raw/releases/2025-03-01-walks.txt").write_text("Officers will walk.", "utf-8")
    panel = [
        {"place": p, "month": m, "walks": int(p < 3 and m > 6), "tips": 10 + (p * m) % 5}
        for p in range(7)
        for m in range(1, 13)
    ]
    pd.DataFrame(panel).to_csv(folder / "panel.csv", index=False)
    write_sources(folder)
    for name in ("sentences", "articles"):
        shutil.copyfile(ROOT / "data/tone" / f"{name}.jsonl", folder / f"tone-{name}.jsonl")
    practice = "media draw-sample practice --training codebook --coders ana --study"
    assert CliRunner().invoke(cli, [*practice.split(), str(folder)]).exit_code == 0
    return folder


def write_plan(folder):
    """Planned walks: one in a file, and one on the plan already."""
    columns = "day,from,minutes,place,type,coordinator\n"
    for name, day in (("planned_walks", "2025-08-04"), ("earlier_plan", "2025-07-28")):
        path = folder / f"{name}.csv"
        path.write_text(f"{columns}{day},18:00,30,eastbank,squad,sergeant\n")
    line = ["engagement", "plan-walks", str(path), "--study", str(folder)]
    assert CliRunner().invoke(cli, line).exit_code == 0


def write_calls(folder):
    """A CAD extract, where its beats lie, and what its call types were confirmed to mean."""
    (folder / "calls.csv").write_text(
        "Number,Type,Beat,Start,End\n1,WALKING BEAT,B1,2025-08-04 10:00,2025-08-04 10:40\n"
        "2,BURGLARY,B1,2025-08-05 10:00,\n"
    )
    (folder / "beats.csv").write_text("beat,place\nB1,elsewhere\n")
    (folder / "map.csv").write_text("call_type,means\nWALKING BEAT,walk\n")
    line = ["engagement", "confirm-cad", str(folder / "map.csv"), "--study", str(folder)]
    assert CliRunner().invoke(cli, line).exit_code == 0


def write_sources(folder):
    """A registry, a list, and an outlet with a feed that is given up, so that nobody asks it."""
    feed = "https://eastbank-post.example/feed"
    entry = {"name": "Eastbank Post", "website": feed[:-4], "fips": "55079", "rss": ["/feed"]}
    registry = json.dumps({"WI": {"tv": [entry]}}).encode()
    (folder / "registry.json.gz").write_bytes(gzip.compress(registry))
    (folder / "outlets.opml").write_text(
        f'<opml version="2.0"><body><outline text="Post" xmlUrl="{feed}/crime"/></body></opml>'
    )
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[outlets]]\nname = "Eastbank Post"\nscope = "local"\npanel = false\n')
        file.write(f'\n[[outlets.feeds]]\nurl = "{feed}"\nlast = 2025-05-31\n')
        file.write('\n[[communities]]\ncode = "river-families"\nname = "River families"\n')
        file.write('approach = "broad-based"\n')


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_the_example_in_the_help_runs(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    line = EXAMPLES[name]
    assert line.startswith(name), f"{name} has no example of its own"
    if "my-study" in line and not name.endswith(" new"):
        line = line.replace("my-study", "ready")
    if name == "outcomes serve":  # it would go on until somebody stops it
        monkeypatch.setattr("uvicorn.Server.on_tick", stop_at_once)
        line += " --port 0"
    if name == "outcomes media model-card":  # it needs what another example writes
        before = EXAMPLES["outcomes media check-model"]
        assert CliRunner().invoke(cli, shlex.split(before)[1:]).exit_code == 0
    result = CliRunner().invoke(cli, shlex.split(line)[1:])
    assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    assert result.output


async def stop_at_once(_server, _counter):
    return True


def documented():
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("outcomes "):
                yield pytest.param(line, id=f"{page.stem}: {line[:60]}")


@pytest.mark.parametrize("line", list(documented()))
def test_a_command_in_the_docs_is_one_that_exists(line):
    words = shlex.split(line, comments=True)[1:]
    command, context = cli, click.Context(cli)
    while isinstance(command, click.Group):
        name = words.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"{line}: there is no command {name}"
    known = {option for each in command.params for option in each.opts}
    unknown = [word for word in words if word.startswith("--") and word not in known]
    assert not unknown, f"{line}: no such option"
