"""The Merkle tree: published vectors, every small tree against the definition, proofs that must not pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from random import Random

import pytest

from pmo.domain.transparency import (
    EMPTY_ROOT,
    Frontier,
    MalformedFrontier,
    consistency_proof,
    frontier_of,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [leaf_hash(f"e{number}".encode()) for number in range(64)]
ROOTS = [frontier_of(LEAVES[:size]).root for size in range(65)]

# The tree of the Certificate Transparency reference implementation, repeated by all others since.
CT_ENTRIES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in CT_ENTRIES]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


# --- the definition, word for word from RFC 6962 section 2.1, to compare with -------------------------------


def defined_split(width: int) -> int:
    power = 1
    while power * 2 < width:
        power *= 2
    return power


def defined_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = defined_split(len(leaves))
    return sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def defined_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    split = defined_split(len(leaves))
    if index < split:
        return [*defined_path(index, leaves[:split]), defined_root(leaves[split:])]
    return [*defined_path(index - split, leaves[split:]), defined_root(leaves[:split])]


def defined_subproof(old_size: int, leaves: Sequence[bytes], starts_at_first_leaf: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if starts_at_first_leaf else [defined_root(leaves)]
    split = defined_split(len(leaves))
    if old_size <= split:
        return [
            *defined_subproof(old_size, leaves[:split], starts_at_first_leaf),
            defined_root(leaves[split:]),
        ]
    return [*defined_subproof(old_size - split, leaves[split:], False), defined_root(leaves[:split])]


# --- roots --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "start_of_root"),
    [
        (1, "956ae51b"),
        (2, "718fa0369d7475099bc6cb4327e3823a4972285f92bd49971a583c9f08ffb68d"),
        (3, "64b249c4e0606e3d9742c49bfd57cd1e3eb170f5ccefa26ea045ca193d64a75f"),
        (7, "4cbd8e35849450400d4e9c4c0ae7f71c79ad4410f9ad2c624622ff5f8617313d"),
    ],
)
def test_roots_are_those_measured_with_another_implementation(size: int, start_of_root: str) -> None:
    assert ROOTS[size].hex().startswith(start_of_root)


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert frontier_of(CT_LEAVES[:size]).root.hex() == CT_ROOTS[size]


def test_roots_follow_the_definition_at_every_size_up_to_64() -> None:
    assert [defined_root(LEAVES[:size]) for size in range(65)] == ROOTS


def test_a_node_never_passes_for_an_entry() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


# --- the frontier -------------------------------------------------------------------------------------------


def test_a_frontier_read_back_goes_on_as_if_never_stored() -> None:
    for size in range(64):
        stored = frontier_of(LEAVES[:size])
        read = Frontier.from_hex(size, stored.to_hex())
        assert read == stored
        assert read.append(LEAVES[size]).root == ROOTS[size + 1]


def test_a_frontier_has_one_hash_for_each_one_in_its_size() -> None:
    assert [len(frontier_of(LEAVES[:size]).hashes) for size in (0, 1, 7, 8, 63, 64)] == [0, 1, 3, 1, 6, 1]


def test_an_entry_given_in_place_of_its_leaf_is_refused() -> None:
    with pytest.raises(ValueError, match="32-byte"):
        Frontier().append(b"an event, not its hash")


@pytest.mark.parametrize(
    ("size", "hashes"),
    [
        (1, []),
        (3, [LEAVES[0].hex()]),
        (0, [LEAVES[0].hex()]),
        (-1, [LEAVES[0].hex()]),
        (1, ["zz" * 32]),
        (1, [LEAVES[0].hex()[:-2]]),
        (1, [LEAVES[0].hex().upper()]),
        (1, [f" {LEAVES[0].hex()}"]),
        (1, [None]),
    ],
)
def test_a_damaged_frontier_is_refused(size: int, hashes: list[str]) -> None:
    with pytest.raises(MalformedFrontier):
        Frontier.from_hex(size, hashes)


# --- proofs -------------------------------------------------------------------------------------------------


def test_proofs_are_those_of_certificate_transparency() -> None:
    assert [node.hex() for node in inclusion_proof(CT_LEAVES, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in inclusion_proof(CT_LEAVES[:3], 2)] == [CT_ROOTS[2]]
    assert [node.hex() for node in consistency_proof(CT_LEAVES, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [node.hex() for node in consistency_proof(CT_LEAVES[:5], 2)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


def test_every_inclusion_proof_up_to_64_follows_the_definition_and_holds() -> None:
    checked = 0
    for size in range(1, 65):
        for index in range(size):
            proof = inclusion_proof(LEAVES[:size], index)
            assert proof == defined_path(index, LEAVES[:size])
            assert verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            checked += 1
    assert checked == 64 * 65 // 2


def test_every_consistency_proof_up_to_64_follows_the_definition_and_holds() -> None:
    checked = 0
    for size in range(1, 65):
        for old_size in range(1, size + 1):
            proof = consistency_proof(LEAVES[:size], old_size)
            assert proof == defined_subproof(old_size, LEAVES[:size], True)
            assert verify_consistency(old_size, size, proof, ROOTS[old_size], ROOTS[size])
            checked += 1
    assert checked == 64 * 65 // 2


def test_every_log_begins_with_the_empty_one() -> None:
    assert consistency_proof(LEAVES, 0) == []
    assert verify_consistency(0, 64, [], EMPTY_ROOT, ROOTS[64])
    assert verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 64, [], ROOTS[1], ROOTS[64])
    assert not verify_consistency(0, 64, [ROOTS[1]], EMPTY_ROOT, ROOTS[64])
    assert not verify_consistency(0, 0, [], ROOTS[1], ROOTS[1])


def test_proofs_for_what_the_log_does_not_hold_are_refused() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            inclusion_proof(LEAVES[:3], index)
    for old_size in (-1, 4):
        with pytest.raises(IndexError):
            consistency_proof(LEAVES[:3], old_size)


def test_claims_outside_the_log_do_not_hold() -> None:
    assert not verify_inclusion(LEAVES[0], -1, 1, [], ROOTS[1])
    assert not verify_inclusion(LEAVES[0], 1, 1, [], ROOTS[1])
    assert not verify_inclusion(EMPTY_ROOT, 0, 0, [], EMPTY_ROOT)
    assert not verify_consistency(3, 2, consistency_proof(LEAVES[:3], 2), ROOTS[3], ROOTS[2])
    assert not verify_consistency(-1, 2, [], EMPTY_ROOT, ROOTS[2])
    assert not verify_consistency(2, 1, [], ROOTS[2], ROOTS[2])
    assert not verify_consistency(3, 5, [], ROOTS[3], ROOTS[5])


def test_a_proof_for_another_size_does_not_hold_even_for_the_root_it_leads_to() -> None:
    to_eight, beyond = inclusion_proof(LEAVES[:8], 0), LEAVES[63]
    assert not verify_inclusion(LEAVES[0], 0, 64, to_eight, ROOTS[8])
    assert not verify_inclusion(LEAVES[0], 0, 8, [*to_eight, beyond], node_hash(ROOTS[8], beyond))
    assert not verify_inclusion(LEAVES[7], 7, 8, [beyond, beyond, beyond, beyond], ROOTS[8])
    assert not verify_inclusion(LEAVES[0], 0, 1, [beyond], node_hash(beyond, LEAVES[0]))
    from_four = consistency_proof(LEAVES[:8], 4)
    assert not verify_consistency(4, 64, from_four, ROOTS[4], ROOTS[8])
    from_three = [*consistency_proof(LEAVES[:4], 3), beyond]
    old_root, new_root = node_hash(beyond, ROOTS[3]), node_hash(beyond, ROOTS[4])
    assert not verify_consistency(3, 4, from_three, old_root, new_root)


def test_hashes_cut_at_another_place_do_not_hold_though_their_bytes_are_the_same() -> None:
    left, right = LEAVES[:2]
    long_leaf, short_sibling = left + right[:1], right[1:]
    assert node_hash(long_leaf, short_sibling) == ROOTS[2]
    assert not verify_inclusion(long_leaf, 0, 2, [short_sibling], ROOTS[2])
    assert not verify_consistency(1, 2, [short_sibling], long_leaf, ROOTS[2])


# --- forged proofs ------------------------------------------------------------------------------------------

Proof = list[bytes]


def flipped(hash_: bytes, random: Random) -> bytes:
    position = random.randrange(256)
    return (int.from_bytes(hash_, "big") ^ (1 << position)).to_bytes(32, "big")


def with_a_flipped_bit(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof)) if proof else 0
    return [flipped(node, random) if position == at else node for position, node in enumerate(proof)]


def with_one_left_out(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof)) if proof else 0
    return proof[:at] + proof[at + 1 :]


def with_one_put_in(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof) + 1)
    return [*proof[:at], random.choice([*LEAVES, *ROOTS, *proof]), *proof[at:]]


def with_one_doubled(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof)) if proof else 0
    return [*proof[: at + 1], *proof[at:]]


def with_two_swapped(proof: Proof, random: Random) -> Proof:
    forged = list(proof)
    if len(forged) > 1:
        one, other = random.sample(range(len(forged)), 2)
        forged[one], forged[other] = forged[other], forged[one]
    return forged


def with_one_replaced(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof)) if proof else 0
    return [*proof[:at], random.choice([*LEAVES, *ROOTS]), *proof[at + 1 :]]


def shortened_by_a_byte(proof: Proof, random: Random) -> Proof:
    at = random.randrange(len(proof)) if proof else 0
    return [node[:-1] if position == at else node for position, node in enumerate(proof)]


FORGERIES: list[Callable[[Proof, Random], Proof]] = [
    with_a_flipped_bit,
    with_one_left_out,
    with_one_put_in,
    with_one_doubled,
    with_two_swapped,
    with_one_replaced,
    shortened_by_a_byte,
]


def test_no_forged_inclusion_proof_is_accepted() -> None:
    random = Random(6962)
    tried = 0
    while tried < 20_000:
        size = random.randint(1, 64)
        index = random.randrange(size)
        proof = inclusion_proof(LEAVES[:size], index)
        forged = random.choice(FORGERIES)(proof, random)
        other_index, other_size = random.randrange(size), random.randint(1, 64)
        # A root belongs to its size, so a forger chooses among true pairs of them.
        claims = [
            (LEAVES[index], index, size, forged, ROOTS[size]),
            (LEAVES[index], other_index, size, proof, ROOTS[size]),
            (LEAVES[other_index], index, size, proof, ROOTS[size]),
            (LEAVES[index], index, other_size, proof, ROOTS[other_size]),
            (LEAVES[index], index, size, proof, flipped(ROOTS[size], random)),
            (flipped(LEAVES[index], random), index, size, proof, ROOTS[size]),
        ]
        for claim in claims:
            if claim == (LEAVES[index], index, size, proof, ROOTS[size]):
                assert verify_inclusion(*claim)
            else:
                assert not verify_inclusion(*claim), claim
                tried += 1


def test_no_forged_consistency_proof_is_accepted() -> None:
    random = Random(9162)
    tried = 0
    while tried < 20_000:
        size = random.randint(2, 64)
        old_size = random.randint(1, size)
        proof = consistency_proof(LEAVES[:size], old_size)
        forged = random.choice(FORGERIES)(proof, random)
        other_old, other_size = random.randint(1, size), random.randint(size, 64)
        claims = [
            (old_size, size, forged, ROOTS[old_size], ROOTS[size]),
            (other_old, size, proof, ROOTS[other_old], ROOTS[size]),
            (old_size, other_size, proof, ROOTS[old_size], ROOTS[other_size]),
            (old_size, size, proof, flipped(ROOTS[old_size], random), ROOTS[size]),
            (old_size, size, proof, ROOTS[old_size], flipped(ROOTS[size], random)),
            (old_size, size, proof, ROOTS[size], ROOTS[old_size]),
        ]
        for claim in claims:
            # The one true claim, and the trivial one that a log begins with itself.
            if claim == (old_size, size, proof, ROOTS[old_size], ROOTS[size]) or (
                claim[0] == claim[1] and not claim[2] and claim[3] == claim[4]
            ):
                assert verify_consistency(*claim)
            else:
                assert not verify_consistency(*claim), claim
                tried += 1
