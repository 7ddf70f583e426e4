"""Which sentences of an article speak of law enforcement, as the codebook defines it.

Law enforcement is police, sheriffs, state police, campus and transit police, federal agents acting
as police, and the people of these. Prosecutors, courts, jails and laboratories are not. Words that
others use too (officer, deputy, chief, captain, agents) count only beside a sure sign: a name and
rank, police work as the verb, or a sure word elsewhere in the same article.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from outcomes.media.relevance_decoys import blank_decoys
from outcomes.media.relevance_signs import (
    is_part_of_a_force,
    may_speak_of_police,
    names_a_force,
    signs_together,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an article."""

    text: str
    start: int  # of the first character in the title or the text
    end: int  # behind the last character
    part: Literal["title", "text"] = "text"


_ABBREVIATIONS = (
    "adm apr asst att atty aug ave bldg blvd brig bros capt cmdr co col comm corp cpl ct cty "
    "dec dep dept det dist dr e.g est etc feb fla fri ft gen gov hon hwy i.e inc insp inv jan "
    "jr jul jun lt ltd maj mar messrs mich minn mon mr mrs ms mt no nos nov oct off ofc okla "
    "ore pa pfc pres prof pvt rd rep rev sat sen sep sept sgt spc sr st supt tenn thu thur tpr "
    "tue u.k u.s va vs wash wed wis a.m p.m d.c ph.d"
)
_STARTERS = (
    "a according after all an and anyone as at before both but by deputies detectives during "
    "each for four he her his how if in investigators it its most no nobody none of officers on "
    "once one our police prosecutors residents she since so some state that the their then "
    "there these they this those three two under until we what when while witnesses with you"
)


@cache
def _splitter() -> Any:
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    class Splitter(PunktSentenceTokenizer):  # type: ignore[misc]
        """Punkt, which need not look hard at a plain word with a full stop."""

        def text_contains_sentbreak(self, text: str) -> bool:
            plain = _PLAIN_END.match(text)
            if plain and plain["word"].lower() not in parameters.abbrev_types:
                return True
            return bool(super().text_contains_sentbreak(text))

    parameters = PunktParameters()  # NLTK's trained ones cannot be had without a download
    parameters.abbrev_types = set(_ABBREVIATIONS.split())
    parameters.sent_starters = set(_STARTERS.split())
    return Splitter(parameters)


_LINE = re.compile(r"[^\n]+")
_PLAIN_END = re.compile(r"(?P<word>[A-Za-z]{2,})\.\s+\S")
_MAY_END = re.compile(r"[.!?][\s?!)\";}\]*:@'({\[\u2018\u2019\u201c\u201d\xab\xbb]")


def _line_sentences(line: str, *, at: int) -> Iterator[Sentence]:
    if _MAY_END.search(line.rstrip()):
        spans = _splitter().span_tokenize(line)
    else:  # nothing inside can end a sentence
        spans = ((0, len(line.rstrip())),) if line.strip() else ()
    for start, end in spans:
        yield Sentence(text=line[start:end], start=at + start, end=at + end)


def split_sentences(text: str) -> Iterator[Sentence]:
    """Cut a text into sentences; a line break always ends one."""
    for line in _LINE.finditer(text):
        yield from _line_sentences(line[0], at=line.start())


