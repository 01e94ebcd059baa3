"""Figure 2: rejected and accepted animations that may be shown, with makers."""

from __future__ import annotations

from anigifs.catalog.annotation import Example, Takedown
from anigifs.release.stats.examples import choose, examples


def shas(pairs):
    return [(no.sha256, yes.sha256) for no, yes in pairs]


def test_a_class_with_both_is_shown_with_its_reason(space):
    no = space.put("clapping", "character", spdx="CC-BY-4.0", creator="Ann")
    yes = space.put("clapping", None)
    space.put("juggling", None)
    (pair,) = choose(space.workspace)
    assert (pair[0].sha256, pair[1].sha256) == (no, yes)
    assert (pair[0].reason, pair[0].creator, pair[0].licence) == ("character", "Ann", "CC-BY-4.0")


def test_what_no_licence_allows_is_never_shown(space):
    space.put("clapping", "character", spdx="NOASSERTION")
    space.put("clapping", None)
    assert choose(space.workspace) == []


def test_what_was_taken_down_is_never_shown(space):
    no = space.put("clapping", "character")
    space.put("clapping", None)
    space.workspace.takedowns.append(Takedown(sha256=no, asked=no, reason="asked"))
    assert choose(space.workspace) == []


def test_the_owners_examples_come_first(space):
    no = [space.put("clapping", "exact") for _ in range(3)]
    space.put("clapping", None)
    for picked in no:
        guidance = space.workspace.guidance
        guidance.add_example(Example(label="clapping", sha256=picked, said="rejected"))
        assert choose(space.workspace)[0][0].sha256 == picked
        guidance.add_example(Example(label="clapping", sha256=picked, said="removed"))


def test_classes_with_new_reasons_come_first(space):
    for label, reason, many in (("a", "exact", 3), ("b", "exact", 2), ("c", "character", 1)):
        for _ in range(many):
            space.put(label, reason)
        space.put(label, None)
    assert [no.label for no, _ in choose(space.workspace, 2)] == ["a", "c"]
    assert [no.label for no, _ in choose(space.workspace, 3)] == ["a", "c", "b"]


def test_a_blob_that_does_not_decode_is_left_out(space):
    no = space.put("clapping", "exact")
    space.put("clapping", None)
    pairs = choose(space.workspace)
    drawn, shown = examples(pairs, space.workspace.blobs.root)
    assert shown == pairs
    assert drawn.says == "clapping: one rejected (another action), one accepted."
    path = space.workspace.blobs.path(no)
    path.chmod(0o644)
    path.write_bytes(b"GIF89a")
    assert examples(pairs, space.workspace.blobs.root) == (None, [])
