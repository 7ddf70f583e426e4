"""Which words of a sentence name law enforcement, and which of them the sentence is about.

A model of tone reads a sentence for one target. Of several mentions the best one is that which
acts or is judged; one that merely says something ("..., police said") comes last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

NOT_A_PLACE = (  # capital letters that begin a sentence, and days
    "On|In|At|After|When|As|But|And|If|While|For|By|From|With|Before|Since|Because|Although|That|"
    "Then|So|Or|Two|Three|Four|Several|Some|Many|Most|No|Not|Former|Monday|Tuesday|Wednesday|"
    "Thursday|Friday|Saturday|Sunday|He|She|They|It|We|His|Her|To|Of|What|Where|Why|How"
)
_ROLE = (  # what may follow "police" or "sheriff's" and belongs to it
    r"[Dd]epartment|[Dd]ept\.|[Oo]ffice|[Ff]orce|[Ss]ervice|[Cc]hief|[Ss]ergeants?|[Ll]ieutenants?|"
    r"[Cc]aptain|[Oo]fficers?|[Dd]eput(?:y|ies)|[Dd]etectives?|[Uu]nion|[Cc]ommissioner|[Uu]nit|"
    r"[Bb]ureau|[Ii]nvestigators?|[Aa]gency|[Aa]cademy|[Ss]uperintendent|[Ss]quad|[Pp]atrols?|"
    r"[Aa]gents?|[Oo]fficials?|[Cc]onstables?|[Ll]eaders"
)
RANK = (
    r"(?:Officers?|Deput(?:y|ies)|Sgt\.|Sergeants?|Lt\.|Lieutenant|Capt\.|Captain|Cpl\.|Corporal|"
    r"Det\.|Detectives?|Troopers?|Chief|Sheriff|Constables?|Patrolman|Superintendent|Inspector|"
    r"Agents?|Ofc\.|Tpr\.)"
)
_ALONE = (
    r"[Oo]fficers?|OFFICERS?|[Dd]eputy|[Dd]eputies|[Tt]roopers?|[Dd]etectives?|[Ii]nvestigators?|"
    r"[Cc]ops?|[Cc]onstables?|[Ss]heriffs?|SHERIFF|[Pp]olice(?:man|men|woman|women)|[Ss]ergeants?|"
    r"[Ll]ieutenants?|[Pp]atrolm[ae]n|POLICE|[Cc]hief|[Aa]gents"
)
_WHOSE = (
    "county|city|state|federal|campus|transit|park|school|resource|undercover|patrol|highway|"
    "town|village|plainclothes|immigration|special|narcotics|homicide|traffic|fraud|robbery|"
    "off-duty|beat|border|rookie|veteran|young|retired|former|fellow|new|local|tribal|university"
)
_BODY = (
    r"FBI|ATF|DEA|SWAT(?:\steam)?|F\.B\.I\.|ICE|(?:[Ss]tate|[Hh]ighway|Border)\s[Pp]atrol|"
    r"Secret\sService|Marshals(?:\sService)?|[Ll]aw[\s-][Ee]nforcement|[Ii]nternal\s[Aa]ffairs|"
    r"Federal\sBureau\sof\sInvestigation|[Cc]onstabulary|[Gg]endarmerie|[Rr]ookies?|"
    r"(?:[Nn]arcotics|[Ff]raud|[Gg]ang|[Hh]omicide|[Rr]obbery|[Vv]ice)\s(?:squad|unit)|"
    r"(?:(?<=[Tt]he\s)|(?<=[Ii]ts\s)|(?<=[Oo]ur\s)|(?<=[Tt]heir\s)|(?<=[Aa]\s))"
    r"(?:department(?!\sstore)|force)|"
    r"(?<=[Tt]he\s)(?:agency|patrol|barracks|precinct|marshals?|bureau|squad)"
)
_MENTION = re.compile(  # one \b before all: a word that begins none of them is passed at once
    rf"""
    \b(?:
      (?:[Pp]olice|POLICE|[Ss]heriff['\u2019]s|[Cc]onstable['\u2019]s)\b(?:\s(?:{_ROLE})(?!\w))*
        (?:\s(?:[A-Z][\w'\u2019-]+\s)?[A-Z][\w'\u2019-]+(?=[\s,.]))?
    | {RANK}(?:\s(?:[A-Z]\.(?=\s[A-Z])|[A-Z][\w'\u2019-]*)){{1,3}}
    | (?:{_ALONE}|{_BODY})(?!\w)
        (?:\s(?:[Oo]fficers?|[Aa]gents?|[Aa]genc\w+|[Dd]etectives?|[Ss]quad|[Pp]atrol)\b)?
    )
    """,
    re.VERBOSE,
)
_BEFORE = re.compile(  # what belongs to a mention and stands before it: the Orwell police
    rf"\b(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Oo]ur|[Tt]heir|[Tt]wo|[Tt]hree|[Ff]our)\s)?"
    rf"(?:(?!(?:{NOT_A_PLACE})\b)[A-Z][\w.'\u2019&-]*\s){{0,4}}(?:(?:{_WHOSE})\s)?$"
)
_OTHERS = re.compile(  # officers, deputies and chiefs who are no police
    r"\b(?:correction(?:s|al)?|detention|jail|prison|parole|probation|loan|executive|operating|"
    r"financial|finance|information|nursing|medical|technology|marketing|legal|petty|naval|army|"
    r"navy|military|compliance|health|housing|election|welfare|press|fire|battalion|travel|"
    r"insurance|real\sestate|booking|sports|free|ticket)\s(?:officers?|chief|agents?)\b|"
    r"\b(?:deputy|chief)\s(?:mayor|director|commissioner|superintendent|secretary|attorney|"
    r"prosecutor|manager|minister|administrator|editor|governor|executive|financial|operating|"
    r"medical|judge|justice|of\sstaff|clerk|coroner)\b",
)
_OTHER = re.compile(r"officer|chief|agent|deputy")
_SPEAKS = (
    r"(?:said|says?|told|confirmed|reported|reports?|added|stated|noted|wrote|believe[sd]?|"
    r"alleged?|explained|announced|identified|described)"
)
_SAYS = re.compile(
    rf"(?:\s(?:spokes\w+|officials?|investigators))?(?:\s[A-Z][\w.'\u2019-]+){{0,3}},?\s"
    rf"(?:(?:also|later|initially|still|have|had|has|has\sso\sfar|did\snot)\s)?{_SPEAKS}\b"
    rf"|,\swho\s{_SPEAKS}\b|\sdid\snot\s(?:say|release|identify|immediately)\b"
    r"|['\u2019]?s?\s(?:report|statement|news\srelease|press\srelease|affidavit|records)\b"
)
_SAID_BY = re.compile(
    rf"(?:[Aa]ccording\sto|{_SPEAKS}|(?:talk\w*|sp[eo]\w*k\w*|surrender\w*|turn\w*\sover|report\w*)\sto|\bcalled|\bcall|\bask(?:ed|s|ing)?|\bcontact|\bvia|\bwith|"
    r"(?:report|statement|release|affidavit)\s(?:from|by))\s(?:the\s)?$"
)
_OWN = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|I|my)\b")
_VERB = re.compile(r"\s(?:(?:who|also|then|has|have|had|was|were|is|are|did|will)\s)?[a-z]{3,}\b")
_CLAUSE = re.compile(
    r"(?:^|[,;:\u2014\u201c\"]\s?|\b(?:that|and|but|because|when|after|as|while)\s)$"
)
_NAMED = re.compile(rf"\b{RANK}\s[A-Z]")
_NEAR = 60  # characters between a mention and a word that judges


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Words that name law enforcement."""

    start: int
    end: int
    source: bool  # it only says something, or is told something
    subject: bool  # begins its clause and a verb follows
    named: bool  # an officer's rank and name
    owns: bool  # "the department's" something


def find_mentions(sentence: str, *, names: re.Pattern[str] | None = None) -> tuple[Mention, ...]:
    """Find the words that name law enforcement.

    Args:
        sentence: A sentence, or a headline.
        names: Finds the surnames of officers whom the article has named with their rank.
    """
    others = no_police(sentence)
    spans = [
        (_begins(sentence, found.start()), found.end()) for found in _MENTION.finditer(sentence)
    ]
    if names is not None:
        spans += [found.span() for found in names.finditer(sentence)]
    kept: list[Mention] = []
    for start, end in sorted(spans):
        if kept and start < kept[-1].end:
            continue
        if any(start < there and here < end for here, there in others):
            continue
        kept.append(_mention(sentence, start, end=end))
    return tuple(kept)


def no_police(sentence: str) -> list[tuple[int, int]]:
    """Say where officers, agents, deputies and chiefs stand who are no police."""
    small = sentence.lower()
    return [found.span() for found in _OTHERS.finditer(small)] if _OTHER.search(small) else []


def _begins(sentence: str, start: int) -> int:
    """Say where a mention begins with its article, its town and what kind of police it is."""
    before = _BEFORE.search(sentence, max(start - _NEAR, 0), start)
    return before.start() if before else start


def _mention(sentence: str, start: int, *, end: int) -> Mention:
    before = sentence[max(start - 30, 0) : start]
    acts = bool(_VERB.match(sentence, end))  # "said the deputy had run" is no "said the deputy"
    owns = sentence[end : end + 2] in {"'s", "\u2019s"} or sentence[end - 1] in {"'", "\u2019"}
    told = not acts and not owns and _SAID_BY.search(before)
    source = bool(told or _SAYS.match(sentence, end))
    subject = not source and acts and bool(_CLAUSE.search(before))
    return Mention(
        start=start,
        end=end,
        source=source,
        subject=subject,
        named=bool(_NAMED.search(sentence, start, end)),
        owns=owns,
    )


def is_source_only(sentence: str, mentions: Sequence[Mention], *, judged: bool) -> bool:
    """Say whether law enforcement only tells of others: read as neutral, without a model.

    An agency that speaks of itself in words that judge ("we failed", "our proudest day") is read.
    """
    if not all(mention.source for mention in mentions):
        return False
    return not (judged and _OWN.search(sentence))


def best_mention(mentions: Sequence[Mention], *, judging: Sequence[int]) -> Mention:
    """Choose the mention that a sentence is about.

    Args:
        mentions: At least one.
        judging: Where the words that judge begin, in characters.
    """

    def weight(mention: Mention) -> float:
        near = min((_gap(mention, place) for place in judging), default=_NEAR)
        closeness = max(0.0, 1 - near / _NEAR)
        plain = 3.0 * (not mention.source) + 1.0 * mention.subject + 2.0 * closeness
        return plain + 0.7 * mention.named - 0.7 * mention.owns

    return max(mentions, key=lambda mention: (weight(mention), -mention.start))


def _gap(mention: Mention, place: int) -> int:
    return mention.start - place if place < mention.start else max(0, place - mention.end)
