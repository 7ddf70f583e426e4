"""Files that people hand in, plain or packed (gzip), read whole and never beyond a bound."""

import gzip
import io
import zlib
from pathlib import Path

from outcomes.errors import FileError

_MAGIC = b"\x1f\x8b"


def read_packed(path: Path, *, largest: int) -> bytes:
    """Read a file, unpacked where it is gzip; its content tells, not its name.

    Args:
        path: The file.
        largest: Most bytes that are read, counted after unpacking.

    Returns:
        The content.

    Raises:
        FileError: There is no such file, it is larger than that, cut short, or damaged.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _MAGIC
            file.seek(0)
            content = (gzip.GzipFile(fileobj=file) if packed else file).read(largest + 1)
    except EOFError:
        raise FileError(
            path, "", "the packed file ends in the middle", "Download or copy it again"
        ) from None
    except (gzip.BadGzipFile, zlib.error):
        raise FileError(
            path, "", "the packed file is damaged", "Download or copy it again"
        ) from None
    except OSError as error:
        problem = "there is no such file" if not path.exists() else f"{error.strerror}"
        raise FileError(path, "", problem, "Check the name") from None
    if len(content) > largest:
        raise FileError(
            path,
            "",
            f"it holds more than {largest:,} bytes, which no such list does",
            "Check that it is the right file",
        )
    return content


def decoded(path: Path, content: bytes) -> io.StringIO:
    """Give the text of a table; UTF-8, with or without its mark.

    Raises:
        FileError: It is not UTF-8.
    """
    try:
        return io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FileError(
            path, f"line {line}", "this is not UTF-8 text", "Save the file as UTF-8"
        ) from None
