"""What a page is when it is not a plain article: stub, wall, list, obituary, another language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from outcomes.media.page_language import FEWEST
from outcomes.media.page_markup import main_article, types_of

NO_ARTICLE = frozenset(
    {"paywall", "cookie_wall", "challenge", "index", "gallery", "video", "live_blog", "unreadable"}
)
_STUB = 200  # words; a news article has several hundred
_BRIEF = 80

_SUBSCRIBE = re.compile(
    r"subscribe (?:now |today )?(?:to|for) (?:continue|keep|read|unlimited|full|access|get access)"
    r"|(?:already|are you|not) an? (?:\w+ )?(?:subscriber|member)\b|subscri(?:bers|ption)[ -]only"
    r"|(?:exclusive (?:to|for)|available (?:only )?(?:to|for)|only for|for) (?:our )?(?:\w+ )?"
    r"subscribers\b|(?:continue|keep|finish) reading|read the (?:full|rest of the) (?:story|"
    r"article)(?! here)|(?:log|sign) ?in (?:or \w+ )?to (?:continue|read|view|keep)"
    r"|(?:regist\w+|create (?:a|an|your) (?:free )?account) (?:\w+ )?to (?:continue|read|keep|view)"
    r"|(?:free|complimentary) articles? (?:left|remaining|this month)|reached your (?:\w+ )*limit"
    r"|start your (?:free )?(?:trial|subscription)|unlock (?:this|the|full|unlimited)"
    r"|become an? (?:member|subscriber)|suscr[ií]b\w+ para (?:leer|seguir|continuar)",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"(?:subscri\w+|log ?in|sign in|register|subscription|account)[\w ,]{0,40} to (?:continue|keep|"
    r"finish) reading|to (?:continue|keep) reading,? (?:please )?(?:subscribe|log in|sign in|"
    r"register)|this (?:article|story|content) is (?:only )?(?:for|available to) (?:our )?"
    r"(?:\w+ )?subscribers",
    re.IGNORECASE,
)
_COOKIES = re.compile(
    r"(?:we|this (?:web)?site|and our partners) (?:and \w+ \w+ )?uses? (?:\w+ )?cookies"
    r"|(?:accept|reject|allow|manage) (?:all )?(?:cookies|consent)|cookie (?:settings|preferences|"
    r"policy|consent)|your (?:privacy choices|consent)|we (?:value|care about) your privacy"
    r"|unavailable (?:due to|for) legal reasons|not available in (?:your|most) (?:country|european)"
    r"|european economic area|general data protection regulation|usamos cookies",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"^just a moment|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|(?:enable|turn on|requires?|activate) java ?script"
    r"|java ?script (?:is|to be) (?:disabled|required|enabled)|^attention required"
    r"|(?:^access|access to this page has been) denied|pardon our interruption"
    r"|unusual (?:traffic|activity) from your|request (?:was|has been) blocked"
    r"|press (?:&|and) hold|complet\w+ the security check|ddos protection"
    r"|are you a (?:robot|human)|complete the captcha",
    re.IGNORECASE,
)
_BLOTTER = re.compile(
    r"\b(?:blotters?|police (?:logs?|beat(?=$|[:|])|briefs?|reports? for)|(?:sheriff|crime|arrest|"
    r"incident|jail|booking|dispatch|public safety)(?:'s|s)? (?:logs?|reports? for|briefs)"
    r"|(?:recent|daily|weekly) (?:arrests|bookings)|arrests? (?:reports?|list|roundup)"
    r"|crime (?:stoppers )?roundup|police roundup|mugshots?)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(  # how an item of a blotter begins: day, hour, address or case number
    r"(?:[-*•]\s*)?(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b"
    r"|(?:mon|tues?|wednes|thurs?|fri|satur|sun)day,|\d{1,2}(?::\d\d)?\s*[ap]\.?m\b|\d{1,2}:\d\d"
    r"|\d{1,2}/\d{1,2}\b|(?:at|on|about) (?:about )?\d{1,2}:\d\d|\d+ block of\b|case (?:#|no)"
    r"|[A-Z][\w' .-]{3,40}, \d\d,)",
    re.IGNORECASE,
)
_MOURNING = re.compile(
    r"passed away|survived by|preceded in death|funeral (?:home|service|mass)|in lieu of flowers"
    r"|visitation will|celebration of life|interment|burial will|obituar|memorial contributions",
    re.IGNORECASE,
)
_GALLERY = re.compile(
    r"/(?:photos?|galler(?:y|ies)|slideshows?|photo-galler\w+|picture-gallery)/", re.I
)
_VIDEO = re.compile(r"/(?:videos?|watch|clips?)/", re.I)
_LIVE = re.compile(r"/live(?:-updates|blog|-blog|-news)?/|live[- ](?:updates|blog)\b", re.I)
_SECTION = re.compile(  # its last part is a name, not the words of a headline
    r"/(?:category|tags?|topics?|authors?|search|sections?|page)/(?:[^/-]+-?){0,3}(?:/\d+)?/?$",
    re.I,
)
_INDEX_TYPES = {"CollectionPage", "SearchResultsPage"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Something that a reader of the text should know, and how it was told."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a page shows of itself."""

    url: str
    title: str
    text: str  # of the article, as extracted
    language: str
    things: list[dict[str, Any]]  # its JSON-LD
    shown: str  # all words of the page, those for readers without JavaScript too
    linked: int  # words that are links

    @property
    def words(self) -> int:
        """How many words the article has."""
        return len(self.text.split())


