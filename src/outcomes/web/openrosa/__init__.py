"""OpenRosa: the protocol by which ODK Collect and KoboCollect fetch forms and send answers."""

from outcomes.web.openrosa.collect_settings import (
    collect_settings_qr,
    connecting_steps,
    tablet_address,
)
from outcomes.web.openrosa.routes import ROUTES
from outcomes.web.openrosa.submission import SubmissionDoor

__all__ = ["ROUTES", "SubmissionDoor", "collect_settings_qr", "connecting_steps", "tablet_address"]
