"""What a server acknowledged is stored, at whatever moment it is killed."""

import asyncio
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import aiohttp
import pytest
from respondent import PageForms

from outcomes.pipeline.users import add_user, set_up
from outcomes.study import open_study, study_key
from outcomes.web.passwords import hashed
from outcomes.web.respond.links import ANSWERING

ROOT = Path(__file__).resolve().parents[2]
SERVER = Path(__file__).with_name("crashing_server.py")
PASSWORD = "four words of a tablet"
MOMENTS = ("before begin", "after insert", "after commit", "half a reply", "at any moment")
SETTINGS = """\
[study]
name = "Crashes"
agency = "An agency"
first = {first}
last = {last}
time_zone = "America/New_York"

[[waves]]
label = "class-pre"
instrument = "academy"
group = "class"
occasion = "pre"
opens = {first}
closes = {last}

[walks]
rules = "walk_rules.toml"
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with an open wave and an interviewer, in which nothing was answered yet."""
    folder = tmp_path_factory.mktemp("crashes") / "study"
    (folder / "surveys").mkdir(parents=True)
    shutil.copyfile(ROOT / "surveys" / "academy.yaml", folder / "surveys" / "academy.yaml")
    shutil.copyfile(ROOT / "walk_rules.toml", folder / "walk_rules.toml")
    first, last = date.today() - timedelta(days=30), date.today() + timedelta(days=30)
    text = SETTINGS.format(first=first, last=last)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = open_study(folder)
    study_key(study)
    password = hashed(PASSWORD)
    set_up(study.store, name="ana", password=password)
    add_user(study.store, name="ines", roles=["interviewer"], password=password, by="ana")
    return folder


@pytest.fixture
def folder(fresh: Path, tmp_path: Path) -> Path:
    shutil.copytree(fresh, tmp_path / "study")
    return tmp_path / "study"


@dataclass
class Served:
    """A server that is started anew whenever it was killed, always at the same address."""

    folder: Path
    listening: socket.socket
    how: tuple[str, ...] = ()
    before: tuple[str, ...] = ()  # a command that the server runs under
    loaded: list[subprocess.Popen[bytes]] = field(default_factory=list)
    serving: int = 0  # its process, which is not that of the command it runs under
    deaths: Counter[str] = field(default_factory=Counter)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/openrosa/submission"

    def prepare(self) -> None:
        """Load the next server, which serves only when it is told to."""
        descriptor = self.listening.fileno()
        command = [*self.before, sys.executable, SERVER, self.folder, str(descriptor), *self.how]
        self.loaded.append(
            subprocess.Popen(
                list(map(str, command)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[descriptor],
            )
        )

    def serve(self, moment: str, number: int) -> subprocess.Popen[bytes]:
        """Let the loaded server serve until it dies at a moment."""
        server = self.loaded[-1]
        assert server.stdin is not None
        assert server.stdout is not None
        ready, process = server.stdout.readline().split()
        assert ready == b"ready"
        self.serving = int(process)
        server.stdin.write(f"{moment} {number}\n".encode())
        server.stdin.flush()
        return server


@contextmanager
def served(folder: Path, *how: str, before: tuple[str, ...] = ()) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        servers = Served(folder, listening, how, before)
        try:
            servers.prepare()
            yield servers
        finally:
            for server in servers.loaded:
                if before and server.poll() is None:
                    os.kill(servers.serving, signal.SIGKILL)  # it would outlive the command
                else:
                    server.kill()
                server.communicate(timeout=30)


def form(instance: str, answers: dict[str, str]) -> bytes:
    nodes = "".join(f"<{name}>{answer}</{name}>" for name, answer in answers.items())
    return (
        f'<data id="class-pre" version="1">{nodes}'
        f"<meta><instanceID>uuid:{instance}</instanceID></meta></data>"
    ).encode()


class Tablets:
    """Many tablets; each sends its forms one after the other, each until it is acknowledged."""

    def __init__(self, address: str, *, patient: bool = True) -> None:
        self.address = address
        self.patient = patient  # whether a form that was cut off is sent again
        self.chance = random.Random(20261122)
        self.sent: dict[str, dict[str, str]] = {}
        self.acknowledged: dict[str, int] = {}
        self.cut_off = 0

    async def send_all(self, tablets: int, *, forms: int) -> None:
        async with self.session() as session:
            await asyncio.gather(*(self.one(session, forms) for _ in range(tablets)))

    def session(self) -> aiohttp.ClientSession:
        who = aiohttp.encode_basic_auth("ines", PASSWORD)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=60),
            headers={"Authorization": who, "X-OpenRosa-Version": "1.0"},
        )

    async def one(self, session: aiohttp.ClientSession, forms: int) -> None:
        for _ in range(forms):
            instance = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
            answers = {f"q{n}": str(self.chance.randint(1, 5)) for n in range(30)}
            self.sent[instance] = answers
            while instance not in self.acknowledged:
                try:
                    status = await self.post(session, instance, answers)
                except (aiohttp.ClientError, OSError):
                    self.cut_off += 1  # the server died
                    if not self.patient:
                        return
                    await asyncio.sleep(0.05)
                    continue
                assert status in {201, 202}, status
                self.acknowledged[instance] = status

    async def post(
        self, session: aiohttp.ClientSession, instance: str, answers: dict[str, str]
    ) -> int:
        data = aiohttp.FormData(quote_fields=False)
        data.add_field(
            "xml_submission_file",
            form(instance, answers),
            filename="f.xml",
            content_type="text/xml",
        )
        async with session.post(self.address, data=data) as reply:
            await reply.read()
            return reply.status


