"""Exports as RTF, Word or plain text: their lines, within bounds of size."""

import io
import zipfile
import zlib
from pathlib import Path

from outcomes.errors import FileError

LARGEST = (
    60_000_000  # bytes; services let people export a few hundred articles at once: under 10 MB
)
_SMALLER = "Export fewer articles at a time"
_WORD = "word/document.xml"


def read_bytes(path: Path, *, most: int = LARGEST) -> bytes:
    """Read a file, if it is not too large.

    Raises:
        FileError: There is no such file, it cannot be opened, or it is larger than ``most``.
    """
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except FileNotFoundError:
        raise FileError(path, "", "there is no such file", "Check the name") from None
    except OSError as error:
        problem = "this is a folder" if path.is_dir() else f"it cannot be read ({error.strerror})"
        raise FileError(path, "", problem, "Name a file that you may open") from None
    if len(content) > most:
        raise FileError(path, "", f"it is larger than {most // 1_000_000} MB", _SMALLER)
    return content


def is_word(content: bytes) -> bool:
    """Say whether a file is a Word document (.docx)."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _WORD in packed.namelist()
    except (zipfile.BadZipFile, ValueError, RuntimeError):
        return False


def document_lines(path: Path, content: bytes, *, encoding: str = "utf-8-sig") -> list[str]:
    """Give the lines of a document: Word, RTF or plain text, told by its content.

    Args:
        path: Where it was read, for messages.
        content: The file, by ``read_bytes``.
        encoding: Of plain text, by ``text_encoding``; signs that it does not have are marked.

    Raises:
        FileError: It is damaged, packed to burst, or no text.
    """
    if content.startswith(b"{\\rtf"):
        text = _rtf(path, content)
    elif content.startswith(b"PK\x03\x04"):
        text = _word(path, content)
    else:
        text = _plain(path, content, encoding=encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")


def _rtf(path: Path, content: bytes) -> str:
    from striprtf.striprtf import rtf_to_text

    # a link is read as its words: the library's own search for links takes time that grows
    # with the square of the file
    markup = content.decode("latin-1").replace("\\fldinst", "\\fldinst\n")
    try:
        text: str = rtf_to_text(markup, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, IndexError, KeyError, LookupError, RecursionError) as error:
        raise FileError(
            path, "", f"this RTF file is damaged ({type(error).__name__})", "Export it anew"
        ) from None
    return text


def _word(path: Path, content: bytes) -> str:
    import docx
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        _refuse_bomb(path, content)
        document = docx.Document(io.BytesIO(content))
        lines = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                lines += ["\t".join(cell.text for cell in row.cells) for row in block.rows]
            else:
                lines.append(block.text)
    except (
        zipfile.BadZipFile, zlib.error, LxmlError, KeyError, ValueError, EOFError,
        RuntimeError, AttributeError,
    ) as error:  # fmt: skip
        raise FileError(
            path, "", f"this Word file is damaged ({type(error).__name__})", "Export it anew"
        ) from None
    return "\n".join(lines)


def _refuse_bomb(path: Path, content: bytes) -> None:
    """Refuse a file that would be huge once unpacked; what is declared is all that is unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        size = sum(each.file_size for each in packed.infolist())
    if size > LARGEST:
        raise FileError(path, "", f"unpacked it is larger than {LARGEST // 1_000_000} MB", _SMALLER)


def text_encoding(content: bytes, *, encoding: str) -> tuple[str, str]:
    """Say in which encoding a text is read, and what is to be said of it.

    Args:
        content: The file.
        encoding: Which it should have.

    Returns:
        The encoding, and a sentence where it is another one; else that is empty.
    """
    if content.startswith((b"{\\rtf", b"PK\x03\x04")):
        return encoding, ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", ""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        said = f"The file is no {encoding.removesuffix('-sig').upper()} text"
        return "cp1252", f"{said}: it was read as Windows-1252. Check the accents and quotes."
    except LookupError:
        pass  # said where it is read
    return encoding, ""


def _plain(path: Path, content: bytes, *, encoding: str) -> str:
    try:
        text = content.decode(encoding, errors="replace")
    except LookupError:
        raise FileError(
            path,
            "",
            f"no encoding of text is called {encoding!r}",
            "Say --encoding utf-8 or cp1252",
        ) from None
    if "\x00" in text:
        raise FileError(path, "", "this is no text", "Export it as text, RTF or Word")
    return text