_NOT_POLICE = (  # what stands before "officer" where it is no police officer
    "correction|corrections|correctional|detention|jail|prison|custody|parole|probation|loan|"
    "executive|operating|financial|finance|information|nursing|medical|technology|marketing|"
    "legal|club|elected|returning|petty|naval|army|navy|military|commissioned|noncommissioned|"
    "compliance|health|housing|election|elections|welfare|credit|trust|press|"
    "development|program|learning|admissions|fire|relief|truancy|attendance|hearing|"
    "union|student|class|chapter|lodge|board|chief|enforcement|control|budget|zoning|"
    "security|association|society|league|chamber|chartered|bank|sustainability|diversity|data|investment"
)
_DEPUTY_OF = (  # what stands behind "deputy" where it is no sheriff's deputy
    "mayor|director|commissioner|superintendent|secretary|attorney|prosecutor|manager|minister|"
    "administrator|editor|governor|leader|prime|premier|assistant|public|county|city|clerk|"
    "district|general|head|principal|speaker|treasurer|assessor|coroner|fire|comptroller|"
    "president|head|chair|chairman|chairwoman|defender|ombudsman"
)
_WORK = (  # police work as a verb
    "responded|respond|arrived|were called|was called|were dispatched|was dispatched|arrested|"
    "cited|pursued|chased|shot|fired|searched|seized|stopped|pulled over|ticketed|detained|"
    "handcuffed|tackled|tased|administered|found|took|issued|in uniform|on patrol|involved|closed|"
    "directed|recovered|rescued|evacuated|located|spotted|approached|noticed|knocked on|escorted|"
    "investigated|interviewed|discovered|rushed to|broke up|walked the"
)
_SURE = re.compile(
    rf"""
    \b(?<!fashion\s)(?<!grammar\s)[Pp]olice\b(?!\s(?:procedural|drama|novel))
    | \bPOLICE\b | \bSHERIFF\b
    | \b(?:[Pp]olice(?:man|men|woman|women)|[Cc]onstables?)\b
    | \b[Cc]ops?\b(?!-out|\s(?:out|show|drama))
    | \b[Ss]heriff(?:['\u2019]s|s)?\b
    | \b[Dd]eputies\b
    | \b[A-Z]\w+\sCounty\s[Dd]eputy\b
    | \b(?:[Aa]|[Tt]he)\s[Dd]eputy\s(?:was|who|shot|found|arrested|charged|fired|stopped)\b
    | \b[Dd]eputy\s(?:respond(?:s|ed)|dispatched|helped|unable)\b
    | \b(?<!human\s)(?<!Human\s)[Rr]esource\s[Oo]fficers?\b
    | \b[Dd]eputy\s(?!(?i:{_DEPUTY_OF})\b)[A-Z]
    | \b[Tt]roopers?\b
    | \b(?:[Ss]tate|[Hh]ighway)\s[Pp]atrol\b
    | \b[Dd]etectives?\b(?!\s(?:novels?|stor(?:y|ies)|series|fiction|show))
    | \b(?<!Army\s)(?<!Marine\s)(?:Sgt|Det|Cpl|Tpr|Ofc)\.\s[A-Z]
    | \b(?:FBI|ATF|DEA|SWAT|F\.B\.I\.)(?!\w)
    | \bICE\s(?:agents?|officers?|raids?|arrest\w*)\b
    | \bImmigration\sand\sCustoms\sEnforcement\b
    | \b(?:U\.S\.|US|[Ff]ederal|[Dd]eputy)\s[Mm]arshals?\b | \bMarshals\sService\b
    | \bBorder\sPatrol\b | \bSecret\sService\b
    | \b[Ll]aw[\s-][Ee]nforcement\b
    | \b(?:[Ff]ederal|[Uu]ndercover|[Ii]mmigration)\s[Aa]gents?\b | \b[Ss]pecial\s[Aa]gents?\b
    | \b(?:squad|patrol)\scars?\b | \b(?:taken|took\s\w+)\sinto\scustody\b
    """,
    re.VERBOSE,
)
_ARREST = re.compile(  # as an event; "since he was arrested in 2019" only dates another one
    r"\b(?:was|were|been|is|are|being|gets?|got)\s+(?:\w+ly\s+)?arrested\b(?!\sin\s\d{4})"
    r"|\barrested\s(?:on\s(?!\w+\sin\s)|and\scharged|in\sconnection|at|after|for|over|in\s[a-z])"
    r"|^[A-Z][\w' -]{2,60}\sarrested$|\bno\sarrests?\b|\barrests?\s(?:was|were|have\sbeen)\smade\b"
)
_BEFORE_ARREST = re.compile(r"\b(?:since|before|after|when|until|years?(?!-old))\b[^,.]{0,40}$")
_TOWNS_OFFICERS = re.compile(  # three former Memphis officers
    r"\b(?!Army|Navy|Marine|Air|Coast|Bank|Club|Company|Corporate|Security)[A-Z][a-z]+\s[Oo]fficers?\b(?=[^.]{0,90}\b(?:accused|"
    r"charged|convicted|indicted|trial|beating|shooting|shot|arrest\w*|motorist|suspects?|excessive)\b)"
)
_INVESTIGATORS = re.compile(r"\b[Ii]nvestigators\b")
_CRIME = re.compile(
    r"\b(?:suspects?|slaying|slain|homicide|murder\w*|robber\w*|burglar\w*|shooting|stabb\w+|rape\w*|"
    r"child\spornography|kidnap\w*|sex\soffender|shots\sfired|gunman)\b"
)
_OFFICER = re.compile(r"(?:\b(?P<before>[\w-]{1,40})\s+)?\b[Oo]fficers?\b")
_AT_WORK = re.compile(rf"(?:['\u2019]s)?\s+(?:who\s+|later\s+)?(?:{_WORK})\b")
_NAME = re.compile(r"\s+[A-Z][\w'-]+")
_RANKED = re.compile(  # a rank and a name: later sentences may have the surname only
    r"\b(?:Officer|Deputy|Sgt\.|Sergeant|Lt\.|Lieutenant|Capt\.|Captain|Cpl\.|Det\.|Detective|"
    r"Trooper|Chief|Sheriff|Constable|Patrolman)\s(?:[A-Z][\w'-]+\s)?(?:[A-Z]\.\s)?"
    r"(?P<surname>[A-Z][\w'-]+[a-z])"
)
_ELECTED = re.compile(
    r"\s+(?:were|was)\s+elected|\s+of\s+the\s+(?:\w+\s)?(?:club|board|bank|council)"
)
_LIKELY = re.compile(
    r"\b(?:[Ss]ergeants?|[Ll]ieutenants?|[Pp]atrol(?:s|led|ling)?|[Cc]ruisers?|[Ii]nvestigators?|"
    r"[Cc]hiefs?|[Pp]recincts?|[Tt]he\ssubstation|[Aa]gents?|[Dd]eputy|"
    r"(?:[Tt]he|[Oo]ur|[Tt]heir)\s(?:department|force|agency)|"
    r"[Ii]nternal\s[Aa]ffairs|[Bb]adges?|[Hh]eadquarters|in\suniform|arrest(?:s|ed)?)\b"
    r"|\b(?:Sgt|Lt|Capt|Cpl|Det)\.|\b[Bb]ody[\s-](?:worn\s)?cameras?\b"
)
_DECOY = re.compile(
    rf"\b(?:deputy\s+(?:{_DEPUTY_OF})|chief\s+(?:executive|operating|financial|nursing|medical|"
    r"information|of\s+staff|justice|technology|counsel|deputy\s+clerk|judge)|"
    r"fire\s+(?:chief|capt(?:ain|\.)|lt\.|lieutenant)|battalion\s+chief|lt\.\s+gov\.?|"
    r"(?:army|navy|marine|air\s+force)\s+(?:sgt|lt|capt|cpl)\.)",
    re.IGNORECASE,
)


