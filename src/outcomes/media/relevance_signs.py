"""Signs that only together tell of police: officers, a chief, a department beside police work.

Many articles never say police: officers vote no confidence in a chief, a letter says that nobody
came. Such words count where police work stands beside them and nobody else's officers do.
"""

import re
from collections.abc import Iterator

# What a sentence must hold before a pattern above can find anything in it: looking for words is
# many times faster than the patterns are, and most sentences hold none.
_HINTS = (
    "police", "constab", "cop", "sheriff", "deput", "officer", "trooper", "patrol", "detective",
    "sgt.", "det.", "cpl.", "tpr.", "ofc.", "lt.", "capt.", "fbi", "atf", "dea", "swat", "f.b.i.",
    "marshal", "secret", "enforcement", "agent", "squad", "custody", "arrest", "investigator",
    "sergeant", "lieutenant", "cruiser", "chief", "precinct", "substation", "department", "force",
    "agency", "internal", "badge", "headquarters", "uniform", "camera",
    "detachment", "sgt", "insp", "garda", "civic guard", "mountie", "scotland yard", "rcmp",
    "psni", "pcso", "bureau of", "nypd", "lapd", "sfpd",
)  # fmt: skip

_FORCES = re.compile(  # sure by themselves: police of other English-speaking countries
    r"\b(?<!Lake\s)(?:Garda|gardai|Gardai|garda\u00ed|Garda\u00ed)\b"
    r"|\bCivic\sGuards?\b|\b[Cc]onstabular(?:y|ies)\b|\bMount(?:ie|ies)\b|\bScotland\sYard\b"
    r"|\b(?:RCMP|PSNI|PCSOs?|NYPD|LAPD|SFPD)\b"
    r"|\b(?:State|[A-Z][a-z]+)\sBureau\sof\s(?:Criminal\s|State\s)?Investigations?\b"
    r"|\b(?:[Cc]hief|[Dd]etective)\s(?:[Ss]uperintendent|[Ii]nspector)\s[A-Z]"
)
_INITIALS = re.compile(r"\b(?!COPD|BIPD)[A-Z]{1,4}PD\b")
_DETACHMENT = re.compile(r"\b[Tt]he\s(?:[A-Z]\w+\s){0,3}detachment\b")
_SERGEANT = re.compile(r"\b(?:Sergeant|Sgt\.?|Lieutenant|Lt\.|Inspector|Insp\.?)\s[A-Z][a-z]")

_RANK = re.compile(r"(?<!Army\s)(?<!Marine\s)\b(?:Sgt|Insp)\s[A-Z][a-z]")  # as the British write it

