"""Canonical JSON: one value has one spelling, so a digest names its content wherever it is computed.

After RFC 8785 (JSON Canonicalization Scheme): keys sorted, no spaces, UTF-8, no needless escapes.
Our values hold no floats (amounts are integers, scores are strings), so RFC 8785's number rules never arise.
"""

import json
from hashlib import sha256
from typing import Any

from pydantic import BaseModel


def canonical(value: Any) -> bytes:
    """The canonical JSON of a model, or of plain dicts, lists, strings, integers, booleans and None."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return sha256(canonical(value)).hexdigest()