def signs_of(
    tree: Any, things: list[dict[str, Any]], *, url: str, title: str, text: str, language: str
) -> Signs:
    """Collect what the flags are judged by."""
    from lxml import etree

    shown = [
        each
        for each in tree.xpath("//body//text()[not(parent::script) and not(parent::style)]")
        if each.strip()
    ]
    linked = sum(
        len(etree.tostring(link, method="text", encoding="unicode", with_tail=False).split())
        for link in tree.iter("a")
    )
    return Signs(
        url=url,
        title=title,
        text=text,
        language=language,
        things=things,
        shown=" ".join(" ".join(shown).split()),
        linked=linked,
    )


def page_flags(signs: Signs) -> tuple[Flag, ...]:
    """Say what a page is, when it is not a plain article.

    Args:
        signs: What the page shows, by ``signs_of``.

    Returns:
        The flags, the gravest first. With one of ``NO_ARTICLE`` the text is not that of an
        article and should not be classified as one. The others are for the reader to weigh.

    Source:
        Requirement B14: a stub that is taken for an article has a tone of its own.
    """
    found = [*_walls(signs), *_kinds(signs)]
    if not found and signs.words < FEWEST:
        found.append(Flag(name="unreadable", reason=f"only {signs.words} words of text were found"))
    return (*found, *_contents(signs))


def _walls(signs: Signs) -> Iterator[Flag]:
    if signs.words < _BRIEF:
        # a brief item may stand on a page that only asks for JavaScript somewhere else
        places = (signs.title, signs.text, signs.shown[:3000] if signs.words < FEWEST else "")
        if asked := next(filter(None, map(_CHALLENGE.search, places)), None):
            yield Flag(name="challenge", reason=f"the page says {asked[0]!r} and has no article")
            return
    if signs.words < 150:
        here = [found[0] for found in _COOKIES.finditer(signs.text)]
        there = [found[0] for found in _COOKIES.finditer(signs.shown[:3000])]
        if said := here if len(here) > signs.words // 60 else there * (signs.words < FEWEST):
            yield Flag(name="cookie_wall", reason=f"the page says {said[0]!r} in place of text")
            return
    if reason := _paywall(signs):
        yield Flag(name="paywall", reason=reason)