class Respondents:
    """People with browsers; each answers page after page, and sends a page until it is taken."""

    def __init__(self, address: str) -> None:
        self.front = address.replace("/openrosa/submission", "/s/class-pre")
        self.chance = random.Random(7)
        self.acknowledged: dict[tuple[str, str], dict[str, str]] = {}  # by form and page
        self.cut_off = 0

    async def answer_all(self, people: int) -> None:
        await asyncio.gather(*(self.one() for _ in range(people)))

    async def one(self) -> None:
        jar = aiohttp.CookieJar(unsafe=True)  # it is of no named host
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            _, text = await self.ask(session, self.front)
            form = PageForms(text).forms[0]
            fields = [*map(tuple, form["fields"]), ("do", "begin")]
            _, text = await self.ask(session, form["action"], fields)
            instance = next(each.value for each in jar if each.key == ANSWERING)
            link = re.search(r'class="button" href="([^"]+)"', text)
            assert link, text
            page = link[1]
            while not page.endswith(("/send", "/end")):
                page = await self.save(session, page, instance)
            _, text = await self.ask(session, page)
            fields = [*map(tuple, PageForms(text).forms[0]["fields"]), ("do", "send")]
            end, _ = await self.ask(session, page, fields)
            assert end.endswith("/end")
            self.acknowledged[instance, "end"] = {}

    async def save(self, session: aiohttp.ClientSession, page: str, instance: str) -> str:
        """Answer a page and send it; says which page is next."""
        _, text = await self.ask(session, page)
        form = next(form for form in PageForms(text).forms if form["id"] == "page")
        chosen = {
            name: self.chance.choice([value for kind, value in inputs if kind == "radio"])
            for name, inputs in form["inputs"].items()
            if name.startswith("a.") and inputs[0][0] == "radio"
        }
        fields = [*map(tuple, form["fields"]), *chosen.items(), ("do", "next")]
        following, text = await self.ask(session, form["action"], fields)
        assert following, text
        part = dict(form["fields"])["part"]
        answers = {name.removeprefix("a."): value for name, value in chosen.items()}
        self.acknowledged[instance, part] = answers
        return following

    async def ask(
        self,
        session: aiohttp.ClientSession,
        page: str,
        fields: list[tuple[str, ...]] | None = None,
    ) -> tuple[str, str]:
        """Get or send a page, as often as it takes; gives where a 303 leads, and the text."""
        url = self.front.partition("/s/")[0] + page.removeprefix(self.front.partition("/s/")[0])
        while True:
            try:
                async with session.request(
                    "POST" if fields else "GET", url, data=fields, allow_redirects=False
                ) as reply:
                    text = await reply.text()
            except (aiohttp.ClientError, OSError):
                self.cut_off += 1
                await asyncio.sleep(0.05)
                continue
            assert reply.status in {200, 303}, text
            return reply.headers.get("Location", ""), text


