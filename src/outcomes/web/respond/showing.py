"""Pages of respondents: their words, language, and what kiosk mode adds to each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from outcomes.surveys.respondent_words import direction, own_name, respondent_words, words_tag
from outcomes.surveys.wording import in_language, language_tag
from outcomes.web.pages import page
from outcomes.web.respond.links import Link

IDLE_SECONDS = 90  # after which a kiosk begins anew, where scripts run
IDLE_SECONDS_WITHOUT_SCRIPT = 300  # after which a kiosk asks whether somebody is there
END_SECONDS = 20  # for which a kiosk shows a receipt
THERE_SECONDS = 60  # for which a kiosk waits for an answer to that question
LANGUAGES = ("en", "es")  # of pages that belong to no instrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Kiosk:
    """What a page in kiosk mode does by itself."""

    idle: int  # seconds
    go: str  # where it goes then
    idle_unscripted: int
    go_unscripted: str


def show(
    request: Request,
    template: str,
    link: Link | None,
    *,
    language: str,
    status: int = 200,
    **content: Any,
) -> Response:
    """Render a page for respondents in a language."""
    told: dict[str, Any] = {
        "link": link,
        "language": language,
        "lang": language_tag(language),
        "dir": direction(language),
        "w": respondent_words(language),
        "t": speaker(language),
        "languages": _languages(link, language),
        "survey": in_language(link.instrument.title, language) if link else "",
        "kiosk": _kiosk(link, template),
        "switch_by_form": "",
        "enter": "next",
    }
    return page(request, f"respond/{template}", status, **(told | content))


def show_plain(
    request: Request,
    link: Link | None,
    *,
    language: str,
    title: str,
    text: str,
    status: int = 200,
    **values: str,
) -> Response:
    """Render a page that only says something.

    Args:
        request: What it answers.
        link: The wave; None for none.
        language: Of the page.
        title: Which of the respondent's words is the heading.
        text: Which of them is the sentence.
        status: The HTTP status.
        **values: What stands in the sentence.
    """
    return show(
        request,
        "plain.html",
        link,
        language=language,
        status=status,
        title=title,
        text=text,
        values=values,
    )


def speaker(language: str) -> Callable[..., Markup]:
    """Make what says the page's own words, marked where they are not in the page's language."""
    words: Mapping[str, str] = respondent_words(language)
    tag = words_tag(language)

    def say(key: str, **values: object) -> Markup:
        text = Markup.escape(words[key].format(**values))
        return (
            text if tag == language_tag(language) else Markup(f'<span lang="{tag}">{text}</span>')
        )

    return say


def _languages(link: Link | None, language: str) -> list[dict[str, Any]]:
    known = link.instrument.languages if link else LANGUAGES
    return [
        {
            "name": own_name(each),
            "value": each,
            "tag": language_tag(each),
            "dir": direction(each),
            "here": each == language,
        }
        for each in known
    ]


def _kiosk(link: Link | None, template: str) -> Kiosk | None:
    if link is None or not link.kiosk or template == "notice.html":
        return None
    again = f"{link.base}/again"
    if template == "end.html":
        return Kiosk(idle=END_SECONDS, go=again, idle_unscripted=END_SECONDS, go_unscripted=again)
    if template == "there.html":
        return Kiosk(
            idle=THERE_SECONDS, go=again, idle_unscripted=THERE_SECONDS, go_unscripted=again
        )
    return Kiosk(
        idle=IDLE_SECONDS,
        go=again,
        idle_unscripted=IDLE_SECONDS_WITHOUT_SCRIPT,
        go_unscripted=f"{link.base}/there",
    )
