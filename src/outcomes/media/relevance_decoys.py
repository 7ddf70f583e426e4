"""Blanks the words of an article that sound like police and are none: a band, a verb, a film.

What is blanked is replaced by as many spaces, so that places in the text stay what they are.
"""

import re
from collections.abc import Iterator

_WHO = r"(?:police|detectives?|cops?|sheriffs?|constables?|troopers?|officers?)"
_FICTION = (
    r"(?:novels?|films?|movies?|farce|thrillers?|series|comed(?:y|ies)|musicals?|sitcoms?|dramas?|"
    r"plays?|shows?|books?|stories)"
)
_ALWAYS = (
    r"\b(?:[Ff]ashion|[Gg]rammar|[Tt]hought|[Ll]anguage|[Ss]tyle|[Tt]one|[Ff]un|[Mm]ilitary)\s+"
    r"[Pp]olice(?:man|men|woman)?\b",
    r"\b[Pp]olice\s+(?:procedurals?|dramas?|novels?|thrillers?|films?|movies?|comed(?:y|ies))\b",
    r"\b[Dd]etective\s+(?:novels?|stor(?:y|ies)|series|fiction|shows?|films?)\b",
    rf"\b{_FICTION}\s+(?:about|of|with|starring|featuring)\s+(?:an?|two|three)\s+"
    rf"(?:[\w-]+\s+){{0,3}}{_WHO}\b",
    rf"\b(?:[Pp]lay(?:s|ed|ing)?|[Ss]tar(?:s|red|ring)?\s+as|[Aa]s)\s+(?:an?|the)\s+"
    r"(?:[\w-]+\s+){0,2}(?:detective|cop|sheriff|constable|policeman)\b"
    rf"(?=[^.]{{0,60}}\b{_FICTION}\b)",
    r"\bSheriff\s+(?:Woody|of\s+Nottingham)\b",
    # names of people, streets, houses and teams
    r"\b(?:Sheriff|Trooper|Constable|Police|Deputy)\s+(?:Street|St\.|Road|Rd\.|Avenue|Ave\.|Lane|"
    r"Hall|Park|Hill|Creek|Drive)(?!\w)",
    r"\b(?!State\b|The\b|A\b)[A-Z][a-z]+\s+(?:Trooper|Constable)\b(?!\s+[A-Z])",
    r"(?<=\b[Tt]he\s)Troopers\b",
    r"\b(?!State\b|Patrol\b|The\b)[A-Z][a-z]+\s+Troopers\b",
    r"\bConstable\b(?!\s+[A-Z]|['\u2019]s\s+[Oo]ffice)",
    r"\b[Ss]torm\s?troopers?\b",
    r"\b[Cc]ops?\s+(?:out|a\s+plea|to)\b",
    r"\bICE\s+trains?\b",
)
_TAKES_POLICE = (  # what is done to police, where "to police" is no verb
    r"accord\w+|sa(?:id|ys?)|report\w*|talk\w*|sp(?:oke|eak\w*)|lied|turned|turn|known|surrender\w*|"
    r"tips?|calls?|statements?|cooperat\w+|handed|gave|given|giv\w+|admitt\w+|confess\w+|c[ao]me|"
    r"access|went|go|goes|sent|show\w*|provid\w+|respon\w+|thanks?|due|back|over|in|up|related|"
    r"description|himself|herself|themselves|it|him|her|them|information|video|footage|answers?|"
    r"next|close|belong\w*|attached|threats?|harm|money|pay|paid|donat\w+|assist\w*|help"
)
_OBJECT = r"(?:the|their|its|your|our|his|her|a|an|one|those|these|themselves|itself|yourself|each)"
_VERB = (
    rf"(?<!\w)(?<=\s)(?:to|will|can|cannot|could|must|should|would|not|also|better)\s+police"
    rf"(?=\s+{_OBJECT}\b)",
    r"\b(?:fail\w*|unable|agreed|try\w*|tries|want\w*|how|need\w*|hard|difficult|power|duty|"
    r"efforts?|attempt\w*|able|hop(?:es?|ing)|meant|impossible)\s+to\s+police\b",
    r"\b(?:and|or)\s+police(?=\s+(?:us|them|it|themselves)\b)",
    rf"\b[a-z]+s\s+police(?=\s+(?:{_OBJECT})\b)",
    r"(?:^|(?<=[.!?]\s)|(?<=\n))[A-Z][a-z]+s\s+police(?=\s+(?:their|its|themselves|itself)\b)",
    r"(?:^|(?<=[.!?]\s)|(?<=\n))Police\s+(?=(?:the|their|its|your|our)\b)",
)
_ART = ("novel", "film", "movie", "farce", "thriller", "series", "comed", "musical", "sitcom",
        "drama", "play", "show", "book", "stor", "fiction", "procedural")  # fmt: skip
