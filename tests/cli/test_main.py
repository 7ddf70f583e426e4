import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from outcomes.cli.main import COMMANDS, cli, main
from outcomes.errors import DataError, FileError, OutcomesError, Refusal, RowsRefused

HEAVY = ("pandas", "numpy", "sqlalchemy", "nltk", "scipy", "matplotlib", "seaborn", "sklearn")


def commands(command: click.Command, *names: str) -> list[tuple[str, click.Command]]:
    """A command and all commands below it, each with its full name."""
    below = [(" ".join(names), command)]
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            below += commands(inner, *names, name)
    return below


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from outcomes.cli.main import main\n"
        f"sys.argv = ['outcomes', *{arguments!r}]\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_loads_nothing_heavy(name: str) -> None:
    module = COMMANDS[name][0]
    script = f"import sys, {module}\nprint([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "[]"


def test_help_lists_every_command_with_what_it_does() -> None:
    text = CliRunner().invoke(cli, ["--help"]).output
    for name, (_, _, what) in COMMANDS.items():
        assert name in text
        assert what.split(",")[0].split(".")[0] in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_an_example(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for full, inner in commands(command, name):
        assert inner.help, full
        assert "Example:" in (inner.epilog or ""), full
        assert f"outcomes {full}" in (inner.epilog or "").replace("\n", " "), full


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for full, inner in commands(command, name):
        silent = [
            option.name
            for option in inner.params
            if isinstance(option, click.Option) and not option.help
        ]
        assert silent == [], full


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    """Run the command line in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["outcomes", *arguments])
    with pytest.raises(SystemExit) as caught:
        sys.exit(main())
    return caught.value.code


def test_a_wrong_command_is_said_and_gives_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "serveys") == 2
    assert "No such command 'serveys'" in capsys.readouterr().err


def test_help_and_version_give_exit_code_0(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not run(monkeypatch, "--help")
    assert not run(monkeypatch, "--version")
    assert "Example: outcomes new" in capsys.readouterr().out


def failing(error: BaseException) -> click.Command:
    @click.command()
    def fail() -> None:
        raise error

    return fail


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int | str | None:
    monkeypatch.setattr("outcomes.cli.main.cli", failing(error))
    return run(monkeypatch)


@pytest.mark.parametrize(
    "error",
    [
        OutcomesError("there is no study here. Make one"),
        DataError("fewer than two respondents have both scores"),
        FileError("tips.csv", "row 3", "the cell is empty", "Fill it"),
    ],
)
def test_a_mistake_in_the_input_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: OutcomesError
) -> None:
    assert fail_with(monkeypatch, error) == 1
    said = capsys.readouterr()
    assert said.err == f"Error: {error}\n"
    assert said.out == ""


def test_refused_rows_are_listed_and_counted_after_the_first(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refusals = [
        Refusal(row=row, column="place", problem="'x' is not a known place", mend="Allowed: a")
        for row in range(2, 32)
    ]
    assert fail_with(monkeypatch, RowsRefused("tips.csv", refusals, read=40)) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Error: tips.csv, row 2, column place: 'x' is not a known place")
    assert lines[1].strip().startswith("row 3, column place")
    assert len(lines) == 1 + 19 + 1 + 1
    assert lines[-2].strip() == "and 10 more"
    assert lines[-1].startswith("40 rows read, 0 stored, 30 refused: nothing was stored.")


def test_a_stop_by_the_user_is_said_and_gives_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert fail_with(monkeypatch, KeyboardInterrupt()) == 1
    assert "Stopped." in capsys.readouterr().err


def test_an_error_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outcomes.cli.main.cli", failing(ZeroDivisionError("a bug")))
    monkeypatch.setattr(sys, "argv", ["outcomes"])
    with pytest.raises(ZeroDivisionError):
        main()


def test_a_command_outside_a_study_says_so_from_the_shell(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from outcomes.cli.main import main; main()", "status"],
        cwd=tmp_path.anchor,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "is not in a study folder" in done.stderr


OWN = {"ARROW_DEFAULT_MEMORY_POOL": "mimalloc", "NUMPY_MADVISE_HUGEPAGE": "1"}


@pytest.mark.parametrize(("own", "found"), [({}, "system 0"), (OWN, "mimalloc 1")])
def test_memory_comes_in_small_pages_unless_the_user_says_otherwise(
    own: dict[str, str], found: str
) -> None:
    script = (
        "import sys\n"
        "from outcomes.cli.main import main\n"
        "sys.argv = ['outcomes', '--version']\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    import numpy, pyarrow\n"
        "    huge = numpy._core._multiarray_umath._get_madvise_hugepage()\n"
        "    print(pyarrow.default_memory_pool().backend_name, int(huge))\n"
    )
    others = {name: value for name, value in os.environ.items() if name not in OWN}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=others | own
    )
    assert done.stdout.splitlines()[-1] == found
