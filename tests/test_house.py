"""The rules of the house that no linter holds."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "outcomes"
MODULES = sorted(SOURCE.rglob("*.py"))
LONGEST_MODULE = 320
LONGEST_FUNCTION = 50

# written in parts, so that this file does not break its own rule
REGISTRIES = re.compile(
    "|".join((r"py" + r"pi\.org", r"files\.python" + "hosted", r"simple/" + "?$"))
)
MACHINE = re.compile(
    "|".join(("/" + r"work/", "/" + r"home/\w", "/" + r"Users/\w", r"[A-Z]:\\" + "Users"))
)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def tracked() -> list[Path]:
    """The files that git keeps; where there is no git (an unpacked archive), the source."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        return [*MODULES, *(ROOT / "tests").rglob("*.py"), ROOT / "requirements.lock"]
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def found(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    lines = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                lines.append(f"{named(path)}:{number}: {line.strip()[:80]}")
    return lines


def test_no_module_is_too_long_to_read_in_one_go() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE} == {}


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The length without the docstring, which must not be short for the sake of a number."""
    first = function.body[0]
    told = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - told


def test_no_function_is_too_long_to_see_at_once() -> None:
    long = {
        f"{named(module)}:{function.lineno} {function.name}": lines
        for module in MODULES
        for function in functions(module)
        if (lines := lines_of_code(function)) > LONGEST_FUNCTION
    }
    assert long == {}


def test_no_assert_stands_in_the_source() -> None:
    """An assert is a programmer's note that `python -O` removes, never a check of the input."""
    asserts = [
        f"{named(module)}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert asserts == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX", "NotImplementedError", "xfail"])
def test_nothing_is_left_to_be_done_later(word: str) -> None:
    assert found(re.compile(rf"\b{word}\b"), MODULES) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = re.compile(r"(^|_)(utils?|helpers?|impl|managers?|common|misc)(_|$)")
    assert [named(path) for path in SOURCE.rglob("*") if vague.search(path.stem)] == []


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    assert found(REGISTRIES, tracked()) == []
    assert found(MACHINE, tracked()) == []


def test_the_lock_pins_every_package_by_hash_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    packages = re.split(r"\n(?=\S)", text.replace("\\\n", " ").strip())
    assert len(packages) > 20
    for package in packages:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+", package), package
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", package), package


def test_the_names_of_test_files_differ_so_that_pytest_can_tell_them_apart() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