_PEOPLE = ("police", "detective", "cop", "sheriff", "constable", "trooper", "officer")
_ODD = ("fashion", "grammar", "thought", "language", "style", "tone", "fun", "military")
_STREETS = ("st", "r", "ave", "lane", "hall", "park", "hill", "creek", "drive")
_NEEDED: tuple[tuple[tuple[str, ...], ...], ...] = (  # one word of each, or _ALWAYS finds nothing
    (("police",), _ODD),
    (("police",), _ART),
    (("detective",), _ART),
    (_ART, _PEOPLE),
    (_ART, ("detective", "cop", "sheriff", "constable", "policeman")),
    (("sheriff",), ("woody", "nottingham")),
    (("sheriff", "trooper", "constable", "police", "deputy"), _STREETS),
    (("trooper", "constable"),),
    (("troopers",),),
    (("troopers",),),
    (("constable",),),
    (("trooper",), ("storm",)),
    (("cop",),),
    (("ice",), ("train",)),
)
_DECOYS = tuple(
    (re.compile(pattern), needed) for pattern, needed in zip(_ALWAYS, _NEEDED, strict=True)
)
_VERBS = tuple(re.compile(pattern) for pattern in _VERB)
_MAY_BE_VERB = re.compile(rf"police\s+(?:{_OBJECT}|us|them|it)\b|to\s+police\b")
_MAY_BE_BAND = re.compile(r"he\s+Police\b")
_BEFORE_TO = re.compile(rf"\b(?:{_TAKES_POLICE})\s+$")
_MUSIC = re.compile(
    r"\b(?:bands?|songs?|drummer|singer|guitar\w*|albums?|concerts?|tour|hits|Sting)\b"
)
_BAND = re.compile(r"\b[Tt]he\s+Police\b(?!\s+(?:[A-Z]|said|chief|department|force|union|band))")
_CINEMA = re.compile(r"\b(?:films?|movies?|comed(?:y|ies)|sequels?|actors?|franchise)\b")
_ACADEMY = re.compile(r"(?<![A-Z]\w\s)(?<![a-z]\s[a-z]\s)\bPolice\s+Academy\b")


def blank_decoys(text: str, *, whole: str = "") -> str:
    """Blank what sounds like police and is none.

    Args:
        text: A title, a body or a sentence.
        whole: All of the article, which tells a band from a department; the text if not given.

    Returns:
        The text, as long as before.
    """
    whole = whole or text
    for pattern in _possible(text.lower()):
        text = pattern.sub(lambda found: _blank(found, text=found.string), text)
    if _MAY_BE_BAND.search(text) and _MUSIC.search(whole):
        text = _BAND.sub(_spaces, text)
    if "Academy" in text and _CINEMA.search(whole):
        text = _ACADEMY.sub(_spaces, text)
    return text


def _possible(small: str) -> Iterator[re.Pattern[str]]:
    """Give the patterns that may find something: looking for single words first is far faster.

    A text that holds none of a pattern's words does not get one by blanking, so that one look
    at the text as it was is enough.
    """
    if not any(word in small for word in (*_PEOPLE, "deputy", "ice")):
        return
    for pattern, needed in _DECOYS:
        if all(any(word in small for word in words) for words in needed):
            yield pattern
    if _MAY_BE_VERB.search(small):
        yield from _VERBS


def _blank(found: re.Match[str], *, text: str) -> str:
    if found[0].startswith("to") and _BEFORE_TO.search(
        text[max(found.start() - 30, 0) : found.start()]
    ):
        return found[0]
    return _spaces(found)


def _spaces(found: re.Match[str]) -> str:
    return re.sub(r"\S", " ", found[0])
