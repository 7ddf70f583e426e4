"""The respondent's pages: notice, questions, receipt, withdrawal; each is saved as it is sent."""

from outcomes.web.respond.routes import ROUTES

__all__ = ["ROUTES"]
