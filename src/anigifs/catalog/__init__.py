"""The workspace: one dataset in the making, as a catalog (`catalog.db`) and a folder of blobs.

    with Workspace.open(path) as workspace:          # or Workspace.create(path, net={...})
        workspace.settings                           # WorkspaceSettings, from workspace.toml
        workspace.blobs.put(data) -> sha256          # whole or absent; .path(sha), .read(sha)
        workspace.queries.add([NewQuery(...)])       # what to ask; queued as Kind.QUERY
        workspace.queries.get(id), .record_page(id, hits, cursor) -> how many were new
        workspace.hits.add(query_id, hits), .of(sha256)   # what was found; URLs are queued
        workspace.fetches.record([Outcome(...)])     # one attempt each; ends the queued work
        workspace.facts.append([Fact(...)]), .latest(check, shas), .of(sha256)
        workspace.fingerprints.add([...]), .scan(kind), .get(kind, shas)
        workspace.decisions.append([Decision(...)]), .of(sha256), .dropped()
        workspace.verdicts.append([Verdict(...)])    # what people settled
        workspace.people.invite(name, role) -> (Person, token), .enter(token), .revoke(name)
        workspace.tasks.refresh(rows, wanted), .take(person_id, count) -> [Task], .waiting(id)
        workspace.votes.record(person_id, [Vote(...)]) -> client ids, .undo_last, .current()
        workspace.guidance.define/add_example/add_golds/change_class; workspace.takedowns
        workspace.queue.add/lease/finish/fail/postpone/extend/retry/counts
        workspace.funnel() -> Funnel                 # counts per class and in total
        workspace.backup(file)                       # a consistent copy of a live workspace

Work flows through one queue of four kinds: QUERY (key: the query's id), FETCH (key: the URL),
SCREEN and DEDUP (key: the sha256). A stage leases work, does it, appends what it found, and
finishes it; the stage before it queues it: `record_page` queues FETCH, `fetches.record` queues
SCREEN, screening queues DEDUP (`workspace.queue.add(Kind.DEDUP, shas)`). Leases expire; those of
a worker that died on this computer are freed at once:

    with workspace.worker("screen") as worker:       # a name, and a lock that dies with it
        while jobs := workspace.queue.lease(Kind.SCREEN, worker, 100):
            ...
            workspace.facts.append(facts)
            workspace.queue.finish(Kind.SCREEN, [job.key for job in jobs])

Facts, fetches, decisions and verdicts are appended and never rewritten: the newest counts. The
screening outcome of a blob is its newest fact with the check `SCREENED` and verdict PASS or FAIL
(with the reason code of the first check that failed); single checks are facts beside it.
The download job itself is `collect.fetching.fetch_waiting(workspace, fetcher.get, more=…)`.
Every call is one short transaction; calls are safe from several threads and processes.
"""

from anigifs.catalog.blobs import BlobStore
from anigifs.catalog.database import DATABASE_LOCKED, DISK_FULL, WorkspaceFault
from anigifs.catalog.findings import SCREENED
from anigifs.catalog.funnel import Funnel, Stages
from anigifs.catalog.records import (
    OK,
    Decision,
    Fact,
    Fingerprint,
    Hit,
    Job,
    Kind,
    NewQuery,
    Outcome,
    Query,
    Relation,
    Said,
    Then,
    Verdict,
)
from anigifs.catalog.workspace import Workspace, WorkspaceSettings

__all__ = [
    "DATABASE_LOCKED",
    "DISK_FULL",
    "OK",
    "SCREENED",
    "BlobStore",
    "Decision",
    "Fact",
    "Fingerprint",
    "Funnel",
    "Hit",
    "Job",
    "Kind",
    "NewQuery",
    "Outcome",
    "Query",
    "Relation",
    "Said",
    "Stages",
    "Then",
    "Verdict",
    "Workspace",
    "WorkspaceFault",
    "WorkspaceSettings",
]
