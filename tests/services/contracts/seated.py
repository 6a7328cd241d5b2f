"""A supervision committee of three, by the tokens its members keep."""

from hashlib import sha256

TOKENS = ("member-one-0123456789", "member-two-0123456789", "member-three-0123456789")
ROLL = tuple(sorted(sha256(token.encode()).hexdigest() for token in TOKENS))
SIGNED = list(TOKENS[:2])
"""two of three"""
