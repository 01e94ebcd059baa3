"""Which moving pictures the installed PyAV can read and write."""

from __future__ import annotations

from anigifs.core.machine import Finding, State

READ = {
    "h264": "MP4, the usual one",
    "hevc": "MP4 of phones",
    "mpeg4": "old AVI and MP4",
    "vp8": "WebM",
    "vp9": "WebM",
    "av1": "new MP4 and WebM",
    "apng": "animated PNG",
    "webp": "still WebP",
}
WRITE = {"libx264": "MP4, small", "mpeg4": "MP4, wherever libx264 is absent"}


def codecs() -> list[Finding]:
    """One finding per codec that datasets use, and the version of PyAV."""
    import av

    reads = [_finding("reads", name, use, "r") for name, use in READ.items()]
    writes = [_finding("writes", name, use, "w") for name, use in WRITE.items()]
    return [Finding("media", "av", av.__version__), *reads, *writes]


def _finding(verb: str, name: str, use: str, mode: str) -> Finding:
    import av
    from av.codec.codec import UnknownCodecError

    try:
        av.Codec(name, mode)
    except UnknownCodecError:
        remedy = "pip install --force-reinstall av (its wheels have it)"
        return Finding("media", f"{verb} {name}", f"no ({use})", State.ABSENT, remedy)
    return Finding("media", f"{verb} {name}", use)
