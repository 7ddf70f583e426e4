"""In which time zone the days and months of an outlet are cut: its own, else the study's."""

from collections.abc import Callable

from outcomes.media.articles import month_of
from outcomes.study import Study


def zone_of_outlet(study: Study) -> Callable[[str], str]:
    """Give a function that says the time zone of an outlet by its name."""
    usual = study.settings.study.time_zone
    own = {outlet.name: outlet.time_zone for outlet in study.settings.outlets if outlet.time_zone}
    return lambda name: own.get(name, usual)


def month_of_article(study: Study) -> Callable[[str, str], str]:
    """Give a function that says in which month an outlet published an article.

    An article of 1 April, 02:00 UTC belongs to March for an outlet in Chicago (B14).

    Returns:
        A function of the outlet's name and of ``published`` (ISO date or moment, empty where
        unknown) that gives the month, such as ``2026-03``, or an empty text.
    """
    zone = zone_of_outlet(study)
    return lambda outlet, published: month_of(published, zone(outlet))
