"""What the tests of the web start from: a small study in the field, signed-in staff, a browser."""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.testclient import TestClient

from outcomes.errors import DataError
from outcomes.pipeline.users import add_user
from outcomes.study import Study, open_study
from outcomes.web import passwords
from outcomes.web.app import make_app
from outcomes.web.desk_state import Desk
from outcomes.web.serve import Serving, bound, server_of
from outcomes.web.sessions import start_session

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tests/oracle/node_modules/axe-core/axe.min.js"
NOON = datetime(2025, 2, 4, 17, 0, tzinfo=UTC)  # 4 February 2025, noon in New York
PASSWORD = "heron violet ladder 52"
WAVES = """
[[waves]]
label = "spring-post"
instrument = "academy"
group = "spring"
occasion = "post"
opens = 2025-04-14
closes = 2025-04-18

[[waves]]
label = "residents-pre"
instrument = "neighborhood"
group = "residents"
occasion = "pre"
respondents = "new sample"
opens = 2025-02-01
closes = 2025-02-28
population = "residents of Eastbank and Northgate"
planned = 120

[[waves]]
label = "fall-pre"
instrument = "academy"
group = "fall"
occasion = "pre"
opens = 2025-02-03
closes = 2025-02-07
population = "the 28 people of the class"
planned = 28
entry = "code card"
"""


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed slowly on purpose; tests need not wait for that."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(1, 8, 1))
    monkeypatch.setattr(passwords, "_AT_ONCE", threading.BoundedSemaphore(2))


@pytest.fixture
def study(study_folder: Path) -> Study:
    """A small study on 4 February 2025: open are

    - spring-pre: academy, open link;
    - residents-pre: neighborhood, open link, with the places eastbank and northgate;
    - fall-pre: academy, code card.

    spring-post is planned for April.
    """
    (study_folder / "surveys").mkdir(exist_ok=True)
    for path in (ROOT / "surveys").glob("*.yaml"):
        shutil.copyfile(path, study_folder / "surveys" / path.name)
    settings = study_folder / "study.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + WAVES, encoding="utf-8")
    return open_study(study_folder)


@pytest.fixture
def app(study: Study) -> Starlette:
    """The application of that study; its clock stands at noon of 4 February 2025."""
    return make_app(study, now=lambda: NOON)


@pytest.fixture
def desk(app: Starlette) -> Desk:
    """What the pages of that application share."""
    return app.state.desk


def computer(app: Starlette, address: str = "127.0.0.1") -> TestClient:
    """A browser on a computer with that address, which follows no redirect by itself."""
    return TestClient(app, client=(address, 50_000), follow_redirects=False)


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    """A browser on this computer, not signed in; the writer runs."""
    with computer(app) as browser:
        yield browser


@pytest.fixture
def another(client: TestClient, app: Starlette) -> Callable[..., TestClient]:
    """another("192.168.1.20") -> a browser of its own on the computer with that address."""
    return lambda address="127.0.0.1": computer(app, address)


@pytest.fixture
def signed_in(another: Callable[..., TestClient], desk: Desk) -> Callable[..., TestClient]:
    """signed_in("coordinator") -> a browser in which the user Coordinator is signed in."""

    def sign_in(*roles: str, name: str = "") -> TestClient:
        name = name or roles[0].title()
        browser = another()
        browser.cookies.set("desk-session", session_of(desk, *roles, name=name))
        return browser

    return sign_in


def session_of(desk: Desk, *roles: str, name: str) -> str:
    """The cookie of a new session of a user, who is made if need be."""
    try:
        password = passwords.hashed(PASSWORD)
        add_user(desk.engine, name=name, roles=roles, password=password, by="Tests")
    except DataError:
        pass  # it is a user already
    return start_session(desk.engine, name, now=desk.now())


def token_on(text: str) -> str:
    """What the forms of a page send back to show that they are ours."""
    found = re.search(r'name="csrf" value="([^"]+)"', text)
    assert found, "there is no form on this page:\n" + text[:2000]
    return found[1]


