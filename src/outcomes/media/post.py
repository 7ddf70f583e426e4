"""Sending one body to one address within the bounds of a fetch; no redirect is ever followed."""

import time
from collections.abc import Mapping

from outcomes.errors import DataError
from outcomes.media.addresses import LookUp, system_look_up, web_address
from outcomes.media.fetch import Ended, Fetched, Journey, Limits, Reason, visit
from outcomes.media.wire import Allowance


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    limits: Limits,
    allow_private: bool = False,
    by: LookUp = system_look_up,
) -> Fetched:
    """Send a body to one address, and come back in time whatever the server does.

    The bounds are those of ``fetch``. What is sent goes to the address that was named and nowhere
    else: a redirect is not followed.

    Args:
        url: Where to send it.
        body: What is sent.
        headers: Sent with it, such as Content-Type. They are in no result and no sentence.
        limits: How much it may take.
        allow_private: Send to this machine and its network, too.
        by: What looks up the numeric addresses of a host.

    Returns:
        Always a Fetched, also for whatever the server, the network or the address does wrong.

    Source:
        RFC 9110, section 9.3.3.
    """
    started = time.monotonic()
    journey = Journey(
        limits=limits,
        headers={"Accept-Encoding": "gzip, deflate", **headers},
        allow_private=allow_private,
        by=by,
        allowance=Allowance(seconds=limits.seconds),
        url=url,
        sent=body,
    )
    reason: Reason = ""
    try:
        if visit(journey, web_address(url)):
            reason = "not-followed"
    except Ended as end:
        reason = end.reason
    except DataError:
        reason = "address"
    return Fetched(
        status=journey.status,
        headers=journey.answered,
        body=bytes(journey.body),
        url=url,
        hops=(),
        seconds=time.monotonic() - started,
        reason=reason,
    )
