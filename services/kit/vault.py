"""The vault: envelopes nobody opens without the installation's master key.

AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce in front of each ciphertext. A sealing key exists in the
clear only inside these methods; what is stored is its wrapped form. Associated data ties an envelope to its place:
moved to another place it does not open. Errors are raised where no key and no content is a local variable, because
some loggers print those.
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from schemas.bilingual import Bilingual

KEY_BYTES = 32
NONCE_BYTES = 12
WRONG_MASTER = "封装密钥不是用这把主密钥加密的", "the sealing key was not wrapped under this master key"
WRONG_PLACE = "密封件不能用这把密钥在此处打开", "the envelope does not open with this key in this place"
_WRAPPED = b"sanshe sealing key"


class VaultError(Bilingual):
    """A key or an envelope was altered, moved, or made under another master key."""


class Vault:
    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise VaultError(f"主密钥应有 {KEY_BYTES} 个字节", f"a master key has {KEY_BYTES} bytes")
        self._wrapping = _derived(master_key, b"wrap sealing keys")
        self._hashing = _derived(master_key, b"keyed digests")

    def __repr__(self) -> str:
        return "Vault()"

    def new_key(self) -> bytes:
        """A fresh sealing key, wrapped."""
        return _encrypt(self._wrapping, AESGCM.generate_key(bit_length=8 * KEY_BYTES), _WRAPPED)

    def seal(self, wrapped_key: bytes, plain: bytes, aad: bytes) -> bytes:
        return _encrypt(_found(self._unwrap(wrapped_key), WRONG_MASTER), plain, aad)

    def open(self, wrapped_key: bytes, sealed: bytes, aad: bytes) -> bytes:
        return _found(_decrypt(_found(self._unwrap(wrapped_key), WRONG_MASTER), sealed, aad), WRONG_PLACE)

    def digest(self, content: bytes) -> bytes:
        """HMAC-SHA256 under the master key: equal for equal content, and no help in guessing it."""
        return hmac.digest(self._hashing, content, sha256)

    def derive(self, wrapped_key: bytes, content: bytes) -> bytes:
        """HMAC-SHA256 under a key of its own that derives from the wrapped one; 32 bytes."""
        key = _derived(_found(self._unwrap(wrapped_key), WRONG_MASTER), b"derived values")
        return hmac.digest(key, content, sha256)

    def _unwrap(self, wrapped_key: bytes) -> bytes | None:
        return _decrypt(self._wrapping, wrapped_key, _WRAPPED)


def master_key(path: Path) -> bytes:
    """The installation's master key, made on the first start; only its owner may read the file.

    Whoever starts first wins: the key is complete before its name exists. Losing the file means that bids not yet
    opened never will be, so it belongs into the backup, apart from the database.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_bytes(KEY_BYTES))
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise VaultError(
            f"{path} 可被他人读取(权限 {mode:o})。请运行 chmod 600 {path}",
            f"{path} may be read by others (mode {mode:o}); run: chmod 600 {path}",
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise VaultError(
            f"{path} 有 {len(key)} 个字节,主密钥应有 {KEY_BYTES} 个。请从备份恢复。",
            f"{path} has {len(key)} bytes, a master key has {KEY_BYTES}; restore it from the backup",
        )
    return key


def _write_once(path: Path, content: bytes) -> None:
    descriptor, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes files of mode 600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return  # another process was first; its key counts
    finally:
        os.unlink(draft)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _derived(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=b"sanshe/" + purpose).derive(master_key)


def _encrypt(key: bytes, plain: bytes, aad: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, aad)


def _decrypt(key: bytes, sealed: bytes, aad: bytes) -> bytes | None:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError):
        return None


def _found(opened: bytes | None, complaint: tuple[str, str]) -> bytes:
    if opened is None:
        raise VaultError(*complaint)
    return opened
