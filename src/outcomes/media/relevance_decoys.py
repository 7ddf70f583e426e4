"""Blanks the words of an article that sound like police and are none: a band, a verb, a film.

What is blanked is replaced by as many spaces, so that places in the text stay what they are.
"""

import re

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
_PATTERNS = tuple(re.compile(pattern) for pattern in (*_ALWAYS, *_VERB))
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
    for pattern in _PATTERNS:
        text = pattern.sub(lambda found: _blank(found, text=found.string), text)
    if _MUSIC.search(whole):
        text = _BAND.sub(_spaces, text)
    if _CINEMA.search(whole):
        text = _ACADEMY.sub(_spaces, text)
    return text


def _blank(found: re.Match[str], *, text: str) -> str:
    if found[0].startswith("to") and _BEFORE_TO.search(
        text[max(found.start() - 30, 0) : found.start()]
    ):
        return found[0]
    return _spaces(found)


def _spaces(found: re.Match[str]) -> str:
    return re.sub(r"\S", " ", found[0])
