"""500 respondents who send at once, 10 forms of 250 answers each: is every one of them kept?

Run: python benchmarks/survey_load.py [--prototype FILE] [--rounds 3]. The server is ours, as
`outcomes serve` runs it, with the address to which tablets send; the peer is a prototype that was
written before it (one table, no sign-in, nothing checked), served in the same way and sent the
same answers by the same client in the same run. Everything runs on this one machine.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import aiohttp

ROOT = Path(__file__).resolve().parents[1]
RESPONDENTS, FORMS, ANSWERS = 500, 10, 250
PASSWORD = "four words of a tablet"
SLOWEST = 2.0  # seconds that 99 of 100 may wait at most
Side = Literal["ours", "prototype"]
LONG = {  # an instrument with that many items; JSON is YAML, too
    "id": "long",
    "version": "1",
    "title::en": "A long survey",
    "languages": ["en"],
    "population": "personnel",
    "source": {"construct": "patience", "items": "own items"},
    "licence": "MIT",
    "notice::en": "Taking part is your choice.",
    "choices": {"five": [{"name": str(n), "label::en": str(n)} for n in range(1, 6)]},
    "missing": [-9],
    "items": [
        {"name": f"q{n}", "type": "select_one five", "label::en": f"Question {n}"}
        for n in range(ANSWERS)
    ],
}


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one run came to."""

    seconds: float
    waits: list[float]  # seconds, in ascending order
    statuses: Counter[int]
    stored: int
    cpu: float  # seconds of CPU that the server took; NaN where the system does not tell

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds

    def wait(self, share: float) -> float:
        return self.waits[min(len(self.waits) - 1, int(len(self.waits) * share))]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One form, ready to be sent, so that making it is not timed."""

    body: bytes
    headers: dict[str, str]


def serve(side: Side, place: Path, descriptor: int) -> None:
    """Be the server, until killed."""
    from outcomes.web.serve import Serving, server_of, settle_memory

    if side == "ours":
        from outcomes.study import open_study
        from outcomes.web.app import make_app

        app = make_app(open_study(place))
    else:
        sys.path.insert(0, str(place.parent))
        app = __import__(place.stem).app
    settle_memory()
    server_of(app, Serving()).run(sockets=[socket.socket(fileno=descriptor)])


def new_study(folder: Path) -> None:
    """Make a study with one open wave and one interviewer."""
    from outcomes.pipeline.users import add_user, set_up
    from outcomes.study import open_study, study_key
    from outcomes.web.passwords import hashed

    (folder / "surveys").mkdir(parents=True)
    (folder / "surveys" / "long.yaml").write_text(json.dumps(LONG), encoding="utf-8")
    shutil.copyfile(ROOT / "walk_rules.toml", folder / "walk_rules.toml")
    first, last = date.today() - timedelta(days=30), date.today() + timedelta(days=30)
    (folder / "study.toml").write_text(
        f'[study]\nname = "Load"\nagency = "An agency"\nfirst = {first}\nlast = {last}\n'
        'time_zone = "UTC"\n\n[[waves]]\nlabel = "class-pre"\ninstrument = "long"\n'
        f'group = "class"\noccasion = "pre"\nopens = {first}\ncloses = {last}\n\n'
        '[walks]\nrules = "walk_rules.toml"\n',
        encoding="utf-8",
    )
    study = open_study(folder)
    study_key(study)
    set_up(study.store, name="ana", password=hashed(PASSWORD))
    add_user(study.store, name="ines", roles=["interviewer"], password=hashed(PASSWORD), by="ana")


def forms(side: Side, many: int) -> list[Sent]:
    """Make forms: what a tablet sends, or what the prototype takes, with as many answers."""
    chance = random.Random(7)
    made = []
    for _ in range(many):
        instance = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        answers = {f"q{n}": str(chance.randint(1, 5)) for n in range(ANSWERS)}
        made.append(_to_us(instance, answers) if side == "ours" else _to_it(instance, answers))
    return made


def _to_it(instance: str, answers: dict[str, str]) -> Sent:
    return Sent(body=json.dumps(answers).encode(), headers={"X-Instance-Id": instance})


def _to_us(instance: str, answers: dict[str, str]) -> Sent:
    nodes = "".join(f"<{name}>{answer}</{name}>" for name, answer in answers.items())
    xml = (
        f'<?xml version=\'1.0\' ?><data id="class-pre" version="1">{nodes}'
        f"<meta><instanceID>uuid:{instance}</instanceID></meta></data>"
    )
    body = (
        '--b0undary\r\nContent-Disposition: form-data; name="xml_submission_file"; '
        f'filename="f.xml"\r\nContent-Type: text/xml\r\n\r\n{xml}\r\n--b0undary--\r\n'
    )
    headers = {
        "Content-Type": "multipart/form-data; boundary=b0undary",
        "Authorization": aiohttp.encode_basic_auth("ines", PASSWORD),
        "X-OpenRosa-Version": "1.0",
    }
    return Sent(body=body.encode(), headers=headers)


@dataclass(frozen=True, kw_only=True)
class Server:
    """One side, served by a process of its own."""

    url: str  # to send to
    process: int

    def cpu_seconds(self) -> float:
        """Say how much CPU time it took so far, in steps of a hundredth of a second."""
        try:
            told = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        except OSError:  # this system has no /proc
            return float("nan")
        numbers = told.rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")


async def send(server: Server, sent: list[Sent]) -> tuple[float, float, list[float], Counter[int]]:
    """Let every respondent send their forms, one after the other, all respondents at once."""
    waits: list[float] = []
    statuses: Counter[int] = Counter()

    async def post(session: aiohttp.ClientSession, one: Sent) -> int:
        async with session.post(server.url, data=one.body, headers=one.headers) as reply:
            await reply.read()
            return reply.status

    async def respondent(session: aiohttp.ClientSession, own: list[Sent]) -> None:
        for one in own:
            start = time.perf_counter()
            statuses[await post(session, one)] += 1
            waits.append(time.perf_counter() - start)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        for one in sent[:20]:  # warm; not counted
            await post(session, one)
        own = [sent[n : n + FORMS] for n in range(20, len(sent), FORMS)]
        start, cpu = time.perf_counter(), server.cpu_seconds()
        await asyncio.gather(*(respondent(session, each) for each in own))
        seconds, cpu = time.perf_counter() - start, server.cpu_seconds() - cpu
        return seconds, cpu, sorted(waits), statuses


@contextmanager
def served(side: Side, place: Path, store: Path) -> Iterator[Server]:
    """Serve one side in a process of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        command = [sys.executable, __file__, "--serve", side, str(place), str(door.fileno())]
        told = {**os.environ, "DB": str(store), "SYNC": "FULL", "GROUP": "1"}
        server = subprocess.Popen(command, pass_fds=[door.fileno()], env=told)
        path = "openrosa/submission" if side == "ours" else "s/class-pre"
        try:
            url = f"http://127.0.0.1:{door.getsockname()[1]}/{path}"
            yield Server(url=url, process=server.pid)
        finally:
            server.kill()  # hard: what it said it has, it must have
            server.wait()