def pages_lost(people: Respondents, folder: Path) -> set[tuple[str, str]]:
    """Compare the pages that were acknowledged with those that are stored, each once."""
    with closing(sqlite3.connect(folder / "data" / "study.db")) as store:
        query = "SELECT instance, part, body FROM submissions WHERE way = 'web'"
        rows = [((instance, part), body) for instance, part, body in store.execute(query)]
    kept = {name: json.loads(body).get("answers", {}) for name, body in rows}
    assert len(rows) == len(kept)
    told = people.acknowledged
    assert told == {name: kept.get(name, answers) for name, answers in told.items()}
    return told.keys() - kept.keys()


def stored(folder: Path) -> tuple[list[tuple[str, dict[str, str]]], str]:
    """What a plain reader finds: each form with its answers, and whether the file is sound."""
    with closing(sqlite3.connect(folder / "data" / "study.db")) as store:
        query = "SELECT instance, body FROM submissions WHERE way = 'tablet'"
        rows = store.execute(query).fetchall()
        (sound,) = store.execute("PRAGMA integrity_check").fetchone()
    found = []
    for instance, body in rows:
        content = json.loads(body)
        found.append((instance, content["answers"] | content.get("other", {})))
    return found, sound


def lost(tablets: Tablets, folder: Path) -> set[str]:
    """Compare what was acknowledged with what is stored; nothing may be double or altered."""
    rows, sound = stored(folder)
    assert sound == "ok"
    assert len(rows) == len(dict(rows))
    assert tablets.sent == {name: dict(rows).get(name, sent) for name, sent in tablets.sent.items()}
    return set(tablets.acknowledged) - dict(rows).keys()


async def through_deaths(
    servers: Served, work: Coroutine[None, None, object], *, plan: list[tuple[str, int]]
) -> None:
    """Let the server die by the plan, and start it anew each time, while work is done with it."""
    sending = asyncio.create_task(work)
    for moment, number in [*plan, ("never", 0)]:
        server = await asyncio.to_thread(servers.serve, moment, number)
        if moment != "never":
            servers.prepare()  # the next one loads while this one serves
        if moment == "at any moment":
            await asyncio.sleep(number / 10)
            server.kill()
        while server.poll() is None and not sending.done():
            await asyncio.sleep(0.01)
        if sending.done():
            break
        assert server.returncode == -signal.SIGKILL
        servers.deaths[moment] += 1
    await sending


def test_what_was_acknowledged_is_stored_once_wherever_the_server_is_killed(folder: Path) -> None:
    chance = random.Random(6)
    plan = [(moment, chance.randint(2, 3)) for moment in MOMENTS]
    chance.shuffle(plan)
    plan = [(m, n * 40 if m == "half a reply" else n) for m, n in plan]  # it counts replies
    with served(folder) as servers:
        tablets = Tablets(servers.address)
        asyncio.run(through_deaths(servers, tablets.send_all(100, forms=20), plan=plan))
        alike, unlike = asyncio.run(storm(servers.address))
    assert len(tablets.acknowledged) == 2000
    assert servers.deaths == dict.fromkeys(MOMENTS, 1)
    assert tablets.cut_off >= len(MOMENTS)
    # some were committed by a server that died before it could say so
    assert Counter(tablets.acknowledged.values())[202] > 0
    assert Counter(alike) == {201: 1, 202: 49}
    assert Counter(unlike) == {201: 1, 409: 4}
    assert lost(tablets, folder) == set()
    assert len(stored(folder)[0]) == 2000 + 2


