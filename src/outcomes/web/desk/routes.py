"""The addresses of the desk: every room's pages, which only staff may see."""

from starlette.routing import BaseRoute

from outcomes.web import sign_in
from outcomes.web.desk import (
    audit,
    coding,
    corrections,
    exports,
    free_text,
    imports,
    linking,
    news,
    paper,
    users,
    waves,
)

ROUTES: tuple[BaseRoute, ...] = (
    *waves.ROUTES,
    *exports.ROUTES,
    *paper.ROUTES,
    *corrections.ROUTES,
    *free_text.ROUTES,
    *imports.ROUTES,
    *linking.ROUTES,
    *news.ROUTES,
    *coding.ROUTES,
    *users.ROUTES,
    *audit.ROUTES,
    *sign_in.ROUTES,  # once more: an address that takes POST only is no page that is missing
)