def load(side: Side, *, prototype: Path | None = None) -> Load:
    """Put one side under load, kill it, and count what it kept."""
    sent = forms(side, RESPONDENTS * FORMS + 20)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "study"
        if side == "ours":
            new_study(folder)
            place, store, table = folder, folder / "data" / "study.db", "submissions"
        else:
            place, store, table = prototype or folder, Path(temporary) / "peer.db", "sub"
        with served(side, place, store) as server:
            seconds, cpu, waits, statuses = asyncio.run(send(server, sent))
        with closing(sqlite3.connect(store)) as kept:
            (stored,) = kept.execute(f"SELECT count(DISTINCT instance) FROM {table}").fetchone()
    return Load(seconds=seconds, waits=waits, statuses=statuses, stored=stored - 20, cpu=cpu)


def survey_load(prototype: Path) -> tuple[str, str, float, float]:
    """Compare both, in turns; the better of two each, as elsewhere here."""
    ours, peer = [], []
    for _ in range(2):
        peer.append(load("prototype", prototype=prototype).seconds)
        ours.append(checked(load("ours")).seconds)
    work = f"{RESPONDENTS} at once x {FORMS} forms of {ANSWERS} answers"
    return work, "prototype, nothing checked", min(ours), min(peer)


def checked(run: Load) -> Load:
    """Stop where anything was lost or anybody waited too long."""
    many = RESPONDENTS * FORMS
    if run.statuses != {201: many} or run.stored != many:
        raise SystemExit(f"of {many} forms, {run.stored} are stored; statuses {run.statuses}")
    if run.wait(0.99) > SLOWEST:
        raise SystemExit(f"one of 100 waited {run.wait(0.99):.2f} s, more than {SLOWEST} s")
    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--prototype", type=Path, help="the peer's file; without it, only ours")
    parser.add_argument("--rounds", type=int, default=1)
    given = parser.parse_args()
    if given.serve:
        side, place, descriptor = given.serve
        serve(side, Path(place), int(descriptor))
        return
    sides: list[Side] = ["ours", "prototype"] if given.prototype else ["ours"]
    print("| server | forms/s | its CPU, s | median wait, s | p95 | p99 | longest ", end="")
    print("| statuses | stored |")
    print("|---|---|---|---|---|---|---|---|---|")
    for _ in range(given.rounds):
        for side in sides:
            run = load(side, prototype=given.prototype)
            waits = " | ".join(f"{run.wait(share):.2f}" for share in (0.5, 0.95, 0.99, 1))
            statuses = ", ".join(f"{status} x {n}" for status, n in run.statuses.items())
            rate = f"{run.per_second:.0f} | {run.cpu:.2f}"
            print(f"| {side} | {rate} | {waits} | {statuses} | {run.stored} |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