def test_a_page_that_a_respondent_was_led_on_from_is_stored_wherever_the_server_is_killed(
    folder: Path,
) -> None:
    plan = [("after insert", 3), ("after commit", 3), ("before begin", 2)]  # of nine at least
    with served(folder) as servers:
        people = Respondents(servers.address)
        asyncio.run(through_deaths(servers, people.answer_all(10), plan=plan))
    assert sum(part == "end" for _, part in people.acknowledged) == 10
    assert servers.deaths == {moment: 1 for moment, _ in plan}
    assert people.cut_off >= len(plan)
    assert pages_lost(people, folder) == set()


async def storm(address: str) -> tuple[list[int], list[int]]:
    """Send fifty times the same form at once, and five different ones under one name."""
    tablets = Tablets(address)
    same, other = str(uuid.UUID(int=1, version=4)), str(uuid.UUID(int=2, version=4))
    async with tablets.session() as session:
        alike = [tablets.post(session, same, {"q1": "3"}) for _ in range(50)]
        unlike = [tablets.post(session, other, {"q1": str(n)}) for n in range(5)]
        replies = await asyncio.gather(*alike, *unlike)
    return replies[:50], replies[50:]


def test_a_server_that_replies_before_it_commits_is_found_out(folder: Path) -> None:
    """The test above can fail: with the reply before the commit, acknowledged forms are lost."""
    with served(folder, "early") as servers:
        servers.serve("after insert", 2)
        tablets = Tablets(servers.address, patient=False)
        asyncio.run(tablets.send_all(20, forms=5))
    assert tablets.acknowledged
    assert lost(tablets, folder) != set()


def why_no_trace() -> str:
    """strace tells which calls a process makes; it is not everywhere, nor everywhere allowed."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    tried = subprocess.run([strace, "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "strace may not look at processes here"


@pytest.mark.skipif(bool(why_no_trace()), reason=why_no_trace() or "it can be traced")
def test_the_disk_has_a_form_before_its_sender_is_told(folder: Path, tmp_path: Path) -> None:
    """Killing a process loses nothing that the kernel holds; a power cut does. So: the sync."""
    trace = tmp_path / "trace"
    calls = "trace=fdatasync,fsync,read,recvfrom,write,writev,sendto,sendmsg"
    command = ("strace", "-f", "-y", "-s", "20", "-e", calls, "-o", str(trace))
    with served(folder, before=command) as servers:
        servers.serve("never", 0)
        asyncio.run(Tablets(servers.address).send_all(1, forms=3))
    assert synced_before_each_reply(trace.read_text(encoding="utf-8")) == [True] * 3


def synced_before_each_reply(trace: str) -> list[bool]:
    """Say of each form whether the store's log was synced between its arrival and the reply."""
    said: list[bool] = []
    synced = False
    for line in trace.splitlines():
        if '"POST /openrosa/' in line:
            synced = False
        elif re.search(r"f(data)?sync(\(\d+<[^>]*study\.db-wal>| resumed>)\)\s+= 0", line):
            synced = True
        elif "HTTP/1.1 201" in line:
            said.append(synced)
    return said


def test_a_trace_in_which_the_reply_comes_first_is_told_from_one_in_which_it_comes_last() -> None:
    came = '7 read(9<socket:[1]>, "POST /openrosa/submi"..., 65536) = 900\n'
    sync = "8 fdatasync(5</tmp/study.db-wal>) = 0\n"
    told = '7 write(9<socket:[1]>, "HTTP/1.1 201 Created"..., 400) = 400\n'
    assert synced_before_each_reply(came + sync + told + came + told + sync) == [True, False]
