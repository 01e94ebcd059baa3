"""A web server on loopback for tests: it says exactly the bytes it is told, and keeps a log."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from anigifs.net.config import NetConfig
from anigifs.net.fetcher import Fetcher

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
PHRASES = {200: "OK", 301: "Moved", 404: "Not Found"}


def answer(data=b"", status=200, **headers):
    """The bytes of an answer; `content_type="image/gif"` becomes a Content-Type header."""
    told = {"content-length": str(len(data))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} {PHRASES.get(status, 'Said')}"]
    lines += [f"{name}: {value}" for name, value in told.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + data


def redirect(location):
    return answer(status=302, location=location)


class Web:
    """Replies by path: bytes, a list of bytes given in turn (the last for ever), or a coroutine."""

    def __init__(self, replies=None, ssl=None):
        self.replies, self.ssl = dict(replies or {}), ssl
        self.log = []
        self.headers = []
        self.open = self.most_open = 0

    async def __aenter__(self):
        self.tasks = set()
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.ssl)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()
        tasks = list(self.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # lets the closed sockets go

    def url(self, path, host="media.test"):
        return f"http{'s' if self.ssl else ''}://{host}:{self.port}{path}"

    def asked(self, path):
        """How often a path was asked for."""
        return sum(1 for _, asked in self.log if asked == path)

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._reply(reader, writer):
                    pass
        finally:
            writer.close()
            self.tasks.discard(task)

    async def _reply(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        path = head[0].split(" ")[1].partition("?")[0]
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.log.append((headers["host"].partition(":")[0], path))
        self.headers.append({**headers, ":path": path, ":body": body.decode()})
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        try:
            return await self._say(path, writer)
        finally:
            self.open -= 1

    async def _say(self, path, writer):
        reply = self.replies.get(path, answer(status=404))
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        if callable(reply):
            await reply(writer)
            return False
        writer.write(reply)
        await writer.drain()
        return b"connection: close" not in reply


QUICK = {
    "operator": "tests@example.org", "allow": ("127.0.0.0/8",), "backoff_s": 0.01, "tries": 3,
    "idle_s": 0.5, "total_s": 1.0, "connect_s": 1.0, "max_bytes": 100_000, "host_per_s": 1000.0,
    "host_faults": 100, "wait_most_s": 1.0,
}  # fmt: skip


async def at_loopback(host):
    """Every name is this computer."""
    return ["127.0.0.1"]


def fetcher(resolve=at_loopback, **config):
    return Fetcher(NetConfig(**QUICK | config), resolve)
