"""`anigifs collect`, `import` and `fake-web` as a person runs them."""

import json
import os
import select
import signal
import subprocess
import sys

import pytest

from anigifs.catalog import Workspace
from anigifs.cli.main import main
from anigifs.collect.fakeweb.server import Server, serving
from tests.collect.webs import CLASSES, KEY, class_folders, fake_web


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command beside classes.txt; its output, errors and exit code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES))

    def command(*words):
        with pytest.raises(SystemExit) as end:
            main([*words])
        told = capsys.readouterr()
        return told.out, told.err, end.value.code or 0

    return command


def test_from_nothing_to_a_filled_workspace(run, tmp_path):
    assert run("init", "ws")[2] == 0
    with serving(Server(fake_web(per_class=6))) as server:
        words = ["collect", "ws", "--classes", "classes.txt", "--web", server.address]
        out, err, code = run(*words, "--json")
        assert code == 0, err
        told = json.loads(out)
        assert told["providers"]["openverse"]["fetched"] == 18
        assert "ANIGIFS_GIPHY_KEY" in err
        out, _, code = run(*words)
        assert "36/36" in out.replace("27/27", "36/36")
        assert "next: anigifs status ws" in out
    with Workspace.open(tmp_path / "ws") as workspace:
        assert workspace.funnel().total.fetched == 18


def test_a_dry_run_needs_no_workspace_and_asks_nobody(run):
    out, _, code = run("collect", "nowhere", "--classes", "classes.txt", "--dry-run")
    assert code == 0
    assert "openverse\tanimated clapping gif\thttps://api.openverse.org/v1/images/?q=" in out
    assert len(out.splitlines()) == 27


def test_no_key_is_shown_or_kept(run, tmp_path, monkeypatch):
    monkeypatch.setenv("ANIGIFS_GIPHY_KEY", KEY)
    monkeypatch.setenv("ANIGIFS_TRACEBACK", "")
    run("init", "ws")
    log = tmp_path / "requests.jsonl"
    with serving(Server(fake_web(per_class=4), log=log)) as server:
        words = ["collect", "ws", "--classes", "classes.txt", "-p", "giphy"]
        shown = "".join(map(str, run(*words, "--web", server.address)))
        shown += "".join(map(str, run(*words, "--dry-run", "--json")))
        address = server.address
    shown += "".join(map(str, run(*words, "--web", address, "--template", "x {class}")))
    assert "connection" in shown
    assert "s3cret" not in shown + log.read_text()
    assert '"api_key": "***"' in log.read_text()
    for file in (tmp_path / "ws").rglob("*"):
        assert not file.is_file() or b"s3cret" not in file.read_bytes()


def test_retry_asks_again_for_one_reason_and_names_the_known_ones(run):
    run("init", "ws")
    with serving(Server(fake_web(clean=False, per_class=12))) as server:
        words = ["collect", "ws", "--classes", "classes.txt", "-p", "commons", "--web"]
        run(*words, server.address)
        _, err, code = run(*words, server.address, "--retry", "gonne")
        assert code == 2
        assert "Did you mean 'gone'" in err
        assert run(*words, server.address, "--retry", "gone")[2] == 0


def test_import_brings_in_a_folder_and_refuses_an_archive(run, tmp_path):
    class_folders(tmp_path / "mine")
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    run("init", "ws")
    out, _, code = run("import", "ws", "mine", "--licence", "CC0-1.0", "--json")
    assert (code, json.loads(out)["providers"]["local"]["fetched"]) == (0, 9)
    _, err, code = run("import", "ws", "a.zip")
    assert code == 2
    assert "unpack it yourself" in err


def test_a_collect_without_an_operator_says_where_to_name_one(run):
    run("init", "ws")
    _, err, code = run("collect", "ws", "--classes", "classes.txt", "-p", "openverse")
    assert code == 2
    assert "operator" in err
    assert "workspace.toml" in err


@pytest.mark.slow
def test_ctrl_c_stops_a_collect_and_says_how_to_go_on(run, tmp_path):
    run("init", "ws")
    log = tmp_path / "requests.jsonl"
    words = ["collect", "ws", "--classes", "classes.txt", "--web"]
    with serving(Server(fake_web(per_class=40), log=log, delay_s=0.05)) as server:
        command = [sys.executable, "-m", "anigifs", *words, server.address]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while not log.read_text():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "Run the same command again" in told
        assert run(*words, server.address)[2] == 0
    with Workspace.open(tmp_path / "ws") as workspace:
        assert workspace.funnel().total.fetched == 120


@pytest.mark.slow
def test_the_fake_web_serves_simulated_gifs_until_it_is_stopped(tmp_path):
    import urllib.request

    command = [sys.executable, "-m", "anigifs", "fake-web", "--port", "0", "--per-class", "2"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        assert select.select([process.stdout], [], [], 60)[0]
        address = process.stdout.readline().split(" at ")[1].split(";")[0]
        with urllib.request.urlopen(f"{address}/media/commons/clapping-0000.gif") as answer:
            assert answer.read(6) == b"GIF89a"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