_RANKS = (
    "Officer", "Deputy", "Sgt.", "Sergeant", "Lt.", "Lieutenant", "Capt.", "Captain", "Cpl.",
    "Det.", "Detective", "Trooper", "Chief", "Sheriff", "Constable", "Patrolman",
)  # fmt: skip


def find_law_enforcement(
    text: str, *, title: str = "", names: re.Pattern[str] | None = None
) -> tuple[Sentence, ...]:
    """Find the sentences that speak of law enforcement; none means that the article does not.

    Args:
        text: The body of an article.
        title: Its headline, which is looked at as one more sentence.
        names: Finds the names of agencies that the study lists, such as abbreviations.

    Returns:
        The sentences in order, the title first, each with its place in the title or the text.

    Source:
        The project's codebook for tone, rule *relevant*. Requirement B14.
    """
    whole = f"{title}\n{text}"
    if names is None and not may_speak_of_police(whole):
        return ()
    shown_title, shown = (blank_decoys(part, whole=whole) for part in (title, text))
    if names is not None:  # marked by a word of as many letters that is sure
        shown_title, shown = (names.sub(_marked, part) for part in (shown_title, shown))
    everything = f"{shown_title}\n{shown}"
    if not _is_sure(everything) and not _has_signs(everything, title=shown_title):
        return ()
    officers = named_officers(everything)
    found = [
        sentence
        for line in _LINE.finditer(shown)
        if may_speak_of_police(line[0]) or (officers and officers.search(line[0]))
        for sentence in _line_sentences(text[line.start() : line.end()], at=line.start())
        if _speaks_of(shown[sentence.start : sentence.end], names=officers)
    ]
    if title and _speaks_of(shown_title, names=officers):
        found.insert(0, Sentence(text=title, start=0, end=len(title), part="title"))
    return tuple(found)


