"""Sentences with a marked target, as the numbers that an encoder reads.

A sentence goes in as ``… [T] the officer [/T] …``. Where it has more tokens than the model was
made for, a window around the target stays. Training and use read through this one function.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcomes.errors import DataError, FileError
from outcomes.media.tone_models.model_folder import TOKENIZER

OPENS, CLOSES = "[T]", "[/T]"
_ROWS_AT_ONCE = 4096  # bounds what the tokenizer holds
_LETTERS_A_TOKEN = 16  # more than enough: what stands farther off never reaches the window
_SHORTEST = 8
_HALVES = re.compile(
    "[\ud800-\udfff]"
)  # of a character, from broken files: no tokenizer reads them


@dataclass(frozen=True, slots=True)
class TargetTokens:
    """One sentence: its token numbers, and where the marks stand among them."""

    ids: tuple[int, ...]  # with the start and end tokens
    first: int  # index of [T]
    last: int  # index of [/T]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grammar:
    """What a tokenizer puts around a text, and which words it must not find in one."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    opens: int
    closes: int
    special: re.Pattern[str]


def open_tokenizer(path: Path) -> Any:
    """Open a tokenizer file for :func:`mark_targets`.

    Raises:
        FileError: The file is no tokenizer, or does not know the marks as tokens of their own.
    """
    # quiet when a process that has used it starts others; the encoder has its own threads
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise FileError(
            path, "", f"this is no tokenizer: {error}", f"Copy {TOKENIZER} of the model again"
        ) from None
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = tokenizer.encode(f"{OPENS} a {CLOSES}").ids
    for mark in (OPENS, CLOSES):
        number = tokenizer.token_to_id(mark)
        if number is None or ids.count(number) != 1:
            raise FileError(
                path,
                "",
                f"it does not know the mark {mark} as one token",
                f"Add {OPENS} and {CLOSES} as special tokens, and train the model with them",
            )
    return tokenizer


def mark_targets(
    texts: Sequence[str],
    starts: Sequence[int],
    ends: Sequence[int],
    *,
    tokenizer: Any,
    longest: int,
) -> list[TargetTokens]:
    """Write each sentence as tokens, with its target marked.

    Args:
        texts: The sentences, n of them.
        starts: Where each target starts, in characters of its text.
        ends: The first character behind each target.
        tokenizer: From :func:`open_tokenizer`.
        longest: Most tokens of one sentence, at least 8. Of a longer one a window stays that has
            the target in its middle as far as the sentence allows; of a target that is longer
            itself, its beginning. The marks always stay.

    Returns:
        One for each sentence, in the same order. Words in a text that look like the tokenizer's
        own signs, such as ``[SEP]``, are read as plain letters.

    Raises:
        DataError: The three differ in length, or a span lies outside its text.
    """
    if longest < _SHORTEST:
        raise DataError(f"longest must be at least {_SHORTEST} tokens, not {longest}")
    check_spans(texts, starts, ends)
    grammar = _grammar(tokenizer)
    reach = longest * _LETTERS_A_TOKEN
    marked = (
        _marked(text, int(start), int(end), reach=reach, special=grammar.special)
        for text, start, end in zip(texts, starts, ends, strict=True)
    )
    return [_window(ids, grammar=grammar, longest=longest) for ids in _token_ids(marked, tokenizer)]


def check_spans(texts: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> None:
    """Refuse targets that lie outside their text.

    Raises:
        DataError: The three differ in length, or a span lies outside its text.
    """
    if not len(texts) == len(starts) == len(ends):
        raise DataError(
            f"each text needs one start and one end of its target: {len(texts)} texts, "
            f"{len(starts)} starts, {len(ends)} ends"
        )
    for row, (text, start, end) in enumerate(zip(texts, starts, ends, strict=True)):
        if not 0 <= start < end <= len(text):
            raise DataError(
                f"text {row + 1}: the target from {start} to {end} lies outside its "
                f"{len(text)} characters"
            )


def _grammar(tokenizer: Any) -> _Grammar:
    opens, closes = (int(tokenizer.token_to_id(mark)) for mark in (OPENS, CLOSES))
    ids = tokenizer.encode(f"{OPENS}{CLOSES}").ids
    words = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    words.sort(key=len, reverse=True)
    return _Grammar(
        before=tuple(ids[: ids.index(opens)]),
        after=tuple(ids[ids.index(closes) + 1 :]),
        opens=opens,
        closes=closes,
        special=re.compile("|".join(re.escape(word) for word in words)),
    )


def _marked(text: str, start: int, end: int, *, reach: int, special: re.Pattern[str]) -> str:
    """Put the marks around the target, and leave away what cannot reach the window."""
    left, target, right = text[:start], text[start:end], text[end:]
    if len(left) > reach:
        left = left[-reach:]
        left = left[left.find(" ") + 1 :]  # whole words; without a space all of it
    if len(target) > reach:
        target = target[:reach]
    if len(right) > reach:
        right = right[:reach]
        right = right[: right.rfind(" ") if " " in right else reach]
    left, target, right = (special.sub(_as_letters, part) for part in (left, target, right))
    marked = f"{left}{OPENS} {target} {CLOSES}{right}"
    return marked if marked.isascii() else _HALVES.sub("\ufffd", marked)


def _as_letters(found: re.Match[str]) -> str:
    return f"{found[0][:1]} {found[0][1:]}"


def _token_ids(marked: Iterable[str], tokenizer: Any) -> Iterator[list[int]]:
    """Tokenize in blocks, without the offsets that nobody needs."""
    block: list[str] = []
    for text in marked:
        block.append(text)
        if len(block) == _ROWS_AT_ONCE:
            yield from (one.ids for one in tokenizer.encode_batch_fast(block))
            block = []
    yield from (one.ids for one in tokenizer.encode_batch_fast(block))


def _window(ids: list[int], *, grammar: _Grammar, longest: int) -> TargetTokens:
    first, last = ids.index(grammar.opens), ids.index(grammar.closes)
    if len(ids) > longest:
        before, after = grammar.before, grammar.after
        body = ids[len(before) : len(ids) - len(after)]
        room = longest - len(before) - len(after)
        opens, closes = first - len(before), last - len(before)
        span = closes - opens + 1
        if span > room:  # the target alone is too long: its beginning stands for it
            body = [*body[opens : opens + room - 1], grammar.closes]
        else:
            at = max(0, min(opens - (room - span) // 2, len(body) - room))
            body = body[at : at + room]
        ids = [*before, *body, *after]
        first, last = ids.index(grammar.opens), ids.index(grammar.closes)
    return TargetTokens(ids=tuple(ids), first=first, last=last)
