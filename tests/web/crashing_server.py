"""A server that kills itself, hard, at a moment that its first line of input names.

It says "ready" and its number once everything is loaded, and then waits for "MOMENT NUMBER".
MOMENT is one of the writer's, "half a reply", or "never". It serves at the socket that it was
handed. With "early" as its last argument it replies before it commits, as a server must not: the
tests must notice.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from outcomes.store.group_writer import GroupWriter, _tell, _Waiting
from outcomes.study import open_study
from outcomes.web.app import make_app


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # the signal comes before this ends


def counter(left: dict[str, int]) -> Callable[[str], None]:
    def at(reached: str) -> None:
        if reached in left:
            left[reached] -= 1
            if left[reached] == 0:
                die()

    return at


class HalfReplies:
    """Sends half of a reply, sees that it has left, and dies."""

    def __init__(self, app: ASGIApp, at: Callable[[str], None]) -> None:
        self.app, self.at = app, at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def half(message: Message) -> None:
            body = message.get("body", b"")
            if body and scope["method"] == "POST":
                await send({**message, "body": body[: len(body) // 2], "more_body": True})
                self.at("half a reply")
                await send({**message, "body": body[len(body) // 2 :]})
            else:
                await send(message)

        await self.app(scope, receive, half if scope["type"] == "http" else send)


def reply_early(writer: GroupWriter) -> None:
    commit = writer._write

    def too_early(batch: list[_Waiting]) -> None:
        for one in batch:
            if one.loop is None:
                _tell([(one.reply, "new")])
            else:
                one.loop.call_soon_threadsafe(_tell, [(one.reply, "new")])
        time.sleep(0.3)  # the replies leave
        commit([_Waiting(one.submission, Future()) for one in batch])

    writer._write = too_early  # type: ignore[method-assign]


def main() -> None:
    folder, descriptor, *how = sys.argv[1:]
    left: dict[str, int] = {}
    at = counter(left)
    app = make_app(open_study(Path(folder)), at=at)
    sys.stdout.write(f"ready {os.getpid()}\n")
    sys.stdout.flush()
    moment, _, number = sys.stdin.readline().strip().rpartition(" ")
    left[moment] = int(number)
    if "early" in how:
        reply_early(app.state.desk.writer)
    config = uvicorn.Config(HalfReplies(app, at), log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


main()
