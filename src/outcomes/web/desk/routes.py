"""The addresses of the desk: every room's pages, which only staff may see."""

from starlette.routing import BaseRoute

from outcomes.web import sign_in
from outcomes.web.desk import (
    audit,
    coding,
    corrections,
    engagement_exports,
    exports,
    free_text,
    imports,
    levels,
    linking,
    news,
    paper,
    records,
    users,
    walks,
    waves,
    weekly,
)

ROUTES: tuple[BaseRoute, ...] = (
    *waves.ROUTES,
    *exports.ROUTES,
    *paper.ROUTES,
    *records.ROUTES,
    *engagement_exports.ROUTES,
    *corrections.ROUTES,
    *free_text.ROUTES,
    *imports.ROUTES,
    *levels.ROUTES,
    *linking.ROUTES,
    *news.ROUTES,
    *coding.ROUTES,
    *walks.ROUTES,
    *weekly.ROUTES,
    *users.ROUTES,
    *audit.ROUTES,
    *sign_in.ROUTES,  # once more: an address that takes POST only is no page that is missing
)