_SOLDIERS = (  # whose officers, sergeants and detachments an article may mean instead
    r"[Aa]rmy|[Nn]avy|[Nn]aval|[Mm]arines?|[Aa]ir\s[Ff]orce|[Ss]oldiers?|[Tt]roops|[Bb]attalion|"
    r"[Rr]egiment|[Bb]rigade|[Pp]latoon|[Ii]nfantry|[Mm]ilitary|[Cc]ourt-martial|[Jj]unta|[Mm]ilitia|"
    r"[Ww]arships?|[Vv]eterans?|[Vv]essel|[Ff]err(?:y|ies)|[Aa]board"
)
_SOLDIER = re.compile(rf"\b(?:{_SOLDIERS})\b")
_BUSINESS = re.compile(
    r"\b(?:[Bb]ank(?:s|ing)?|[Bb]ancorp|[Ss]hareholders?|[Ii]nvestors?|[Ee]mbezzl\w+|"
    r"[Dd]irectors\sand\sofficers|[Oo]fficers\sand\sdirectors|[Ii]nmates?)\b"
)
_FIRE = re.compile(
    r"\b(?:[Ff]irefighters?|[Ff]ire\s(?:[Cc]hief|[Dd]epartment|[Cc]aptain|[Mm]arshal|[Dd]istrict|"
    r"[Cc]rews?|[Ss]tation|[Hh]all|[Ee]ngines?)|[Pp]aramedics?)\b"
)
_KINDS = (
    "health|education|works|water|parks|recreation|sanitation|transportation|highway|planning|building|"
    "labor|justice|state|energy|defense|agriculture|corrections|finance|legal|human|services|english|"
    "history|science|sociology|athletic|music|art|emergency|housing|treasury|revenue|road|roads|"
    "utilities|conservation|wildlife|welfare|streets?|marketing|sales|probation|parole|fire"
)
_OTHER_DEPARTMENT = re.compile(
    rf"\b(?:{_KINDS})['\u2019]?s?\s+department\b|\bdepartments?\s+(?:of|stores?)\b|"
    r"\bdepartment\s+(?:store|head)|\bchief\s+(?!of\s+the\s+department)(?:of|engineer|cook|worry|"
    r"economist|officer|rival|concern|reason|cause|complaint)|\b(?:tribal|village)\s+chief",
    re.IGNORECASE,
)
_DEPARTMENT = re.compile(
    r"\b(?:[Tt]he|[Oo]ur|[Ii]ts|[Tt]heir|[Hh]er|[Hh]is|[A-Z]\w+['\u2019]s)\s(?:\w+\s)?[Dd]epartment\b"
    r"|\b(?:[Tt]he|[Oo]ur|[Ii]ts|[Tt]heir|[Nn]ew)\s[Cc]hief(?:['\u2019]s)?\b|\b[Cc]hief\s[A-Z][a-z]"
)

_BESIDE_OFFICERS = re.compile(  # in one sentence with officers, and few others' officers have it
    r"\b(?:body[\s-](?:worn\s)?cameras?|cameras?\son|dash-?\s?cam\w*|pursuits?|chas(?:e[sd]?|ing)|"
    r"tas(?:ers?|ered|ed|ing)|[Pp]atrol\w*|beats?|badges?|no[\s-]confidence|grand\sjury|jurors|"
    r"indict\w*|charge[ds]?|shootings?|suspects?|arrest\w*|911|dispatch\w*|witnesses|"
    r"(?:use\sof|excessive)\sforce|handcuff\w*|gunfire|gunpoint|motorists?|squads?|precincts?|"
    r"detachment|burglar\w*|robber\w*|break-ins?|stolen|overdose|naloxone|shoplift\w*|"
    r"brought\b[^.]{1,40}\bbefore\s(?:a\s)?[Jj]udge|attended\sa\b[^.]{1,30}\b(?:collision|crash))\b"
)
_STREET = tuple(  # each is one kind of police work, or of what people call police about
    re.compile(pattern)
    for pattern in (
        r"\b(?:(?:was|were|been|are|is|being|get|gets|got)\sstopped|pulled\sover|(?:traffic\s|the\s)stops?)\b",
        r"\b(?:tickets?|ticketed|contraband|taillight|speeding)\b",
        r"\b(?:911|999|dispatchers?|[Nn]obody\scame|[Nn]o\sone\scame|armou?red\s(?:truck|vehicle))\b",
        r"\b(?:[Bb]reak-ins?|broken\sinto|broke\sinto|[Bb]urglar\w*|[Rr]obb(?:ed|ery|eries|ers?)|"
        r"[Tt]hefts?|stolen|[Ss]hoplift\w*|[Gg]raffiti|[Vv]andal\w*)\b",
        r"\b(?:[Ss]hootings?|gunfire|homicides?|shot|stabb\w+|assaults?|[Cc]rime)\b",
        r"\b(?:[Pp]atrol\w*|(?:[Aa]|[Tt]he|[Tt]heir)\sbeat|beat\sofficers?|precincts?)\b",
        r"\b(?:arrest\w*|suspects?|tas(?:er|ers|ered|ed)|handcuff\w*|use\sof\sforce)\b",
        r"\b(?:[Bb]ody[\s-](?:worn\s)?cameras?|[Dd]ash-?\s?cam\w*|pursuits?|chase[sd]?|[Bb]adges?)\b",
    )
)
_INQUEST = re.compile(
    r"\b(?:[Cc]oroner|[Ii]nquest|collision|crash|burglar\w*|robber\w*|theft|witnesses|suspects?|"
    r"beat|badge|patrol|traffic|retired\sfrom\sthe\s(?:force|department))\b"
)
_FORCE = re.compile(r"\b[Tt]he\s(?:\w+\s)?force\b(?!\sof\b)")
_APPEAL = re.compile(
    r"\bappeal\w*\s(?:for|to)\b[^.]{0,60}\b(?:footage|witness\w*|information|dash)"
)
_LOG_TITLE = re.compile(
    r"^\W*(?:\w+\s){0,2}?(?:crime|incident|arrest|public\ssafety|safety|dispatch|[a-z]{1,4}pd)\s"
    r"(?:watch|log|logs|report|reports|blotter|beat|notes)\b",
    re.IGNORECASE,
)
_OFFENCE = re.compile(
    r"\b(?:break-ins?|burglar(?:y|ies)|robber(?:y|ies)|thefts?|stolen|shoplift\w*|graffiti|vandal\w*|"
    r"assaults?|criminal\smischief|liquor\slaw|trespass\w*|disturbances?|suspects?)\b",
    re.IGNORECASE,
)
_ENTRIES = 2  # of a log: a column may be called Crime Watch and be about one book
_KINDS_OF_WORK = 2  # beside a department or a chief


