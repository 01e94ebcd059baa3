from __future__ import annotations

import pytest

from anigifs.catalog import Hit, NewQuery, Workspace
from anigifs.catalog.annotation import ClassChange, NewTask


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(tmp_path / "w") as made:
        yield made


def add_hit(workspace, label):
    workspace.queries.add([NewQuery("test", label, label)])
    query = next(query for query in workspace.queries.all() if query.label == label)
    hit = Hit(provider="test", id=label, label=label, url=f"https://a.test/{label}")
    workspace.hits.add(query.id, [hit])


def test_classes_in_use_follow_hits_tasks_and_changes_at_once(workspace):
    assert workspace.proposals.classes() == []
    add_hit(workspace, "walking")
    assert workspace.proposals.classes() == ["walking"]
    add_hit(workspace, "running")
    assert workspace.proposals.classes() == ["running", "walking"]
    with Workspace.open(workspace.root) as other:  # another process writes
        add_hit(other, "boxing")
        other.guidance.change_class(ClassChange(old="running", new="jogging"))
    assert workspace.proposals.classes() == ["boxing", "jogging", "walking"]
    sha = workspace.blobs.put(b"GIF89a")
    with workspace._database.write() as connection:
        from anigifs.catalog.schema import blobs

        connection.execute(blobs.insert(), [{"sha256": sha, "size_bytes": 6, "at_s": 0.0}])
    workspace.tasks.refresh([NewTask(sha256=sha, label="squat")], 2)
    assert workspace.proposals.classes() == ["boxing", "jogging", "squat", "walking"]
    workspace.proposals.classes().append("not yours")
    assert "not yours" not in workspace.proposals.classes()
