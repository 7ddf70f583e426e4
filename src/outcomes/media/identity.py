"""Which article a sighting is: by its guid, its page, or its title and day, in that order."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from outcomes.media.page_key import page_key
from outcomes.media.sightings import Sighting

Kind = Literal["guid", "page", "title"]

FEWEST_WORDS = 4  # of a title that names an article: "Police blotter" is every day's
_MADE_UP = "urn:outcomes:"  # the addresses of articles that have none


@dataclass(frozen=True, slots=True)
class Name:
    """One name of an article, as it is kept: what was given stands only as its SHA-256."""

    kind: Kind
    outlet: str  # empty for pages: a page is one article, whoever lists it
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that a sighting gives its article."""

    guid: Name | None
    page: Name
    title: Name | None
    folded_title: str
    url: str  # by which its article is called, if it is new; never changes afterwards

    def every(self) -> list[Name]:
        """All of them, the surest first."""
        return [name for name in (self.guid, self.page, self.title) if name is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of the names of a document."""

    articles: Mapping[Name, tuple[str, ...]]  # keys, each name's oldest first
    pages: Mapping[str, set[str]]  # key -> digests of its pages, of those that a guid names
    titles: Mapping[str, set[str]]  # key -> its titles, of those that a guid names


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which article a sighting is."""

    article: str  # the key of a known one; empty where it is new
    first: int  # the place in the document of the first sighting of the same article
    by_title: bool = False  # by nothing surer than its title and day


def names_of(document: Sequence[Sighting]) -> list[Names]:
    """Give the names of the sightings of one document, in its order.

    A sighting without an address, or with one that names no article (a front page), is called
    after its outlet and its record number, or its outlet, title and day. Where that is not yet
    one sighting in the document, its text is added.
    """
    called = [_called(sighting) for sighting in document]
    shared: dict[str, set[str]] = {}
    for sighting, address in zip(document, called, strict=True):
        shared.setdefault(address, set()).add(_within(sighting))
    return [
        _names(sighting, address, alone=len(shared[address]) == 1)
        for sighting, address in zip(document, called, strict=True)
    ]


def title_name(*, outlet: str, title: str, published: str) -> Name | None:
    """Give the name that title and day make; none where they are too little to tell."""
    words = folded(title)
    if not published or len(words.split()) < FEWEST_WORDS:
        return None
    return Name("title", outlet, _digest(words, published[:10]))


def page_name(url: str) -> Name:
    """Give the name of a page; an address that is none of the web names itself."""
    return Name("page", "", _digest(page_key(url) or url))


def match_sightings(document: Sequence[Names], known: Known) -> list[Match]:
    """Say which article each sighting of a document is.

    Args:
        document: From ``names_of``.
        known: What the store knows of these names.

    Returns:
        One match a sighting. A guid that is repeated (it is known with another page and another
        title, or has several pages in this document) tells nothing, and the page decides. The
        title of a day decides last, and only between documents: what stands side by side in one
        document is two articles.

    Source:
        Requirement B14; issue 6, 4.
    """
    search = _Search(document=document, known=known, repeated=_repeated_guids(document))
    found = [search.by_guid_or_page(place) for place in range(len(document))]
    by_title = _by_title(document, found, known)
    first: dict[str | int, int] = {}
    matches = []
    for place, label in enumerate(found):
        article = by_title.get(label, label)
        first.setdefault(article, place)
        key = article if isinstance(article, str) else ""
        matches.append(Match(article=key, first=first[article], by_title=label in by_title))
    return matches


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The names of one document: what they are known for, and where in it they came first."""

    document: Sequence[Names]
    known: Known
    repeated: set[Name]
    met: dict[Name, str | int] = field(default_factory=dict)

    def by_guid_or_page(self, place: int) -> str | int:
        """The key of a known article, or the place of the first sighting of a new one."""
        names = self.document[place]
        label = self._by_guid(names)
        if label is None:
            label = self._label(names.page)
        if label is None:
            label = place
        self.met.setdefault(names.page, label)
        if names.guid is not None:
            self.met.setdefault(names.guid, label)
        return label

    def _by_guid(self, names: Names) -> str | int | None:
        if names.guid is None or names.guid in self.repeated:
            return None
        articles = self.known.articles.get(names.guid, ())
        if len(articles) > 1:
            return None
        if articles and self._is_another(names, articles[0]):
            return None
        return self._label(names.guid)

    def _is_another(self, names: Names, article: str) -> bool:
        pages = self.known.pages.get(article, set())
        titles = {folded(title) for title in self.known.titles.get(article, ())} - {""}
        has_page = bool(pages) and not names.url.startswith(_MADE_UP)
        other_page = has_page and names.page.digest not in pages
        other_title = bool(titles and names.folded_title) and names.folded_title not in titles
        return other_page and other_title

    def _label(self, name: Name) -> str | int | None:
        articles = self.known.articles.get(name)
        return articles[0] if articles else self.met.get(name)


def _by_title(
    document: Sequence[Names], found: Sequence[str | int], known: Known
) -> dict[str | int, str]:
    """The known articles that new sightings are by title and day: place -> key."""
    labels = {(names.title, label) for names, label in zip(document, found, strict=True)}
    shared = Counter(title for title, _ in labels)
    taken = {label for label in found if isinstance(label, str)}
    matched: dict[str | int, str] = {}
    for names, label in zip(document, found, strict=True):
        if isinstance(label, str) or label in matched or names.title is None:
            continue
        articles = known.articles.get(names.title, ())
        if len(articles) == 1 and articles[0] not in taken and shared[names.title] == 1:
            matched[label] = articles[0]
            taken.add(articles[0])
    return matched


def _repeated_guids(document: Sequence[Names]) -> set[Name]:
    pages: dict[Name, set[Name]] = {}
    for names in document:
        if names.guid is not None:
            pages.setdefault(names.guid, set()).add(names.page)
    return {guid for guid, of_it in pages.items() if len(of_it) > 1}


def _names(sighting: Sighting, address: str, *, alone: bool) -> Names:
    url = address
    if not alone and address.startswith(_MADE_UP):
        url = _urn(address, _within(sighting))
    return Names(
        guid=Name("guid", sighting.outlet, _digest(sighting.guid)) if sighting.guid else None,
        page=page_name(url),
        title=title_name(
            outlet=sighting.outlet, title=sighting.title, published=sighting.published
        ),
        folded_title=folded(sighting.title),
        url=url,
    )


def _called(sighting: Sighting) -> str:
    """The address as given; where it names no article, one that is made up from what does."""
    url = sighting.url.strip()
    if page_key(url) or (url and not _is_web(url)):
        return url
    if sighting.guid:
        return _urn(sighting.outlet, "record", sighting.guid)
    return _urn(sighting.outlet, folded(sighting.title), sighting.published[:10])


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in {"http", "https"}
    except ValueError:  # brackets that are none: it names itself
        return False


def _within(sighting: Sighting) -> str:
    """What tells two sightings apart that are called the same."""
    if sighting.guid:
        return f"{folded(sighting.title)} {sighting.published[:10]}"
    return " ".join((sighting.text or sighting.summary).split())


def folded(title: str) -> str:
    """Write a title so that capitals and spaces do not tell two apart."""
    return " ".join(title.casefold().split())


def _urn(*parts: str) -> str:
    return f"{_MADE_UP}{_digest(*parts)[:32]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
