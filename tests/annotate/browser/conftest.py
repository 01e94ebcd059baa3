"""One Chromium for all tests of the page, and a server in memory for each of them."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from anigifs.media.encode import encode_gif
from tests.annotate.browser.stub import Serving, Stub, build

NAMES = ("chromium", "chromium-browser", "google-chrome")
CLASSES = ["dancing ballet", "dancing charleston", "jogging", "marching", "tap dancing", "yoga"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/annotate/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium():
    """Closed with the last test here: its event loop would be in the way of others."""
    from playwright.sync_api import Error, sync_playwright

    path = next(filter(None, map(shutil.which, NAMES)), None)  # None: Playwright's own
    with sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            pytest.fail(f"no Chromium starts; `make test` installs it (package chromium): {error}")
        yield browser
        browser.close()


@pytest.fixture
def stub():
    """A server with nothing to judge yet; what is added before the page opens is served."""
    stub = Stub(classes=list(CLASSES))
    serving = Serving(build(stub))
    stub.url = serving.url
    yield stub
    serving.stop()


@pytest.fixture
def context(chromium):
    """A fresh visit: no storage, no cookies; an error in the page's code fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(20_000)  # a busy computer is no bug
    faults = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert not faults, faults


@pytest.fixture
def page(context):
    return context.new_page()


def moving_square(seed=0, count=4, delays_ms=80, side=(48, 64)):
    """A square that moves over a coloured ground, as a GIF; each seed another ground."""
    ground = np.random.default_rng(seed).integers(60, 255, 3)
    frames = np.empty((count, *side, 3), np.uint8)
    frames[:] = ground
    for k in range(count):
        frames[k, 10:30, 5 + 6 * k : 25 + 6 * k] = (20, 30, 40)
    return encode_gif(frames, np.broadcast_to(delays_ms, count))
