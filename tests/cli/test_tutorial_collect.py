"""docs/tutorial-collect.md works as written, and its commands say what the page says they do."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tutorial-collect.md"
HERE = PAGE.read_text("utf-8").partition("## 6.")[0]
CHANGES = re.compile(r"files/s|^next:")
"""Lines of a printed result that tell times and rates, or stand in a line of their own."""


def blocks():
    """Commands and what the page prints below them, in order."""
    return re.findall(r"```sh\n(.*?)```(?:\n\n```\n(.*?)```)?", HERE, re.DOTALL)


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.mark.slow
def test_every_command_of_the_tutorial_works_and_prints_what_the_page_shows(tmp_path, port):
    bin_ = Path(sys.executable).parent
    env = os.environ | {"PYTHONUNBUFFERED": "1", "COLUMNS": "80"}

    def start(command):
        words = command.replace("8765", str(port)).replace("anigifs ", f"{bin_}/anigifs ", 1)
        return subprocess.Popen(
            words, cwd=tmp_path, shell=True, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
        )  # fmt: skip

    (first, _), *others = blocks()
    classes, serve = first.strip().splitlines()
    made = start(classes)
    made.communicate(timeout=60)
    assert made.returncode == 0
    web = start(f"{serve} --port 8765")
    try:
        assert select.select([web.stdout], [], [], 120)[0], "the fake web serves"
        for commands, shown in others:
            told = ""
            for command in commands.strip().splitlines():
                process = start(command)
                told += process.communicate(timeout=600)[0]
                assert process.returncode == 0, told
            lines = [line.strip() for line in told.splitlines()]
            for line in filter(None, shown.splitlines()):
                assert CHANGES.search(line) or line.strip() in lines, (line, told)
    finally:
        os.killpg(web.pid, signal.SIGINT)
        web.communicate(timeout=60)
    assert (tmp_path / "pairs.html").read_text("utf-8").startswith("<!DOCTYPE html>")
