"""Envelopes that open in one place with one key, and a key in three shares of which any two make it again."""

import secrets
from itertools import combinations
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import (
    HOLDERS,
    KEY_BYTES,
    OVERHEAD_BYTES,
    bid_place,
    join,
    new_key,
    public_of,
    seal,
    split,
    unseal,
    usable,
)
from schemas.ids import PartyId, ProjectId

keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
PLACE = bid_place(ProjectId(uuid4()), PartyId(uuid4()))


@given(secret=keys, one=keys, other=keys)
def test_any_two_shares_make_the_secret_in_either_order(secret: bytes, one: bytes, other: bytes) -> None:
    shares = split(secret, (one, other))

    for pair in combinations(HOLDERS, 2):
        first, second = ((holder, shares[holder]) for holder in pair)
        assert join(first, second) == join(second, first) == secret


@given(secret=keys, other=keys, one=keys, two=keys)
def test_one_share_fits_every_secret(secret: bytes, other: bytes, one: bytes, two: bytes) -> None:
    """For each share and any other secret there are parts of which that secret gives the same share."""
    for holder, share in split(secret, (one, two)).items():
        place, half = HOLDERS.index(holder), KEY_BYTES
        known = {(place + 1) % 3: share[:half], (place + 2) % 3: share[half:]}
        lacking = bytes(a ^ b ^ c for a, b, c in zip(other, *known.values(), strict=True))
        parts = known | {place: lacking}

        assert split(other, (parts[0], parts[1]))[holder] == share


@given(plain=st.binary(max_size=500))
def test_what_was_sealed_opens_with_its_key_in_its_place_and_in_no_other_way(plain: bytes) -> None:
    private = new_key()
    sealed = seal(plain, public_of(private), PLACE)

    assert len(sealed) == len(plain) + OVERHEAD_BYTES
    assert unseal(sealed, private, PLACE) == plain
    assert unseal(sealed, new_key(), PLACE) is None
    assert unseal(sealed, private, PLACE + b"x") is None
    place = secrets.randbelow(len(sealed))
    damaged = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
    assert unseal(damaged, private, PLACE) is None
    assert unseal(sealed[:40], private, PLACE) is None


def test_the_same_bid_sealed_twice_is_two_ciphertexts() -> None:
    public = public_of(new_key())

    assert seal(b"bid", public, PLACE) != seal(b"bid", public, PLACE)


def test_the_public_key_is_that_of_rfc_7748() -> None:
    """Section 6.1, Alice."""
    private = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")

    assert public_of(private).hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"


@pytest.mark.parametrize("point", [bytes(32), (1).to_bytes(32, "little")])
def test_nothing_can_be_sealed_to_a_point_of_low_order(point: bytes) -> None:
    assert usable(public_of(new_key()))
    assert not usable(point)
