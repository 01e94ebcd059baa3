"""Serving a workspace to people's browsers, until Ctrl-C."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import uvicorn

from anigifs.annotate.app.factory import build_app
from anigifs.annotate.app.guard import ANY, LOOPBACK
from anigifs.core.errors import InputError

STOP_S = 5
"""How long running requests may take to end after Ctrl-C."""


def serve(root: Path, host: str = "127.0.0.1", port: int = 8000, name: str = "") -> None:
    """Serve the workspace at `root` until Ctrl-C.

    Args:
        root: the workspace's folder.
        host: the address to listen on; only this computer reaches the default.
        port: 0 takes any that is free.
        name: the address under which people reach it, when a proxy with TLS stands before it.

    Raises:
        InputError: the port is taken or the address is not this computer's; `name` is no address.
        DataAbsent: there is no workspace.
    """
    if name and not name.startswith(("http://", "https://")):
        raise InputError(f"a name is a whole address such as https://label.example.org; got {name}")
    app = build_app(root, host=host, name=name)
    listening = _listen(host, port)
    print(f"Annotation of {root} at {name or _address(listening)} (Ctrl-C ends it).", flush=True)
    if warning := exposure(host, name):
        print(warning, flush=True)
    logging.basicConfig(format="%(levelname)s %(message)s")
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=bool(name),  # from this computer only: the proxy's word for who asks
        timeout_graceful_shutdown=STOP_S,
    )
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # uvicorn has ended in order and says so again
    finally:
        listening.close()
    print("Ended; every vote that was acknowledged is in the catalog.", flush=True)


def exposure(host: str, name: str = "") -> str:
    """What to say when other computers can reach the server; "" when they cannot."""
    if host in LOOPBACK or name.startswith("https://"):
        return ""
    where = "every network of this computer" if host in ANY else host
    return (
        f"WARNING: this listens on {where} without encryption: who can read the network can take "
        "over a session. Put a proxy with TLS in front, and name its address with --name https://…"
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise InputError(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with --port"
        ) from None
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
