"""What a computer has, told by the standard library."""

import os

from anigifs.core import machine as module
from anigifs.core.machine import State, cores, machine, memory_bytes, packages


def test_cores_and_memory_are_within_what_the_machine_has():
    assert 1 <= cores() <= (os.cpu_count() or 1)
    assert 0 < memory_bytes() <= os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def test_a_containers_limits_count(monkeypatch):
    limits = {"cpu.max": "150000 100000", "memory.max": str(2**20)}
    monkeypatch.setattr(module, "_text", lambda file: limits[file.rsplit("/", 1)[1]])
    assert cores() == 1
    assert memory_bytes() == 2**20


def test_a_container_without_limits_has_the_whole_machine(monkeypatch):
    whole = memory_bytes()
    monkeypatch.setattr(module, "_text", lambda file: "max 100000" if "cpu" in file else "max")
    assert cores() >= 1
    assert memory_bytes() >= whole


def test_little_disk_is_bad_and_says_what_to_do(monkeypatch, tmp_path):
    assert {f.name: f.state for f in machine(tmp_path)}["python"] == State.OK
    monkeypatch.setattr(module, "LITTLE_DISK_GIB", float("inf"))
    disk = {finding.name: finding for finding in machine(tmp_path)}["disk"]
    assert disk.state == State.BAD
    assert "--out" in disk.remedy


def test_an_absent_package_comes_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr(module, "EXTRAS", {"hf": ("no-such-package",)})
    assert packages()[0].state == State.ABSENT
    assert packages()[0].remedy == "pip install 'anigifs[hf]'"
