"""Serving a study: one process, until it is told to stop; then what waits is stored first."""

import gc
import signal
import socket
import ssl
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from outcomes.errors import FileError, OutcomesError
from outcomes.pipeline.users import anybody
from outcomes.study import Study
from outcomes.web.app import make_app
from outcomes.web.desk_state import Desk

EVERYWHERE = ("0.0.0.0", "::")
_DRAIN_SECONDS = 20
_KEPT_OPEN_SECONDS = 60  # longer than a busy server may keep a waiting request unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a study is served."""

    host: str = "127.0.0.1"
    port: int = 8080  # 0: any that is free
    certificate: Path | None = None
    certificate_key: Path | None = None
    behind_https: bool = False  # a proxy on this computer does https
    trusted_network: bool = False
    open_browser: bool = False

    @property
    def secure(self) -> bool:
        """Whether browsers come through https."""
        return self.certificate is not None or self.behind_https


def serve(study: Study, serving: Serving, *, say: Callable[[str], None]) -> None:
    """Serve a study until Ctrl-C or SIGTERM; then finish what was begun and return.

    Raises:
        OutcomesError: The port is in use, the address is not one of this computer, or others could
            go around the proxy.
        FileError: The certificate or its key cannot be used.
    """
    check_certificate(serving)
    check_proxy(serving)
    with bound(serving.host, serving.port) as door:
        app = make_app(
            study,
            secure=serving.secure,
            behind_proxy=serving.behind_https,
            trusted_network=serving.trusted_network,
        )
        port = door.getsockname()[1]
        desk: Desk = app.state.desk
        desk.addresses = tuple(_address(host, port, serving) for host in phone_hosts(serving.host))
        for line in greeting(desk, serving, port=port):
            say(line)
        if serving.open_browser:
            with suppress(webbrowser.Error):
                webbrowser.open(_first_page(desk, serving, port=port))
        _run(app, serving, door=door)
    say("Stopped. What was sent is stored.")


def server_of(app: Starlette, serving: Serving) -> uvicorn.Server:
    """Make the server: it logs no request, and so no address of a computer and no page."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        ws="none",
        lifespan="on",
        proxy_headers=serving.behind_https,
        ssl_certfile=serving.certificate,
        ssl_keyfile=serving.certificate_key,
        timeout_keep_alive=_KEPT_OPEN_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    return uvicorn.Server(config)


def _run(app: Starlette, serving: Serving, *, door: socket.socket) -> None:
    server = server_of(app, serving)
    settle_memory()
    threading.Thread(target=_load_the_rest, args=(app,), daemon=True).start()
    # uvicorn stops at these signals, and afterwards sends them once more: that is then no news
    asked = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: None) for number in asked]
    try:
        server.run(sockets=[door])
    finally:
        for number, handler in zip(asked, before, strict=True):
            signal.signal(number, handler)
    if not server.started:
        raise OutcomesError("The server could not start. The lines above say why")


def _load_the_rest(app: Starlette) -> None:
    """Load, while respondents are answered already, what only the desk of staff needs."""
    app.state.desk_pages.load()
    settle_memory()


def settle_memory() -> None:
    """Spare the garbage collector what is loaded for good, as it would halt every reply with it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def bound(host: str, port: int) -> socket.socket:
    """Take a port before anything else is begun.

    Raises:
        OutcomesError: Another program has it, or it may not be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(2048)
    except OSError as error:
        door.close()
        raise OutcomesError(
            f"{host}, port {port}: cannot be served ({error.strerror or error}). Stop the other "
            f"program, or name another port: --port {port + 1 if port < 65535 else 8080}"
        ) from None
    return door


def check_certificate(serving: Serving) -> None:
    """See that the certificate and its key can be used.

    Raises:
        FileError: One is missing, is no PEM file, or they do not go together.
        OutcomesError: A key is named without a certificate.
    """
    certificate, key = serving.certificate, serving.certificate_key
    if certificate is None:
        if key is not None:
            raise OutcomesError("--certificate-key goes with --certificate. Name both")
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            certificate, key, password=lambda: ""
        )
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        problem = "it is no PEM file, or the key is another one's or has a passphrase"
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError):
            problem = str(error.strerror).lower()
        raise FileError(
            certificate,
            "",
            f"this certificate cannot be used ({problem})",
            "Name a PEM file with --certificate, and its key without a passphrase with "
            "--certificate-key",
        ) from None


def check_proxy(serving: Serving) -> None:
    """See that nobody can go around the proxy that does the https.

    Raises:
        OutcomesError: Other computers could reach the server itself.
    """
    if serving.behind_https and phone_hosts(serving.host) and not serving.trusted_network:
        raise OutcomesError(
            f"--behind-https with --host {serving.host}: others in this network could go around "
            "the proxy, and a password could be listened to. Use --host 127.0.0.1, or say "
            "--trusted-network"
        )


def phone_hosts(host: str) -> list[str]:
    """List the addresses under which other computers of the network reach this one."""
    if host not in EVERYWHERE:
        return [] if host == "localhost" or host.startswith("127.") or host == "::1" else [host]
    found = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing; asks which way it would go
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += [each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None)]
    wanted = (str(each) for each in found if ":" not in str(each))
    return [each for each in dict.fromkeys(wanted) if not each.startswith("127.")]


def greeting(desk: Desk, serving: Serving, *, port: int) -> list[str]:
    """Say where the desk is, where phones go, and what is not protected."""
    lines = [f"{desk.study.settings.study.name} is served by this window; Ctrl-C stops it."]
    lines.append(f"The desk, for staff:   {_own_address(serving, port=port)}/desk")
    if not anybody(desk.engine):
        lines.append("Nobody is a user yet. Open this once to become the administrator:")
        lines.append(f"  {_first_page(desk, serving, port=port)}")
        lines.append(f"  (or open {_own_address(serving, port=port)}/desk/set-up")
        lines.append(f"  and type the set-up code {spaced(desk.set_up_token)})")
    lines += [f"For phones and tablets: {each}" for each in desk.addresses]
    if serving.behind_https:
        lines.append("For everybody else: the https address of your proxy.")
    elif not desk.addresses:
        lines.append("Phones cannot reach it: start it with --host 0.0.0.0 for that.")
    elif not serving.secure:
        lines.append(_open_to_listeners(trusted=serving.trusted_network))
    return lines


def spaced(token: str) -> str:
    """Write a set-up code so that it can be typed."""
    return "-".join(token[at : at + 4] for at in range(0, len(token), 4))


def _open_to_listeners(*, trusted: bool) -> str:
    if trusted:
        return (
            "Caution: there is no certificate, so others in this network could listen to answers "
            "and passwords on the way. You said that the network can be trusted."
        )
    return (
        "Caution: there is no certificate, so others in this network could listen to answers on "
        "the way. Staff can sign in on this computer only; see --certificate."
    )


def _own_address(serving: Serving, *, port: int) -> str:
    host = serving.host
    if serving.behind_https:
        return f"http://{_in_url('127.0.0.1' if host in EVERYWHERE else host)}:{port}"
    return _address("127.0.0.1" if host in EVERYWHERE else host, port, serving)


def _address(host: str, port: int, serving: Serving) -> str:
    scheme = "https" if serving.certificate else "http"
    return f"{scheme}://{_in_url(host)}:{port}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _first_page(desk: Desk, serving: Serving, *, port: int) -> str:
    own = _own_address(serving, port=port)
    # what stands behind # stays in the browser
    return f"{own}/desk" if anybody(desk.engine) else f"{own}/desk/set-up#{desk.set_up_token}"
