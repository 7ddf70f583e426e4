"""Forbidden questions: does a survey ask for somebody's own religion, politics or status?"""

import re
from collections.abc import Iterable

from outcomes.guards.forbidden import Kind, forbidden_columns, words_of
from outcomes.guards.forbidden_content import forbidden_content

NEVER_ASKED: tuple[Kind, ...] = ("religion", "politics", "immigration")
_BARE_WORDS = """
religion religious religiosity faith denomination creed affiliation identity political politics
party ideology views leaning registration voter vote voted citizen citizenship immigration immigrant
status nationality visa partido politica religiosa afiliacion ciudadania migratorio estatus
ideologia own your respondent resp my id type
"""
_BARE = frozenset(_BARE_WORDS.split())  # an item that is called nothing but this asks for it
_RELIGION = r"relig\w+|faith|denomination|church|mosque|temple|synagogue|place of worship|iglesia"
_POLITICS = r"politic\w*|polític\w*|part(?:y|ies|ido\w*)\b|ideolog\w+|republican|democrat\w*|voter"
_IMMIGRATION = r"immigra\w+|inmigra\w+|migratori\w+|citizenship|ciudadan[ií]a|nationality|visa\b"
_OF: tuple[tuple[Kind, str], ...] = (
    ("religion", _RELIGION),
    ("politics", _POLITICS),
    ("immigration", _IMMIGRATION),
)
_YOURS = (  # {0}: the words of one kind
    r"\b(?:what|which|how would you describe)\b[^.?!]{{0,40}}\byour (?:own |current |present )?"
    r"(?:\w+ )?(?:{0})",
    r"\b(?:what|which) (?:{0})\b[^.?!]{{0,40}}\b(?:do|did|are|would) you\b",
    r"\bdo you (?:belong|identify|attend|support|practi[cs]e|consider yourself|have)\b"
    r"[^.?!]{{0,30}}(?:{0})",
    r"\b(?:cu[aá]l|qu[eé])\b[^.?!]{{0,30}}\bsu (?:\w+ )?(?:{0})",
    r"\b(?:a qu[eé]|pertenece|asiste|se identifica|practica)\b[^.?!]{{0,40}}(?:{0})",
)
_WHOLE: tuple[tuple[Kind, str], ...] = (
    (
        "religion",
        r"\bare you (?:a |an )?(?:religious|muslim|christian|catholic|jewish|hindu|atheist)\b"
        r"|\bhow (?:religious are you|often do you (?:pray|attend (?:services|worship)))"
        r"|\bes usted (?:religios|cat[oó]lic|musulm|cristian|jud[ií])",
    ),
    (
        "politics",
        r"\bwh(?:o|om) did you vote|\bare you (?:a |an )?(?:registered|republican|democrat)\b"
        r"|\b(?:do|did) you vote\b|\bpor qui[eé]n vot[oó]|\bvot[oó] usted",
    ),
    (
        "immigration",
        r"\bare you (?:a |an )?(?:u\.?s\.? |american )?(?:citizen|undocumented|immigrant)\b"
        r"|\bin (?:this country|the united states) legally|\bes usted (?:ciudadan|inmigrante)"
        r"|\b(?:were you|was your \w+) born in (?:another|a foreign)|\btiene (?:usted )?papeles\b",
    ),
)
_PATTERNS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        *((kind, form.format(words)) for kind, words in _OF for form in _YOURS),
        *_WHOLE,
    )
)
_LONGEST = 1000  # characters of a question that are looked at


def forbidden_question(
    name: str, *, texts: Iterable[str] = (), choices: Iterable[str] = ()
) -> Kind | None:
    """Say whether an item asks for somebody's own religion, politics or immigration status.

    A question on how others are treated ("Police respect people of every religion") asks for an
    opinion of the police, and passes.

    Args:
        name: Of the item, as in the data.
        texts: How it is asked, in its languages.
        choices: The answers that it offers.

    Returns:
        What it asks for; None where it asks for none of these.

    Source:
        Requirement A6; 28 CFR 23.20 as the red line.
    """
    for text in texts:
        for kind, pattern in _PATTERNS:
            if pattern.search(text[:_LONGEST]):
                return kind
    offered = forbidden_content(name, choices)
    if offered is not None and offered.kind in NEVER_ASKED:
        return offered.kind
    named = forbidden_columns([name])
    if named and named[0].kind in NEVER_ASKED and _BARE.issuperset(words_of(name)):
        return named[0].kind
    return None