@pytest.fixture
def send() -> Callable[..., object]:
    """send(browser, url, {...}) -> load a page and send its form, as a person would.

    ``page``: where the form stands, by default the address that it is sent to. ``files``: uploads
    as in httpx.
    """

    def send(browser: TestClient, url: str, fields: dict[str, object] | None = None, *,
             page: str = "", files: object = None) -> object:  # fmt: skip
        shown = browser.get(page or url)
        assert shown.status_code == 200, f"{page or url}: {shown.status_code}\n{shown.text[:2000]}"
        return browser.post(url, data={"csrf": token_on(shown.text), **(fields or {})}, files=files)

    return send


@dataclass(frozen=True, kw_only=True)
class Served:
    """An application that a real server serves."""

    url: str  # http://127.0.0.1:PORT
    app: Starlette

    @property
    def desk(self) -> Desk:
        return self.app.state.desk


@contextmanager
def serving(app: Starlette) -> Iterator[Served]:
    """Serve an application in a thread, on any free port."""
    with bound("127.0.0.1", 0) as door:
        server = server_of(app, Serving())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server did not start in 20 s"
            time.sleep(0.01)
        try:
            yield Served(url=f"http://127.0.0.1:{door.getsockname()[1]}", app=app)
        finally:
            server.should_exit = True
            thread.join(timeout=30)
            assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def serve_study() -> Iterator[Callable[..., Served]]:
    """serve_study(study, now=...) -> it is served until the test ends."""
    with ExitStack() as stack:
        yield lambda study, **options: stack.enter_context(
            serving(make_app(study, **({"now": lambda: NOON} | options)))
        )


@pytest.fixture
def served(study: Study, serve_study: Callable[..., Served]) -> Served:
    """The small study, served."""
    return serve_study(study)


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, by Playwright; one for the tests of a file.

    Not for the whole session: while it runs, asyncio.run() does not work in this thread.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        _missing("Chromium")
    from playwright.sync_api import Locator, sync_playwright

    click = Locator.click

    def click_and_wait(self: Locator, **options: object) -> None:
        """A click returns when the next page has begun: on a busy machine it is still empty."""
        click(self, **options)
        self.page.wait_for_load_state()

    switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars"]  # fmt: skip
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", click_and_wait)
        found = playwright.chromium.launch(executable_path=chromium, args=switches)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: object) -> Iterator[Callable[..., object]]:
    """new_page(width=390, height=844, session="", served=None, javascript=True) -> a page."""
    with ExitStack() as stack:

        def open_page(
            *, width: int = 390, height: int = 844, served: Served | None = None,
            session: str = "", javascript: bool = True,
        ) -> object:  # fmt: skip
            context = browser.new_context(
                viewport={"width": width, "height": height}, java_script_enabled=javascript
            )
            stack.callback(context.close)
            if served and session:
                cookie = {"name": "desk-session", "value": session, "url": served.url}
                context.add_cookies([cookie])
            return context.new_page()

        yield open_page


@pytest.fixture(scope="session")
def axe() -> Callable[[object], list[str]]:
    """axe(page) -> what a reader with a disability would stumble over; must be []."""
    if not AXE.exists():
        _missing("axe-core (make oracle)")
    source = AXE.read_text(encoding="utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def run(page: object) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(source)
        found = page.evaluate(
            "tags => axe.run(document, {resultTypes: ['violations'], "
            "runOnly: {type: 'tag', values: tags}})",
            tags,
        )
        return [
            f"{fault['id']}: {fault['help']}: {node['html'][:300]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    return run


def expect(seen: object) -> object:
    """Wait for what a page shall show, as Playwright does, so that a busy machine fails nothing."""
    from playwright.sync_api import expect as waiting

    waiting.set_options(timeout=20_000)
    return waiting(seen)


@pytest.fixture
def web() -> SimpleNamespace:
    """The functions above that tests of several rooms call: web.token_on(text) and others."""
    return SimpleNamespace(
        computer=computer, session_of=session_of, token_on=token_on, serving=serving,
        expect=expect, PASSWORD=PASSWORD, NOON=NOON,
    )  # fmt: skip
