"""Which moving pictures can be read and written here."""

from anigifs.core.machine import State
from anigifs.media import codecs as module
from anigifs.media.codecs import codecs


def test_what_every_dataset_needs_is_there():
    states = {finding.name: finding.state for finding in codecs()}
    assert states["reads h264"] == states["reads vp9"] == states["writes mpeg4"] == State.OK


def test_an_absent_codec_is_found_absent(monkeypatch):
    monkeypatch.setattr(module, "READ", {"no-such-codec": "nothing"})
    absent = codecs()[1]
    assert (absent.name, absent.state) == ("reads no-such-codec", State.ABSENT)
    assert "pip install" in absent.remedy
