"""The fake web on a loopback port: a listening socket of our own making, for tries and tests.

It listens on this computer only. Every request is written to a log as one JSON line, with keys
blotted out: the witness of what was fetched, and how often.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

from anigifs.collect.fakeweb.app import FakeWeb
from anigifs.core.errors import InputError

HOST = "127.0.0.1"
KEY_NAMES = {"api_key", "key"}


class Server(ThreadingHTTPServer):
    """A fake web that listens.

    delay_s: before each answer, so that work is in flight when a test kills it.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, web: FakeWeb, port: int = 0, log: Path | None = None, delay_s: float = 0.0
    ) -> None:
        """Listen on `port` (0: any that is free).

        Raises:
            InputError: the port is taken.
        """
        self._log: IO[str] | None = None
        self._lock = threading.Lock()
        self.web, self.delay_s = web, delay_s
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            raise InputError(
                f"cannot listen on port {port} ({error.strerror}); choose another with --port"
            ) from None
        self._log = log.open("a", encoding="utf-8") if log else None

    @property
    def address(self) -> str:
        """For example http://127.0.0.1:8765."""
        return f"http://{HOST}:{self.server_address[1]}"

    def note(self, line: dict[str, Any]) -> None:
        """Write one line to the log."""
        if self._log:
            with self._lock:
                self._log.write(json.dumps({"at_s": time.time(), **line}) + "\n")
                self._log.flush()

    def server_close(self) -> None:
        """Stop listening and close the log."""
        super().server_close()
        if self._log:
            self._log.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Answer in a thread for the time of a `with`."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "anigifs-fake-web"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        """Answer, then note whether all of it went out."""
        parts = urlsplit(self.path)
        values = dict(parse_qsl(parts.query, keep_blank_values=True))
        shown = {name: "***" if name in KEY_NAMES else value for name, value in values.items()}
        line: dict[str, Any] = {"path": parts.path, "values": shown, "whole": False, "status": 0}
        try:
            time.sleep(self.server.delay_s)
            reply = self.server.web.reply(self.server.address, parts.path, values)
            line["status"] = reply.status
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            line["whole"] = True
        finally:
            self.server.note(line)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen: the log has it."""
