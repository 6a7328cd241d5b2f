"""Envelopes nobody opens without the master key."""

import os
import secrets
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.vault import KEY_BYTES, Vault, VaultError, master_key

VAULT = Vault(secrets.token_bytes(KEY_BYTES))
KEY = VAULT.new_key()


@given(plain=st.binary(max_size=2000), aad=st.binary(max_size=100))
def test_what_was_sealed_opens_with_its_key_in_its_place(plain: bytes, aad: bytes) -> None:
    assert VAULT.open(KEY, VAULT.seal(KEY, plain, aad), aad) == plain


@given(position=st.integers(0, 100), bit=st.integers(0, 7))
def test_one_altered_bit_does_not_open(position: int, bit: int) -> None:
    sealed = bytearray(VAULT.seal(KEY, b"x" * 80, b"place"))
    sealed[position] ^= 1 << bit

    with pytest.raises(VaultError):
        VAULT.open(KEY, bytes(sealed), b"place")


def test_an_envelope_does_not_open_in_another_place_with_another_key_or_under_another_master() -> None:
    sealed = VAULT.seal(KEY, b"secret", b"here")

    with pytest.raises(VaultError):
        VAULT.open(KEY, sealed, b"there")
    with pytest.raises(VaultError):
        VAULT.open(VAULT.new_key(), sealed, b"here")
    with pytest.raises(VaultError, match="master key"):
        Vault(secrets.token_bytes(KEY_BYTES)).open(KEY, sealed, b"here")
    for torn in (b"", sealed[:5], sealed[:20]):
        with pytest.raises(VaultError):
            VAULT.open(KEY, torn, b"here")


def test_equal_content_is_sealed_differently_every_time() -> None:
    assert VAULT.seal(KEY, b"98765.43", b"") != VAULT.seal(KEY, b"98765.43", b"")


def test_a_digest_is_equal_for_equal_content_and_depends_on_the_master_key() -> None:
    assert VAULT.digest(b"a price") == VAULT.digest(b"a price") != VAULT.digest(b"another")
    assert VAULT.digest(b"a price") != Vault(secrets.token_bytes(KEY_BYTES)).digest(b"a price")


def test_a_complaint_holds_nothing_of_what_was_sealed() -> None:
    with pytest.raises(VaultError) as caught:
        VAULT.open(KEY, b"marker" * 10, b"place")

    assert "marker" not in str(caught.value)


def test_the_traceback_of_a_complaint_has_no_key_among_its_local_variables() -> None:
    with pytest.raises(VaultError) as caught:
        VAULT.open(KEY, VAULT.seal(KEY, b"secret", b"here"), b"there")

    step = caught.value.__traceback__
    while step is not None:
        local = step.tb_frame.f_locals
        assert not [name for name, value in local.items() if isinstance(value, bytes) and len(value) == KEY_BYTES]
        step = step.tb_next
    assert repr(VAULT) == "Vault()"


def test_the_master_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "master.key"

    key = master_key(path)

    assert len(key) == KEY_BYTES
    assert master_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(path.parent) == ["master.key"]


def test_processes_that_start_together_agree_on_one_master_key(tmp_path: Path) -> None:
    with get_context("spawn").Pool(2) as pool:
        keys = pool.map(master_key, [tmp_path / "master.key"] * 8)

    assert len(set(keys)) == 1


def test_a_master_key_others_may_read_or_of_another_length_is_refused_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    master_key(path)
    path.chmod(0o644)
    with pytest.raises(VaultError, match="chmod 600"):
        master_key(path)

    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(VaultError, match="backup"):
        master_key(path)


def test_a_derived_value_is_the_same_for_a_key_and_a_content_and_another_for_any_other() -> None:
    other = VAULT.new_key()

    derived = {VAULT.derive(key, content) for key in (KEY, other) for content in (b"a", b"b") for _ in range(2)}

    assert len(derived) == 4
    assert {len(value) for value in derived} == {32}
    assert VAULT.digest(b"a") not in derived
    with pytest.raises(VaultError):
        Vault(secrets.token_bytes(KEY_BYTES)).derive(KEY, b"a")