def _paywall(signs: Signs) -> str:
    if signs.words >= _STUB:
        return _withheld(signs)
    closed = _closed(signs.things)
    asked = _SUBSCRIBE.search(signs.text)
    if asked is None and (closed or _breaks_off(signs.text)):
        asked = _SUBSCRIBE.search(signs.shown)
    if asked is None and signs.words < _BRIEF:  # around whole articles weaker words stand, too
        asked = _DEMAND.search(signs.shown)
    if asked:
        return f"{signs.words} words, and the page says {asked[0]!r}"
    if closed and (signs.words < _BRIEF or _breaks_off(signs.text)):
        return f"{signs.words} words, and the page states that it is not free to read"
    return ""


def _withheld(signs: Signs) -> str:
    """A longer beginning of an article that the page says is closed and far longer."""
    stated = main_article(signs.things, url=signs.url).get("wordCount")
    if not _closed(signs.things) or not str(stated).isdigit() or signs.words * 2 > int(str(stated)):
        return ""
    return f"{signs.words} of {stated} words, and the page states that it is not free to read"


def _closed(things: list[dict[str, Any]]) -> bool:
    """Whether the article is closed; a part of a page may be, such as its comments."""
    return any(
        str(thing.get("isAccessibleForFree")).lower() in {"false", "http://schema.org/false"}
        for thing in things
        if types_of(thing) != {"WebPageElement"} or len(things) < 2
    )


def _breaks_off(text: str) -> bool:
    return text.rstrip().endswith(("…", "...", "[…]", "[...]", "Read more"))


def _kinds(signs: Signs) -> Iterator[Flag]:
    types = set().union(*(types_of(thing) for thing in signs.things)) if signs.things else set()
    path = urlsplit(signs.url).path or "/" if _parts(signs.url) else ""
    if _LIVE.search(path) or "LiveBlogPosting" in types or _LIVE.match(signs.title):
        yield Flag(
            name="live_blog", reason="the page is updated live, many items under one address"
        )
    elif signs.words < _STUB and (
        _GALLERY.search(path) or types & {"ImageGallery", "MediaGallery"}
    ):
        yield Flag(name="gallery", reason=f"pictures with {signs.words} words of text")
    elif signs.words < _BRIEF and (_VIDEO.search(path) or _is_video(signs, types)):
        yield Flag(name="video", reason=f"a video with {signs.words} words of text")
    elif reason := _index(signs, types=types, path=path):
        yield Flag(name="index", reason=reason)


def _parts(url: str) -> bool:
    if not url:
        return False
    try:
        urlsplit(url)
    except ValueError:
        return False
    return True


def _is_video(signs: Signs, types: set[str]) -> bool:
    return "VideoObject" in types and not main_article(signs.things)


def _index(signs: Signs, *, types: set[str], path: str) -> str:
    if main_article(signs.things) and path.strip("/"):
        return ""
    if path and not path.strip("/") and not urlsplit(signs.url).query:
        return "the address is an outlet's front page"
    if types & _INDEX_TYPES:
        return "the page states that it is a collection of others"
    if _SECTION.search(path):
        return "the address is that of a section, topic or author"
    shown = len(signs.shown.split())
    if shown > 150 and signs.linked > 0.7 * shown and signs.words < _STUB:
        return f"{signs.linked} of {shown} words are links to other pages"
    return ""


def _contents(signs: Signs) -> Iterator[Flag]:
    lines = [line for line in signs.text.split("\n") if line.strip()]
    items = sum(bool(_ITEM.match(line.strip())) for line in lines)
    named = _BLOTTER.search(signs.title) or _BLOTTER.search(re.sub(r"[-_/]", " ", signs.url))
    if named and len(lines) >= 3:
        yield Flag(name="blotter", reason=f"title or address says {named[0]!r}")
    elif items >= 6 and items >= 0.4 * len(lines):
        yield Flag(name="blotter", reason=f"{items} of {len(lines)} paragraphs begin as items do")
    mourning = {found.lower() for found in _MOURNING.findall(signs.text)}
    if re.search(r"\bobituar", f"{signs.title} {signs.url}", re.I) or len(mourning) >= 3:
        yield Flag(name="obituary", reason="it reports a death as families announce it")
    if signs.language not in {"en", "und"} and signs.words >= FEWEST:
        yield Flag(name="not_english", reason=f"the text is in another language ({signs.language})")