def may_speak_of_police(text: str) -> bool:
    """Say whether a text holds any word that the patterns of this search need."""
    small = text.lower()
    return any(hint in small for hint in _HINTS) or "ICE" in text or "PD" in text


def names_a_force(text: str) -> bool:
    """Say whether a text names police by a word that is not the word police: Gardaí, RCMP."""
    return bool(_FORCES.search(text))


def is_part_of_a_force(sentence: str) -> bool:
    """Say whether a sentence of an article about police has a word for a part of a force."""
    signs = (_FORCES, _INITIALS, _DETACHMENT, _RANK)
    return any(sign.search(sentence) for sign in signs)


def signs_together(text: str, *, title: str, officers: list[tuple[int, int]], others: bool) -> bool:
    """Say whether words that others use too tell of police together, in a whole article.

    Args:
        text: Title and text, without decoys.
        title: The title alone.
        officers: Places of the word officer where nothing says whose.
        others: True where the article speaks of somebody else's officers (of a jail, a club).

    Returns:
        True where police work stands beside them.

    Source:
        The project's codebook for tone, rule *relevant*. Requirement B14.
    """
    if _SOLDIER.search(text) or _BUSINESS.search(text):
        return False
    if not others and any(_BESIDE_OFFICERS.search(_around(text, place)) for place in officers):
        return True
    work = sum(1 for kind in _STREET if kind.search(text))
    if (_LOG_TITLE.search(title) and len(_OFFENCE.findall(text)) >= _ENTRIES) or (
        _speaks_as_a_force(text, work=work)
    ):
        return True
    if others or _FIRE.search(text) or _OTHER_DEPARTMENT.search(text):
        return False
    return work + bool(officers) >= _KINDS_OF_WORK and bool(_DEPARTMENT.search(text))


def _speaks_as_a_force(text: str, *, work: int) -> bool:
    if work and (_INITIALS.search(text) or _DETACHMENT.search(text)):
        return True
    ranked = _SERGEANT.search(text) and _INQUEST.search(text)
    return bool(ranked or (_FORCE.search(text) and _APPEAL.search(text)))


def _around(text: str, place: tuple[int, int]) -> str:
    """Give about the sentence: from the full stop or line break before to the one behind."""
    start = max(_last_ends(text[: place[0]]), default=0)
    behind = re.search(r"[.!?](?=\s|$)|\n", text[place[1] :])
    return text[start : place[1] + behind.start() if behind else len(text)]


def _last_ends(before: str) -> Iterator[int]:
    yield before.rfind("\n") + 1
    for mark in (". ", "? ", "! "):
        yield before.rfind(mark) + 1
