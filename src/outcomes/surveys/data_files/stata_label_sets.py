"""Label sets of a Stata file: one for all items of a grid, under the name of its list of choices.

pyreadstat writes a label set of its own for each variable, called after its column. Where twenty
items share one list of answers, a person who mends a label in Stata would have to mend it twenty
times. So the sets are put together afterwards, in the file format of Stata 14 (dta 118).
"""

import struct
from collections.abc import Iterator, Mapping

from outcomes.errors import DataError

_NAME = 129  # bytes of a name: 32 letters of up to 4 bytes, and a zero
_LABELS, _END = b"<value_labels>", b"</value_labels>"
_MAP = b"<map>"


def share_label_sets(content: bytes, sets: Mapping[str, str]) -> bytes:
    """Give the variables of a Stata file the label sets that they share.

    Args:
        content: A file as pyreadstat writes it (dta 118, little-endian).
        sets: Variable to the name of its label set; variables of one set have the same labels.

    Raises:
        DataError: The file is not of that format.
    """
    if b"<release>118</release><byteorder>LSF</byteorder>" not in content[:120]:
        raise DataError("this is not a Stata file of format 118, whose label sets can be shared")
    places = _places(content)
    names = list(_names(content, places[3] + len(b"<varnames>"), b"</varnames>"))
    start = places[6] + len(b"<value_label_names>")
    kept: dict[str, bytes] = {}
    renamed = bytearray(content[start : start + _NAME * len(names)])
    own = dict(_label_sets(content[places[11] : places[12]]))
    for at, name in enumerate(names):
        called = _text(renamed[at * _NAME : (at + 1) * _NAME])
        if not called or name not in sets:
            continue
        shared = sets[name].encode().ljust(_NAME, b"\0")
        renamed[at * _NAME : (at + 1) * _NAME] = shared
        kept.setdefault(sets[name], shared + own[called][_NAME:])
    tables = b"".join(
        b"<lbl>" + struct.pack("<i", len(table) - _NAME - 3) + table + b"</lbl>"
        for table in kept.values()
    )
    head = content[:start] + bytes(renamed) + content[start + len(renamed) : places[11]]
    whole = head + _LABELS + tables + _END + content[places[12] :]
    return _with_ends(whole, places, moved=len(whole) - len(content))


def _places(content: bytes) -> tuple[int, ...]:
    """Read where the parts of the file begin."""
    at = content.index(_MAP) + len(_MAP)
    return struct.unpack_from("<14q", content, at)


def _with_ends(content: bytes, places: tuple[int, ...], *, moved: int) -> bytes:
    """Write where the last two parts begin now: the end of the data, and of the file."""
    at = content.index(_MAP) + len(_MAP)
    moved_places = (*places[:12], *(each + moved for each in places[12:]))
    return content[:at] + struct.pack("<14q", *moved_places) + content[at + 14 * 8 :]


def _names(content: bytes, start: int, end: bytes) -> Iterator[str]:
    for at in range(start, content.index(end, start), _NAME):
        yield _text(content[at : at + _NAME])


def _label_sets(part: bytes) -> Iterator[tuple[str, bytes]]:
    """Walk through the label sets: the name of each, and its name, padding and table as bytes."""
    at = len(_LABELS)
    while part.startswith(b"<lbl>", at):
        (length,) = struct.unpack_from("<i", part, at + 5)
        table = part[at + 9 : at + 9 + _NAME + 3 + length]
        yield _text(table[:_NAME]), table
        at += 9 + len(table) + len(b"</lbl>")


def _text(raw: bytes | bytearray) -> str:
    return bytes(raw).split(b"\0", 1)[0].decode()
