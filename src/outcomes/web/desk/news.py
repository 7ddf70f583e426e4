"""News at the desk: find articles by their words, and read one with its versions.

Coders do not come here: whoever codes tone must not see what others, or a model, made of it.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from outcomes.errors import DataError
from outcomes.media.search_hits import DEEPEST
from outcomes.pipeline.article_reading import read_article
from outcomes.pipeline.finding import Found, Search, find_articles
from outcomes.web.access import allowed
from outcomes.web.desk_state import Desk
from outcomes.web.pages import in_thread, page

READERS = ("analyst",)
ON_A_PAGE = 20
INDEX_SECONDS = 1.5  # how long a page may wait for the index to be brought up
LONGEST = 400  # characters of one field of the form
_FIELDS = (
    "words", "first", "last", "outlet", "scope", "place", "agency", "tone", "about_us", "prompted",
    "relevant", "text_from",
)  # fmt: skip
_TICKED = ("unread", "newest", "count_all")
_LONGEST_BAR = 100


@allowed(*READERS)
async def show_news(request: Request) -> Response:
    """Show the form, and what was found with it."""
    desk: Desk = request.app.state.desk
    asked = _asked(request)
    start = _start(request)
    found, fault = None, ""
    try:
        found = await in_thread(
            find_articles,
            desk.study,
            Search(**asked),
            start=start,
            most=ON_A_PAGE,
            seconds=INDEX_SECONDS,
        )
    except DataError as error:
        fault = str(error)
    return page(
        request,
        "desk/news.html",
        400 if fault else 200,
        asked=asked,
        fault=fault,
        found=found,
        start=start,
        choices=_choices(desk),
        filtered=_is_filtered(asked),
        **(_links(asked, found, start=start) if found else {}),
    )


@allowed(*READERS)
async def show_article(request: Request) -> Response:
    """Show one article as it is kept here."""
    desk: Desk = request.app.state.desk
    key = request.query_params.get("key", "")
    try:
        article = await in_thread(read_article, desk.study, key=key)
    except DataError:
        raise HTTPException(404, "No article with that key is stored") from None
    copies = [(_article_link(copy.key), copy) for copy in article.copies]
    return page(request, "desk/news_article.html", article=article, copies=copies)


ROUTES = [
    Route("/desk/news", show_news, methods=["GET"]),
    Route("/desk/news/article", show_article, methods=["GET"]),
]


def _asked(request: Request) -> dict[str, Any]:
    sent = request.query_params
    asked: dict[str, Any] = {
        name: sent.get(name, "").replace("\0", " ").strip()[:LONGEST] for name in _FIELDS
    }
    return asked | {name: sent.get(name) == "yes" for name in _TICKED}


def _start(request: Request) -> int:
    text = request.query_params.get("start", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return min(number, DEEPEST)


def _is_filtered(asked: Mapping[str, Any]) -> bool:
    """Say whether a filter beside words and months is set, so that the filters stand open."""
    return any(asked[name] for name in (*_FIELDS[3:], "unread", "newest"))


def _links(asked: Mapping[str, Any], found: Found, *, start: int) -> dict[str, Any]:
    """Give the addresses that a page of results leads to, and the bars of its months."""
    highest = max((number for _, number in found.hits.months), default=1)
    same_order = {**asked, "newest": asked["newest"] or not found.hits.ranked}
    return {
        "rows": [(_article_link(each.key), each) for each in found.results],
        "months": [
            {
                "month": month,
                "number": number,
                "bar": max(1, round(_LONGEST_BAR * number / highest)),
                "link": _link(asked, first=month, last=month) if month else "",
            }
            for month, number in found.hits.months
        ],
        "newer": _link(same_order, start=max(0, start - ON_A_PAGE)) if start else "",
        "older": (
            _link(same_order, start=start + ON_A_PAGE)
            if found.hits.more and start + ON_A_PAGE <= DEEPEST
            else ""
        ),
        "all_articles": _link(asked, count_all=True),
    }


def _link(asked: Mapping[str, Any], **changed: Any) -> str:
    fields = {**asked, **changed}
    return "/desk/news?" + urlencode(
        {name: "yes" if value is True else value for name, value in fields.items() if value}
    )


def _article_link(key: str) -> str:
    return "/desk/news/article?" + urlencode({"key": key})


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """List what can be chosen in each filter, from study.toml."""
    settings = desk.study.settings
    yes_no = [("", "no matter"), ("yes", "yes"), ("no", "no")]
    return {
        "outlet": [("", "all"), *((each.name, each.name) for each in settings.outlets)],
        "scope": [("", "all"), ("local", "local"), ("national", "national")],
        "place": [("", "all"), *((each.code, each.name) for each in settings.places)],
        "agency": [("", "all"), *((each.name, each.name) for each in settings.agencies)],
        "tone": [("", "all"), ("negative", "negative"), ("neutral", "neutral"),
                 ("positive", "positive")],
        "text_from": [("", "all"), ("page", "the outlet's page"), ("feed", "the feed's summary"),
                      ("archive", "an archive")],
        "about_us": yes_no,
        "relevant": yes_no,
        "prompted": yes_no,
    }  # fmt: skip
