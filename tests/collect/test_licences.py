"""Licences: to SPDX, and whether bytes may be released."""

import pytest

from anigifs.collect.licences import PORTS, licence, releasable

CC = "https://creativecommons.org"


@pytest.mark.parametrize(
    ("text", "url", "spdx"),
    [
        ("CC BY-SA 4.0", f"{CC}/licenses/by-sa/4.0", "CC-BY-SA-4.0"),
        ("CC BY-SA 4.0", "", "CC-BY-SA-4.0"),
        ("by 2.0", "", "CC-BY-2.0"),
        ("by-nc-nd 2.0", "", "CC-BY-NC-ND-2.0"),
        ("by-nd-nc 1.0", "", "CC-BY-NC-ND-1.0"),
        ("cc0 1.0", "", "CC0-1.0"),
        ("CC0", "", "CC0-1.0"),
        ("CC-BY-4.0", "", "CC-BY-4.0"),
        ("pdm 1.0", "", "CC-PDM-1.0"),
        ("", f"{CC}/publicdomain/zero/1.0/deed.en", "CC0-1.0"),
        ("", f"{CC}/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("CC BY-SA 3.0 de", f"{CC}/licenses/by-sa/3.0/de/deed.en", "CC-BY-SA-3.0-DE"),
        ("CC BY-SA 3.0 fr", f"{CC}/licenses/by-sa/3.0/fr/", "LicenseRef-CC-BY-SA-3.0-FR"),
        ("CC BY-SA 2.1 jp", "", "CC-BY-SA-2.1-JP"),
        ("sampling+ 1.0", "", "NOASSERTION"),
        ("Public domain", "", "NOASSERTION"),
        ("by 9.9", "", "NOASSERTION"),
        ("Fair use", "https://evil.example/licenses/by/4.0/", "NOASSERTION"),
        ("", "", "NOASSERTION"),
    ],
)
def test_what_providers_say_becomes_spdx(text, url, spdx):
    found = licence(text, url)
    assert found.spdx == spdx
    assert (found.text, found.url) == (text, url)


def test_every_port_stands_in_the_spdx_list():
    """`packaging` carries the list of the SPDX project."""
    spdx = pytest.importorskip("packaging.licenses._spdx")
    known = set(spdx.LICENSES)
    ours = {f"{kind}-{port}".lower() for kind, ports in PORTS.items() for port in ports}
    versions = ("1.0", "2.0", "2.5", "3.0", "4.0")
    ours |= {f"{kind}-{version}".lower() for kind in PORTS for version in versions}
    ours |= {"cc0-1.0", "cc-pdm-1.0"}
    assert ours == {name for name in known if name.startswith(("cc-by", "cc0", "cc-pdm"))}


@pytest.mark.parametrize(
    "spdx",
    ["CC0-1.0", "CC-PDM-1.0", "CC-BY-4.0", "CC-BY-SA-3.0-DE", "LicenseRef-CC-BY-SA-3.0-FR"],
)
def test_bytes_may_be_released_under_the_open_ones(spdx):
    assert releasable(spdx)


@pytest.mark.parametrize(
    "spdx",
    [
        "NOASSERTION",
        "CC-BY-NC-4.0",
        "CC-BY-ND-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-NC-ND-4.0",
        "",
        "MIT",
    ],
)
def test_and_under_no_other(spdx):
    assert not releasable(spdx)
