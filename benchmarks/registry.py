"""A server on this machine that answers a refresh as the registry would, from records made up on the spot."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["linking", "registry"]


def _study(nct: str) -> dict[str, object]:
    """A record as long as those of the registry are, where only what a refresh asks for is asked for."""
    day = {"date": "2027-06-30", "type": "ESTIMATED"}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": nct, "briefTitle": f"A Study of Product {nct} in Relapsed Disease"},
            "statusModule": {
                "overallStatus": "RECRUITING",
                "startDateStruct": {"date": "2024-01", "type": "ACTUAL"},
                "primaryCompletionDateStruct": day,
                "completionDateStruct": day,
                "lastUpdatePostDateStruct": {"date": "2026-11-01", "type": "ACTUAL"},
            },
            "sponsorCollaboratorsModule": {"leadSponsor": {"name": "Sponsor"}},
            "designModule": {"phases": ["PHASE2"], "enrollmentInfo": {"count": 120, "type": "ESTIMATED"}},
            "armsInterventionsModule": {"interventions": [{"type": "BIOLOGICAL", "name": f"Product {nct}"}]},
            "outcomesModule": {"primaryOutcomes": [{"measure": f"Overall response rate, outcome {each}"} for each in range(5)]},
            "contactsLocationsModule": {"locations": [{"country": "United States"} for _ in range(40)]},
        },
        "hasResults": False,
    }


def linking(path: Path, programs: int, *, known: bool) -> Path:
    """Write a watchlist of programs that link a trial each; `known`: with the registry's data, but for one in ten."""
    out = []
    for number in range(programs):
        nct = f"NCT{number:08}"
        out.append(f'[[program]]\nid = "p{number}"\nname = "Cellectis {number}"\n\n[[program.trial]]\nnct = "{nct}"\n')
        if known:
            enrolled = 90 if number % 10 == 0 else 120
            out.append(
                f'status = "RECRUITING"\nphase = ["PHASE2"]\nenrollment = {enrolled}\nenrollment_type = "ESTIMATED"\n'
                'start = "2024-01"\nstart_type = "ACTUAL"\nprimary_completion = 2027-06-30\n'
                'primary_completion_type = "ESTIMATED"\ncompletion = 2027-06-30\ncompletion_type = "ESTIMATED"\n'
                "updated = 2026-11-01\nfetched = 2026-11-02T09:00:00Z\n"
            )
        out.append("\n")
    path.write_text("".join(out), encoding="utf-8")
    return path


@contextmanager
def registry() -> Iterator[tuple[str, list[str]]]:
    """The base address of the server, and the paths it was asked for."""
    asked: list[str] = []
    versions = count()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked.append(parts.path)
            if parts.path.endswith("/version"):
                value: object = {"apiVersion": "2", "dataTimestamp": f"version {next(versions)}"}
            else:
                value = {"studies": [_study(each) for each in parse_qs(parts.query)["filter.ids"][0].split(",")]}
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/api/v2", asked
    finally:
        server.shutdown()
        server.server_close()
