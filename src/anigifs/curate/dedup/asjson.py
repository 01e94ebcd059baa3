"""What a search found, as plain values for other programs and as lines for people."""

from __future__ import annotations

from typing import Any

from anigifs.curate.dedup.clusters import KEPT_RULE, Cluster, Link, causes
from anigifs.curate.dedup.run import Found


def as_json(found: Found) -> dict[str, Any]:
    """Clusters with the kept member, each other's causes, reversed pairs and problems."""
    return {
        "title": found.title,
        "animations": len(found.items),
        "compared_pairs": found.compared,
        **_kind(found),
        "clusters": [_cluster(found, each) for each in found.clusters],
        "reversed": [_link(found, each) for each in found.reversed],
        "problems": [{"item": each.item, "reason": each.reason} for each in found.problems],
    }


def _kind(found: Found) -> dict[str, Any]:
    if found.between:
        return {"in_both": found.shared}
    return {"to_drop": found.dropped, "kept_rule": KEPT_RULE}


def _cluster(found: Found, cluster: Cluster) -> dict[str, Any]:
    because = causes(cluster)
    return {
        "labels": list(cluster.labels),
        "conflict": cluster.conflict,
        "bits": cluster.bits,
        "kept": None if cluster.conflict or found.between else found.items[cluster.kept].id,
        "members": [_member(found, cluster, place, because) for place in cluster.members],
    }


def _member(found: Found, cluster: Cluster, place: int, because: dict[int, Link]) -> dict[str, Any]:
    item = found.items[place]
    facts = {
        "id": item.id,
        "path": str(item.path),
        "sha256": item.found.sha256,
        "labels": sorted(item.labels),
        "dataset": item.home,
        "dropped": not (cluster.conflict or found.between) and place != cluster.kept,
    }
    if place != cluster.kept:
        facts["because"] = _link(found, because[place])
    return facts


def _link(found: Found, link: Link) -> dict[str, Any]:
    return {
        "one": found.items[link.one].id,
        "other": found.items[link.other].id,
        "bits": link.match.bits,
        "view": link.match.view,
        "turn": link.match.turn,
        "transforms": list(link.match.labels),
    }


def lines(found: Found) -> list[str]:
    """A few lines that say what was found."""
    conflicts = sum(each.conflict for each in found.clusters)
    number = f"{found.shared} in both" if found.between else f"{found.dropped} to drop"
    told = [
        f"{found.title}: {len(found.items)} animations, {len(found.clusters)} clusters, {number}"
    ]
    if conflicts:
        told.append(f"{conflicts} clusters have two classes: people settle these, none is dropped")
    if found.reversed:
        told.append(f"{len(found.reversed)} pairs run backwards: reported, none is dropped")
    if found.problems:
        told.append(f"{len(found.problems)} could not be read; --json and --report list them")
    return told
