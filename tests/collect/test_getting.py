"""The bytes that come are those that the provider declared, or the item fails with a code."""

import asyncio
import hashlib
from types import SimpleNamespace

import pytest

from anigifs.catalog import Hit
from anigifs.collect.getting import Getter
from anigifs.collect.tally import Tally
from anigifs.net.reasons import FetchFailed, Reason

URL, DATA = "http://media.test/a.gif", b"GIF89a and so on"
SHA1 = f"sha1:{hashlib.sha1(DATA).hexdigest()}"
SHA256 = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
OTHER = f"sha1:{hashlib.sha1(b'other').hexdigest()}"


def get(*digests):
    """What a getter gives for a URL that hits with these digests name."""
    hits = [Hit(provider="p", id=d, label="x", url=URL, digest=d) for d in digests]

    async def fetch(url):
        return SimpleNamespace(url=url, data=DATA, status=200)

    workspace = SimpleNamespace(hits=SimpleNamespace(at=lambda url: hits))
    return asyncio.run(Getter(workspace, SimpleNamespace(fetch=fetch), Tally()).get(URL))


@pytest.mark.parametrize("digests", [(), ("",), (SHA1,), (SHA256,), ("", SHA1), (OTHER, SHA1)])
def test_bytes_that_were_declared_or_of_which_nothing_is_known_are_taken(digests):
    assert get(*digests).data == DATA


@pytest.mark.parametrize("digests", [(OTHER,), ("", OTHER), (OTHER, f"sha256:{'0' * 64}")])
def test_other_bytes_than_declared_fail_with_a_code_that_names_both(digests):
    with pytest.raises(FetchFailed, match=SHA1) as failure:
        get(*digests)
    assert failure.value.reason is Reason.OTHER_BYTES
    assert OTHER in failure.value.detail
    assert not failure.value.again
