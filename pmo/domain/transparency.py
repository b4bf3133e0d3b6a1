"""The Merkle tree over the audit log (RELIABILITY 3.1; RFC 6962 section 2, RFC 9162 section 2.1).

The tree answers two questions without trust in whoever keeps the log: is this event in the log of that size
(inclusion), and is this log the earlier one with events added at the end (consistency). A hash is 32 bytes of
SHA-256; leaves and nodes are hashed under different prefixes, so that a node can never pass for an event.

A root does not contain the size of its tree: size and root belong together and come from one signed
checkpoint (``pmo.domain.checkpoint``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


class MalformedFrontier(ValueError):
    """This cannot be a frontier: wrong number of hashes for its size, or something that is no hash."""


def leaf_hash(entry: bytes) -> bytes:
    """The leaf of an entry (for the audit log: the canonical JSON of the event); RFC 9162, 2.1.1."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two subtrees, each given by its 32-byte root; RFC 9162, 2.1.1."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs to know of a tree: size, and roots of its perfect subtrees, left first.

    There is one hash for each 1 in the binary form of the size, so at most 40 for a million million events.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf (a ``leaf_hash``, not the entry itself); O(log size) hashing."""
        if len(leaf) != HASH_BYTES:
            raise ValueError("a leaf is the 32-byte hash of an entry")
        hashes, size, node = list(self.hashes), self.size, leaf
        while size & 1:
            node = node_hash(hashes.pop(), node)
            size >>= 1
        return Frontier(self.size + 1, (*hashes, node))

    @property
    def root(self) -> bytes:
        """The root of the tree, 32 bytes; of the empty tree SHA-256 of nothing."""
        if not self.hashes:
            return EMPTY_ROOT
        *larger, node = self.hashes
        for left in reversed(larger):
            node = node_hash(left, node)
        return node

    def to_hex(self) -> list[str]:
        """The hashes as they are stored beside the size: lower-case hex, largest subtree first."""
        return [node.hex() for node in self.hashes]

    @classmethod
    def from_hex(cls, size: int, hashes: Sequence[str]) -> Frontier:
        """The inverse of ``to_hex``; raises ``MalformedFrontier`` for what ``to_hex`` would not write."""
        if size < 0 or len(hashes) != size.bit_count():
            raise MalformedFrontier(f"{len(hashes)} hashes cannot be the frontier of {size} leaves")
        try:
            nodes = tuple(bytes.fromhex(text) for text in hashes)
        except (TypeError, ValueError) as error:
            raise MalformedFrontier("a hash of the frontier is not hex") from error
        frontier = cls(size, nodes)
        # Hex has many spellings (capitals, spaces) and the head row has one.
        if any(len(node) != HASH_BYTES for node in nodes) or frontier.to_hex() != list(hashes):
            raise MalformedFrontier("a hash of the frontier is not 64 lower-case hex digits")
        return frontier


def frontier_of(leaves: Iterable[bytes]) -> Frontier:
    """The frontier of a whole log, read once from its first leaf to its last."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes leading from leaf ``index`` (from 0) to the root of ``leaves``, the leaf's neighbour first.

    For a proof against an earlier size give the first so many leaves. Raises ``IndexError`` for an index
    outside the log. RFC 9162, 2.1.3.1.
    """
    start, end = 0, len(leaves)
    if not 0 <= index < end:
        raise IndexError(f"no leaf {index} in a log of {end}")
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            path.append(_subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(_subtree_root(leaves, start, middle))
            start = middle
    path.reverse()
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``leaf`` is number ``index`` in the log of this size and root. RFC 9162, 2.1.3.2."""
    if not 0 <= index < size or not _all_hashes((leaf, root, *proof)):
        return False
    # Both walk up the tree: where the leaf's branch is, and where the last leaf's branch is.
    here, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            here, last = _skip_missing_siblings(here, last)
        else:
            node = node_hash(node, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """The hashes that show that the first ``old_size`` leaves became ``leaves`` by appending only.

    Empty for an old size of 0 or of the whole log: there is nothing to show. Raises ``IndexError`` for a size
    outside the log. RFC 9162, 2.1.4.1.
    """
    start, end = 0, len(leaves)
    if not 0 <= old_size <= end:
        raise IndexError(f"no size {old_size} in a log of {end}")
    path: list[bytes] = []
    if old_size == 0:
        return path
    while old_size < end:
        middle = start + _left_width(end - start)
        if old_size <= middle:
            path.append(_subtree_root(leaves, middle, end))
            end = middle
        else:
            path.append(_subtree_root(leaves, start, middle))
            start = middle
    # What remains is common to both logs; where it is the whole old log, the reader knows its root.
    if start > 0:
        path.append(_subtree_root(leaves, start, end))
    path.reverse()
    return path


def verify_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the log of ``new_size`` and ``new_root`` begins with the log of ``old_size`` and ``old_root``.

    Every log begins with the empty one, and with itself; both need an empty proof. RFC 9162, 2.1.4.2.
    """
    if not 0 <= old_size <= new_size or not _all_hashes((old_root, new_root, *proof)):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    hashes = list(proof)
    if old_size.bit_count() == 1:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    here, last = old_size - 1, new_size - 1
    while here & 1:
        here >>= 1
        last >>= 1
    old_node = new_node = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old_node = node_hash(sibling, old_node)
            new_node = node_hash(sibling, new_node)
            here, last = _skip_missing_siblings(here, last)
        else:
            new_node = node_hash(new_node, sibling)
        here >>= 1
        last >>= 1
    return last == 0 and old_node == old_root and new_node == new_root


def _left_width(width: int) -> int:
    """The largest power of two below ``width`` (at least 2): so many leaves RFC 9162 puts on the left."""
    return 1 << (width - 1).bit_length() - 1


def _subtree_root(leaves: Sequence[bytes], start: int, end: int) -> bytes:
    return frontier_of(leaves[position] for position in range(start, end)).root


def _skip_missing_siblings(here: int, last: int) -> tuple[int, int]:
    """On the right edge of an uneven tree a branch rises through levels where it has no neighbour."""
    while here and not here & 1:
        here >>= 1
        last >>= 1
    return here, last


def _all_hashes(candidates: Iterable[bytes]) -> bool:
    """Only 32 bytes are a hash: a longer beside a shorter value would hash as two honest ones do."""
    return all(len(candidate) == HASH_BYTES for candidate in candidates)