def _marked(name: re.Match[str]) -> str:
    return name[0] if len(name[0]) < 3 else "FBI" + " " * (len(name[0]) - 3)


def named_officers(text: str) -> re.Pattern[str] | None:
    """Find the surnames of officers who are named with their rank; None where there are none."""
    if not any(rank in text for rank in _RANKS):
        return None
    found = sorted({ranked["surname"] for ranked in _RANKED.finditer(_DECOY.sub(" ", text))})
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, found))})\b") if found else None


def _has_signs(text: str, *, title: str) -> bool:
    found = [(officer.span(), _is_police(text, officer)) for officer in _OFFICER.finditer(text)]
    return signs_together(
        _DECOY.sub(_blank, text),
        title=title,
        officers=[place for place, police in found if police],
        others=any(not police for _, police in found),
    )


def _blank(decoy: re.Match[str]) -> str:
    return " " * len(decoy[0])


def _speaks_of(sentence: str, *, names: re.Pattern[str] | None) -> bool:
    if may_speak_of_police(sentence) and (_is_sure(sentence) or _is_likely(sentence)):
        return True
    return names is not None and bool(names.search(sentence))


def _is_sure(text: str) -> bool:
    return (
        bool(_SURE.search(text))
        or names_a_force(text)
        or bool("nvestigators" in text and _INVESTIGATORS.search(text) and _CRIME.search(text))
        or ("arrest" in text and any(_is_event(text, found) for found in _ARREST.finditer(text)))
        or ("fficer" in text and _has_sure_officer(text))
    )


def _has_sure_officer(text: str) -> bool:
    return bool(_TOWNS_OFFICERS.search(text)) or any(
        _is_police(text, officer)
        and (_AT_WORK.match(text, officer.end()) or _is_ranked(text, officer))
        for officer in _OFFICER.finditer(text)
    )


def _is_event(text: str, arrest: re.Match[str]) -> bool:
    return not _BEFORE_ARREST.search(text[max(arrest.start() - 60, 0) : arrest.start()])


def _is_ranked(text: str, officer: re.Match[str]) -> bool:
    return officer[0].endswith("Officer") and bool(_NAME.match(text, officer.end()))


def _is_likely(sentence: str) -> bool:
    """Say whether a sentence of an article about police probably speaks of them too."""
    if "fficer" in sentence and any(
        _is_police(sentence, officer) for officer in _OFFICER.finditer(sentence)
    ):
        return True
    if is_part_of_a_force(sentence):
        return True
    return bool(_LIKELY.search(_DECOY.sub(" ", sentence)))


def _is_police(text: str, officer: re.Match[str]) -> bool:
    before = (officer["before"] or "").lower().rpartition("-")[2]
    return not re.fullmatch(_NOT_POLICE, before) and not _ELECTED.match(text, officer.end())
