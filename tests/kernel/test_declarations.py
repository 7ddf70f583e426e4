from pathlib import Path
from typing import Literal

import pytest

from outcomes.declarations import Declaration, read_toml, read_yaml, toml_line
from outcomes.errors import FileError


class Part(Declaration):
    code: str
    size: int = 1


class About(Declaration):
    name: str
    tone: Literal["warm", "cold"] = "warm"


class Whole(Declaration):
    about: About
    parts: tuple[Part, ...] = ()


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "whole.toml"
    path.write_text(text, encoding="utf-8")
    return path


def yaml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "whole.yaml"
    path.write_text(text, encoding="utf-8")
    return path


DOCUMENT = '''\
# a comment with [about] and name = "x" in it
top = 1
[about]            # the agency
name = """
[parts]
size = 3
"""
a.deep.key = 2

[about.inner]
"quoted.key" = 1
list = [
  "size = 9",
  "[[parts]]",
]

[[parts]]
code = "a"
  [parts.inner]
  size = 1
  [[parts.many]]
  x = 1
  [[parts.many]]
  x = 2

[[parts]]
code = 'b'  # = [parts]
inline = { size = 4, more = [ { y = 1 } ] }
 [ "spaced" . out ]
  key = 5
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (("top",), 2),
        (("about",), 3),
        (("about", "name"), 4),
        (("about", "a", "deep", "key"), 8),
        (("about", "inner", "quoted.key"), 11),
        (("about", "inner", "list", 1), 12),
        (("parts", 0, "code"), 18),
        (("parts", 0, "inner", "size"), 20),
        (("parts", 0, "many", 1, "x"), 24),
        (("parts", 1), 26),
        (("parts", 1, "code"), 27),
        (("parts", 1, "inline", "size"), 28),
        (("parts", 1, "inline", "more", 0, "y"), 28),
        (("parts", 1, "missing"), 26),
        (("spaced", "out", "key"), 30),
        (("nowhere",), None),
    ],
)
def test_a_key_of_a_toml_file_is_found_on_its_line(
    key: tuple[str | int, ...], line: int | None
) -> None:
    assert toml_line(DOCUMENT, key) == line


def test_a_right_toml_file_is_read(tmp_path: Path) -> None:
    whole = read_toml(toml(tmp_path, '[about]\nname = "x"\n[[parts]]\ncode = "a"\n'), Whole)
    assert whole.parts == (Part(code="a"),)


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_bytes(b'\xef\xbb\xbf[about]\r\nname = "x"\r\n')
    assert read_toml(path, Whole).about.name == "x"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[about]\nname = "x"\nnmae = "y"\n',
            r"line 3, about.nmae: 'nmae' is not a key.*Did you mean 'name'\?",
        ),
        ("[abuot]\n", r"line 1, abuot: 'abuot' is not a key.*Did you mean 'about'\?"),
        (
            '[about]\nname = "x"\n[[parts]]\ncode = "a"\n[[parts]]\ncode = "b"\nsiez = 2\n',
            r"line 7, parts.siez: .*Did you mean 'size'\?",
        ),
        ('[about]\ntone = "cold"\n', r"line 1, about.name: 'name' is missing\. Add it"),
        ("", r"whole.toml, about: 'about' is missing"),
        (
            '[about]\nname = "x"\ntone = "hot"\n',
            r"line 3, about.tone: 'hot' is not allowed\. Write",
        ),
        ('[about]\nname = "x"\n[[parts]]\ncode = "a"\nsize = "big"\n', r"line 5.*got 'big'"),
        ("[about]\nname = 7\n", r"line 2, about.name: this should be a valid string, got 7"),
        ("[about]\nname = x\n", r"line 2: invalid value\. Text needs quotes"),
        ('[about]\nname = "x\n', r"line 2: .*Text needs quotes"),
        ('[about\nname = "x"\n', r"line 1: .*every \[ needs its \]"),
        ("[about]\nname = ", r"last line: invalid value\. Text"),
        ('[about]\nname = "x"\nname = "y"\n', r"line 3: a key .* second time\. Remove or rename"),
        ('[about]\nname = "x"\n[about]\n', r"line 3: a key or a table stands here for the second"),
        ('[about]\nname = "x"\nday = 2026-02-30\n', r"line 3: invalid date"),
    ],
)
def test_a_mistake_in_toml_is_answered_with_line_rule_and_mend(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(FileError, match=sentence):
        read_toml(toml(tmp_path, text), Whole)


def test_of_several_mistakes_an_unknown_key_comes_first_for_it_explains_the_others(
    tmp_path: Path,
) -> None:
    with pytest.raises(FileError, match=r"line 2, about.nam: .*Did you mean 'name'"):
        read_toml(toml(tmp_path, '[about]\nnam = "x"\n'), Whole)


RIGHT_YAML = """\
about:
  name: x
parts:
  - code: a
  - code: b
    size: 2
"""


def test_a_right_yaml_file_is_read(tmp_path: Path) -> None:
    assert read_yaml(yaml(tmp_path, RIGHT_YAML), Whole).parts[1].size == 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (RIGHT_YAML.replace("    size", "    siez"), r"line 6, parts.siez.*Did you mean 'size'"),
        (RIGHT_YAML.replace("size: 2", "size: big"), r"line 6, parts.size: .*got 'big'"),
        (RIGHT_YAML.replace("- code: b\n    ", "- "), r"line 5, parts.code: 'code' is missing"),
        (RIGHT_YAML + "parts: []\n", r"line 7: 'parts' stands twice in the same block"),
        (RIGHT_YAML + "    size: 3\n", r"line 7: 'size' stands twice"),
        ("about: {name: x, name: y}\n", r"line 1: 'name' stands twice"),
        ("about:\n\tname: x\n", r"line 2: .*Check the indentation"),
        ("about:\n  name: [x\n", r"line \d: .*Check the indentation, the colons and the quotes"),
        ("about:\n  name: x: y\n", r"line 2: mapping values are not allowed"),
        ("- a\n- b\n", "not a list of `key: value` lines"),
        ("", "not a list of `key: value` lines"),
        ("about:\n  name: 2026-02-30\n", "a date or a number is wrong"),
        ("about: !!python/object:os.system x\n", "line 1: could not determine a constructor"),
        ("about: &loop\n  name: *loop\n", r"line 2, about.name: this should be a valid string"),
        ("1: x\nabout: {name: x}\n", r"line 1.*1"),
        ("? [a, b]\n: x\n", r"line 1"),
        ("about: {name: x}\n---\nabout: {name: y}\n", r"line 2: but found another document"),
        ("about: {name: 'a\x01b'}\n", r"line 1: (control|special) characters are not allowed"),
    ],
)
def test_a_mistake_in_yaml_is_answered_with_line_rule_and_mend(
    tmp_path: Path, text: str, sentence: str
) -> None:
    with pytest.raises(FileError, match=sentence):
        read_yaml(yaml(tmp_path, text), Whole)


@pytest.mark.parametrize("read", [read_toml, read_yaml])
def test_a_missing_file_a_folder_and_other_encodings_are_refused(
    tmp_path: Path, read: type
) -> None:
    with pytest.raises(FileError, match="there is no such file"):
        read(tmp_path / "none", Whole)
    with pytest.raises(FileError, match="no file that can be read"):
        read(tmp_path, Whole)
    path = tmp_path / "latin"
    path.write_bytes(b"about:\n  name: Caf\xe9\n")
    with pytest.raises(FileError, match=r"line 2: this is not UTF-8 text\. Save the file as UTF-8"):
        read(path, Whole)


def test_what_was_read_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Part(code="a").size = 3
