"""Most tests here look at files in this process: starting a sandbox takes a second."""

from importlib import import_module

import pytest

from anigifs.core.errors import MediaError

USERS = ("dedup.run", "dedup.page", "dedup.pool", "screen.run")


def in_this_process(function, items, arguments, config, workers=0):
    module, _, name = function.partition(":")
    for item in items:
        try:
            yield item, getattr(import_module(module), name)(*arguments(item))
        except MediaError as error:
            yield item, error


@pytest.fixture(autouse=True)
def near(request, monkeypatch):
    """Replace the sandboxes, but in tests that ask for `sandboxed`."""
    if "sandboxed" not in request.fixturenames:
        for name in USERS:
            monkeypatch.setattr(f"anigifs.curate.{name}.in_sandboxes", in_this_process)


@pytest.fixture
def sandboxed():
    """Ask for it to use real worker processes."""
