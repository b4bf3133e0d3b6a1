"""Is the record what it was? Reads the audit log once, reports the first broken places (RELIABILITY 3.2).

It trusts nothing that the server keeps beside the events: leaves and roots are computed again from the
events' text, and compared with the stored leaves, the head, the stored checkpoints and, above all, with
checkpoints from outside.

What it cannot see: a lie at entry, an event never recorded, and any change to what is newer than the newest
checkpoint held outside, when whoever made it also had the signing key or removed the stored checkpoints after
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pmo.domain.checkpoint import open_checkpoint
from pmo.domain.signed_note import MalformedNote, NoteVerifier, UntrustedNote
from pmo.domain.transparency import Frontier, MalformedFrontier, leaf_hash
from pmo.exchange.canonical_json import NotCanonical, read_canonical


class Place(StrEnum):
    """Where something is broken."""

    EVENT = "event"
    HEAD = "head"
    STORED_CHECKPOINT = "stored_checkpoint"
    OUTSIDE_CHECKPOINT = "outside_checkpoint"


class Flaw(StrEnum):
    """What is broken there."""

    GAP = "gap"  # the number of the event is not the next one: missing, doubled or out of order
    NOT_CANONICAL = "not_canonical"  # the text of the event is not canonical JSON of an object
    SEQ_DIFFERS = "seq_differs"  # the number inside the event is not that of its row
    LEAF_DIFFERS = "leaf_differs"  # the stored leaf is not the hash of the event
    UNREADABLE = "unreadable"  # a head or checkpoint that does not have its form
    UNTRUSTED = "untrusted"  # a checkpoint that no known key of its origin signed
    SIZE_DIFFERS = "size_differs"  # the head counts more or fewer events than there are
    BEYOND_LOG = "beyond_log"  # a genuine checkpoint of a log longer than this one: events were cut off
    ROOT_DIFFERS = "root_differs"  # the events up to this size are not those the root was made of


@dataclass(frozen=True, slots=True)
class Finding:
    """The first broken place of its kind.

    ``at`` is the number of the event; for the head and for a checkpoint the size of its log; for a checkpoint
    that is unreadable or untrusted its place among those given, from 0. ``expected`` and ``found`` are for a
    person to look at: roots and leaves in hex, counts as numbers, or empty.
    """

    place: Place
    flaw: Flaw
    at: int
    expected: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class StoredHead:
    """The head row: the size, and the frontier's hashes in hex. Where there is no row: 0 and no hashes."""

    size: int
    hashes: Sequence[str]


def check_log(
    events: Iterable[tuple[int, str, str]],
    head: StoredHead,
    stored_checkpoints: Iterable[str],
    outside_checkpoints: Iterable[str],
    verifiers: Sequence[NoteVerifier],
) -> list[Finding]:
    """The first broken place of each kind, in the order found; empty when the record is sound.

    ``events`` are (number, text, leaf in hex) in the order of their numbers, read as a stream. Checkpoints
    are whole signed notes; ``verifiers`` are the log's keys, present and former.
    """
    findings = _Findings()
    claims = _read_claims(findings, stored_checkpoints, outside_checkpoints, verifiers)
    log = Frontier()
    _compare_roots(findings, claims, log)
    for position, (seq, text, leaf_hex) in enumerate(events):
        if seq != position:
            findings.add(Place.EVENT, Flaw.GAP, seq, str(position), str(seq))
        log = log.append(_check_event(findings, seq, text, leaf_hex))
        _compare_roots(findings, claims, log)
    for size in sorted(claims):
        for place, root in claims[size]:
            findings.add(place, Flaw.BEYOND_LOG, size, root.hex(), str(log.size))
    _check_head(findings, head, log)
    return list(findings.first.values())


@dataclass(slots=True)
class _Findings:
    """Keeps the first of each kind."""

    first: dict[tuple[Place, Flaw], Finding] = field(default_factory=dict)

    def add(self, place: Place, flaw: Flaw, at: int, expected: str = "", found: str = "") -> None:
        self.first.setdefault((place, flaw), Finding(place, flaw, at, expected, found))


_Claims = dict[int, list[tuple[Place, bytes]]]


def _read_claims(
    findings: _Findings, stored: Iterable[str], outside: Iterable[str], verifiers: Sequence[NoteVerifier]
) -> _Claims:
    """The roots that genuine checkpoints vouch for, by size."""
    claims: _Claims = defaultdict(list)
    for place, notes in ((Place.STORED_CHECKPOINT, stored), (Place.OUTSIDE_CHECKPOINT, outside)):
        for ordinal, note in enumerate(notes):
            try:
                checkpoint = open_checkpoint(note, verifiers)
            except MalformedNote:
                findings.add(place, Flaw.UNREADABLE, ordinal)
            except UntrustedNote:
                findings.add(place, Flaw.UNTRUSTED, ordinal)
            else:
                claims[checkpoint.size].append((place, checkpoint.root))
    return claims


def _check_event(findings: _Findings, seq: int, text: str, leaf_hex: str) -> bytes:
    """The leaf the event really has."""
    try:
        body = read_canonical(text)
    except NotCanonical:
        findings.add(Place.EVENT, Flaw.NOT_CANONICAL, seq)
    else:
        found = body.get("seq")
        # ``true`` equals 1 in Python and is no number of an event.
        if type(found) is not int or found != seq:
            findings.add(Place.EVENT, Flaw.SEQ_DIFFERS, seq, str(seq), str(found))
    leaf = leaf_hash(text.encode(errors="surrogatepass"))
    if leaf.hex() != leaf_hex:
        findings.add(Place.EVENT, Flaw.LEAF_DIFFERS, seq, leaf.hex(), leaf_hex)
    return leaf


def _compare_roots(findings: _Findings, claims: _Claims, log: Frontier) -> None:
    """Settle the claims about this size; what is left over at the end speaks of a longer log."""
    for place, root in claims.pop(log.size, ()):
        if root != log.root:
            findings.add(place, Flaw.ROOT_DIFFERS, log.size, root.hex(), log.root.hex())


def _check_head(findings: _Findings, head: StoredHead, log: Frontier) -> None:
    if head.size != log.size:
        findings.add(Place.HEAD, Flaw.SIZE_DIFFERS, head.size, str(log.size), str(head.size))
        return
    try:
        stored = Frontier.from_hex(head.size, head.hashes)
    except MalformedFrontier:
        findings.add(Place.HEAD, Flaw.UNREADABLE, head.size)
        return
    if stored != log:
        findings.add(Place.HEAD, Flaw.ROOT_DIFFERS, head.size, log.root.hex(), stored.root.hex())
