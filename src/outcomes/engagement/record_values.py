"""What does a cell or a form say for one field of a record? Its value, or what is wrong with it."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from outcomes.engagement.record_kinds import RecordField, RecordKind
from outcomes.errors import one_of
from outcomes.guards.text_flags import Flag, flags, suggested

Value = int | str | list[str]

LARGEST = 100_000_000  # views of one message, at most
LONGEST = {"text": 120, "note": 1000, "organisation": 80}  # characters
EARLIEST = date(1990, 1, 1)
SEPARATOR = ";"  # between several choices or organisations in one cell
_NO_PERSON = "Write what the organisation is called, never a person's name"
_BARE_CAPITAL = "a capital letter inside a sentence"  # how the guard calls that rule
_WORDS = """
academy agency alliance asociacion asociación association bakery bank board cafe casa center
centre centro chamber chapel church city clinic club coalition college committee company consejo
council county courier court department desk escuela fellowship fire food foundation fund group
grupo hall health herald hospital house housing iglesia institute kitchen league library market
merchant ministries ministry mosque neighbor neighborhood network newcomer news office pantry
parish park parroquia partner partnership pharmacy police post program project radio resident
restaurant salon school service shelter sheriff shop society state station store team temple
tenant theater tienda times tribune trust tv union unit university watch youth
"""
_COMES_FIRST = frozenset(
    {"st", "saint", "san", "santa", "santo", "asociacion", "asociación", "casa", "centro"}
    | {"consejo", "escuela", "fundacion", "fundación", "grupo", "iglesia", "parroquia", "tienda"}
)
_ORGANISATION = frozenset(_WORDS.split())  # one of these says that a name is no person's


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """Why a value is not taken, and how to mend it."""

    problem: str
    mend: str
    draft: str = ""  # of a text: the same with a word in the place of each flagged piece

    def __str__(self) -> str:
        return f"{self.problem}. {self.mend}"


def read_value(field: RecordField, text: str, *, known: Collection[str] = ()) -> Value | Wrong:
    """Read what was written for one field.

    Args:
        field: What is asked.
        text: What was written; several choices or organisations stand apart by ``;``.
        known: Names that are no secret: places, agencies, outlets, organisations.

    Returns:
        A whole number, a text, or a list of texts; "" where nothing was written and nothing need
        be. Else what is wrong.

    Source:
        Requirements A6, A10, A11, D19, D29 (no text may say who a resident is).
    """
    written = text.strip() if field.kind == "note" else " ".join(text.split())
    if not written:
        if field.needed:
            return Wrong(problem="nothing is written here, and it is needed", mend="Fill it in")
        return ""
    if field.kind in {"choice", "choices", "yes or no"}:
        return _choices(field, written)
    if field.kind in _PLAIN:
        return _PLAIN[field.kind](written)
    if field.kind == "organisation":
        return _organisations(written, known=known)
    return _free(written, longest=LONGEST[field.kind], found=flags(written, known=known))


def read_values(
    kind: RecordKind, given: Mapping[str, str], *, known: Collection[str] = ()
) -> tuple[dict[str, Value], dict[str, Wrong]]:
    """Read all fields of a record: the values that are filled in, and what is wrong, by field."""
    values: dict[str, Value] = {}
    wrong: dict[str, Wrong] = {}
    for field in kind.fields:
        value = read_value(field, given.get(field.name, ""), known=known)
        if isinstance(value, Wrong):
            wrong[field.name] = value
        elif value not in ("", []):
            values[field.name] = value
    return values, wrong


def day_fault(day: date, *, today: date) -> Wrong | None:
    """Say what is wrong with the day of a record: it lies in the future, or long ago."""
    if day > today:
        return Wrong(
            problem=f"{day} lies in the future, and a record tells what was",
            mend="Write the day on which it happened",
        )
    if day < EARLIEST:
        return Wrong(problem=f"{day} lies before {EARLIEST.year}", mend="Correct the year")
    return None


def natural_key(
    kind: RecordKind, body: Mapping[str, Value], *, day: str, place: str, community: str
) -> tuple[str, ...]:
    """Say what makes a record the same one when it comes again, whatever its capitals."""
    parts = [cell_of(body.get(name, "")).casefold() for name in kind.key]
    return (day, place, community, *parts)


def cell_of(value: object) -> str:
    """Write a value as it stands in a cell or a form."""
    if isinstance(value, (list, tuple)):
        return f"{SEPARATOR} ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _count(written: str) -> int | Wrong:
    match = re.fullmatch(r"\+?(\d{1,12})(?:\.0{1,9})?", written)
    if match is None:
        return Wrong(
            problem=f"{_shown(written)} is not a whole number", mend="Write a count, such as 12"
        )
    if int(match[1]) > LARGEST:
        return Wrong(problem=f"{match[1]} is more than {LARGEST}", mend="Correct the count")
    return int(match[1])


def _choices(field: RecordField, written: str) -> str | list[str] | Wrong:
    allowed = field.choices or ("yes", "no")
    by_word = {choice.casefold(): choice for choice in allowed}
    words = _pieces(written) if field.kind == "choices" else [written]
    for word in words:
        if word.casefold() not in by_word:
            return Wrong(
                problem=f"{_shown(word)} is not one of the answers", mend=one_of(word, allowed)
            )
    chosen = list(dict.fromkeys(by_word[word.casefold()] for word in words))
    if field.kind != "choices":
        return chosen[0]
    return [choice for choice in allowed if choice in chosen]


def _date(written: str) -> str | Wrong:
    wrong = Wrong(problem=f"{_shown(written)} is not a date", mend="Write it as 2026-03-31")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        return wrong
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        return wrong


def _time(written: str) -> str | Wrong:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", written)
    if match is None:
        return Wrong(problem=f"{_shown(written)} is not a time", mend="Write it as 14:05")
    return f"{int(match[1]):02d}:{match[2]}"


_PLAIN: dict[str, Callable[[str], Value | Wrong]] = {"count": _count, "date": _date, "time": _time}


def _organisations(written: str, *, known: Collection[str]) -> list[str] | Wrong:
    """Read organisations; each is looked at alone, so that a list is no sentence."""
    names = list(dict.fromkeys(_pieces(written)))
    familiar = {" ".join(name.split()).casefold() for name in known}
    for name in names:
        if name.casefold() in familiar:
            continue
        found = [flag for flag in flags(name, known=known) if not _belongs(name, flag)]
        read = _free(name, longest=LONGEST["organisation"], found=found)
        if isinstance(read, Wrong):
            return replace(read, draft="", mend=_NO_PERSON if read.draft else read.mend)
        if _may_be_a_person(name, familiar):
            return Wrong(
                problem="this name does not say that it is an organisation",
                mend="Add what it is, such as church, school, council, club or shop; a role is "
                "written in small letters",
            )
    return names


def _may_be_a_person(name: str, familiar: Collection[str]) -> bool:
    """Say whether a name has capitals, and no word that only organisations are called by."""
    words = re.findall(r"[^\W\d_]+", name)
    known = {word for each in familiar for word in each.split()}
    strange = [
        word
        for word in words
        if word[0].isupper() and not word.isupper() and word.casefold() not in known
    ]
    return bool(strange) and not any(_says_organisation(word) for word in words)


def _says_organisation(word: str) -> bool:
    plain = word.casefold()
    return plain in _ORGANISATION or plain.removesuffix("s") in _ORGANISATION


def _belongs(name: str, flag: Flag) -> bool:
    """Say whether a flagged piece is a part of what an organisation is called.

    A capital alone is no sign of a person here. A first name, a title or a street is one, unless
    a word for an organisation ends the piece or comes right after it (Rosa Parks School), or one
    that stands first in its language comes before (Iglesia San Jose, St. Mary's).
    """
    if flag.kind == "name" and flag.why.startswith(_BARE_CAPITAL):
        return True
    if flag.kind not in {"name", "address"} or re.search(r"\d", name[flag.start : flag.end]):
        return False
    piece = re.findall(r"\w+", name[flag.start : flag.end])
    following = re.match(r"[\s'\u2019s]{0,3}(\w+)", name[flag.end :])
    before = re.findall(r"\w+", name[: flag.start])[-1:]
    if any(word.casefold() in _COMES_FIRST for word in (*before, *piece[:1])):
        return True
    ends = [*piece[-1:], *([following[1]] if following else [])]
    return any(_says_organisation(word) for word in ends)


def _free(written: str, *, longest: int, found: Sequence[Flag]) -> str | Wrong:
    """Take a text that says of nobody who they are."""
    if len(written) > longest:
        return Wrong(
            problem=f"this has {len(written)} characters, and at most {longest} fit",
            mend="Say it shorter",
        )
    if not found:
        return written
    why = "; ".join(
        dict.fromkeys(f"{_article(flag.kind)} {flag.kind} ({flag.why})" for flag in found)
    )
    pieces = ", ".join(f"characters {flag.start + 1} to {flag.end}" for flag in found[:3])
    return Wrong(
        problem=f"this may say who somebody is, at {pieces}: {why}",
        mend="Say what happened without it; what is no name is written in small letters",
        draft=suggested(written, found),
    )


def _pieces(written: str) -> list[str]:
    return [piece.strip() for piece in written.split(SEPARATOR) if piece.strip()]


def _shown(written: str) -> str:
    """Show what stood in a cell of few allowed words; a longer text is cut off."""
    return repr(written if len(written) <= 40 else f"{written[:37]}...")


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"
