"""A server on this machine that plays the registry from records of the tests' own making, with every way it can fail."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

JSON = "application/json"


def study(nct: str, **more: object) -> dict[str, object]:
    """A record with as little as a refresh needs."""
    identity = {
        "nctId": nct,
        "briefTitle": f"Study {nct}",
        **({"nctIdAliases": more.pop("aliases")} if "aliases" in more else {}),
    }
    status = {"overallStatus": "RECRUITING", "lastUpdatePostDateStruct": {"date": "2026-10-30", "type": "ACTUAL"}, **more}
    return {"protocolSection": {"identificationModule": identity, "statusModule": status}, "hasResults": False}


@dataclass
class Reply:
    """What goes over the wire."""

    status: int = 200
    body: bytes = b""
    kind: str | None = JSON
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None  # a Content-Length that is not the body's
    drip: threading.Event | None = None  # a byte at a time until it is set

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> Reply:
        return cls(status, json.dumps(value).encode(), headers=headers)

    @classmethod
    def text(cls, status: int, words: str, **headers: str) -> Reply:
        return cls(status, words.encode(), "text/plain", headers)

    @classmethod
    def zipped(cls, body: bytes, encoding: str = "gzip") -> Reply:
        return cls(200, body, headers={"Content-Encoding": encoding})


@dataclass
class PlayingRegistry:
    """`first` replies go out one a request before the registry plays as it should; `refuses` says who gets a 403."""

    studies: dict[str, dict[str, object]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    stamp: str = "2026-11-20T09:00:05"
    page: int = 1000
    empty_page: bool = False
    bad_ids: frozenset[str] = frozenset()
    first: list[Reply] = field(default_factory=list)
    refuses: Callable[[int, str], bool] = lambda count, agent: False
    always: Callable[[str], Reply | None] = lambda path: None
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    cookies: list[str | None] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    base: str = ""

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def answer(self, target: str, agent: str) -> Reply:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/api/v2")
        self.requests.append((path, query))
        self.agents.append(agent)
        self.asked.set()
        if self.refuses(len(self.requests), agent):
            return Reply(403, b"<html>no</html>", "text/html")
        if self.first:
            return self.first.pop(0)
        return self.always(path) or self.play(path, query)

    def play(self, path: str, query: dict[str, str]) -> Reply:
        if path == "/version":
            return Reply.of({"apiVersion": "2.0.3", "dataTimestamp": self.stamp})
        if path == "/studies":
            return self.search(query)
        number = path.removeprefix("/studies/")
        if number in self.bad_ids:
            return Reply.text(400, "Parameter `nctId` has incorrect format")
        if number in self.aliases:
            return Reply(301, headers={"Location": f"/api/v2/studies/{self.aliases[number]}"})
        if number in self.studies:
            return Reply.of(self.studies[number])
        return Reply.text(404, f"NCT number {number} not found")

    def search(self, query: dict[str, str]) -> Reply:
        ids = query["filter.ids"].split(",")
        if self.bad_ids.intersection(ids):
            return Reply.text(400, "Parameter `filter.ids` has incorrect format")
        found = [self.studies[each] for each in ids if each in self.studies]
        token = query.get("pageToken", "start")
        if self.empty_page and token == "start":
            return Reply.of({"studies": [], "nextPageToken": "p0"})
        start = 0 if token == "start" else int(token.removeprefix("p"))
        page: dict[str, object] = {"studies": found[start : start + self.page]}
        if start + self.page < len(found):
            page["nextPageToken"] = f"p{start + self.page}"
        return Reply.of(page)

    def __enter__(self) -> PlayingRegistry:
        playing = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                playing.cookies.append(self.headers.get("Cookie"))
                reply = playing.answer(self.path, self.headers.get("User-Agent", ""))
                self.close_connection = True
                with suppress(OSError):  # the client may have gone
                    self.send_response(reply.status)
                    if reply.kind:
                        self.send_header("Content-Type", reply.kind)
                    for name, value in reply.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body) if reply.promised is None else reply.promised))
                    self.send_header("Connection", "close")
                    self.end_headers()
                    if reply.drip:
                        while not reply.drip.wait(0.01):
                            self.wfile.write(b" ")
                    self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}/api/v2"
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@dataclass
class Clock:
    """A clock that only sleeping moves."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def packed(value: object) -> bytes:
    return gzip.compress(json.dumps(value).encode(), mtime=0)
