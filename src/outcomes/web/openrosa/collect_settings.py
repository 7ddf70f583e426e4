"""How a tablet is pointed at this server: an address, a QR code that Collect scans, and words."""

import base64
import io
import json
import zlib

import segno

from outcomes.pipeline.users import Account
from outcomes.web.openrosa.basic_sign_in import tablet_key
from outcomes.web.openrosa.replies import PREFIX


def tablet_address(base: str, *, key: bytes, owner: Account) -> str:
    """Make the address of this server for a user's tablets, with their key in it.

    Whoever has the address can fetch forms and send answers in that user's name, and nothing
    else. It ends with the user's next password, or with the account.

    Args:
        base: Under which tablets reach this computer, such as ``https://survey.example.org``.
        key: The study key.
        owner: Who goes from door to door with the tablet.
    """
    return f"{base.rstrip('/')}{PREFIX}/key/{tablet_key(key, owner)}"


def collect_settings(url: str, user: str, *, project: str = "Surveys") -> str:
    """Write the settings that Collect reads from a QR code.

    Forms are kept as the server has them, and finished ones are sent as soon as there is a
    network. There is no password in them: where the address holds no key, Collect asks for it.

    Args:
        url: From :func:`tablet_address`, or the server's address with /openrosa at its end.
        user: The name to sign in with.
        project: What Collect calls it.

    Source:
        ODK documentation, "Settings QR codes": JSON, packed with zlib, in Base64.
    """
    named = {} if "/key/" in url else {"username": user}
    settings = {
        "general": {
            "server_url": url,
            **named,
            "form_update_mode": "match_exactly",
            "automatic_update": True,
            "autosend": "wifi_and_cellular",
            "delete_send": True,
            "analytics": False,
        },
        "admin": {},
        "project": {"name": project, "icon": project[:1].upper() or "S"},
    }
    packed = zlib.compress(json.dumps(settings, ensure_ascii=False).encode(), 9)
    return base64.b64encode(packed).decode()


def collect_settings_qr(url: str, user: str, *, project: str = "Surveys") -> str:
    """Draw the settings as a QR code (SVG); the arguments are those of ``collect_settings``."""
    drawing = io.BytesIO()
    segno.make(collect_settings(url, user, project=project), error="l", micro=False).save(
        drawing, kind="svg", xmldecl=False, border=4, omitsize=True
    )
    return drawing.getvalue().decode()


def connecting_steps(url: str, user: str) -> tuple[str, ...]:
    """Say in words how to get a tablet ready, step by step; for the page with the QR code."""
    keyed = "/key/" in url
    return (
        "Install ODK Collect or KoboCollect on the tablet, from its app store.",
        "Open it, choose to add a project with a QR code, and point the camera at the square on "
        "this page.",
        "Without a camera, choose to enter the details by hand and type the address below"
        + (
            "; name and password stay empty."
            if keyed
            else f", the user name {user} and your password."
        ),
        "While the tablet has a network, open the list of forms once, so that today's forms are "
        "on it.",
        "Now it works without a network. Finished forms wait on the tablet, and are sent by "
        "themselves when it finds the network again.",
        "Before you put the tablet away, see that no form is left under Ready to send.",
        *(
            (
                "Keep the square and the address to yourself: whoever has them can send answers "
                "in your name. If a tablet is lost, set a new password: its address then stops "
                "working.",
            )
            if keyed
            else ()
        ),
    )
