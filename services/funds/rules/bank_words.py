"""What a bank's file says a payment is for, within the length its fields take.

The rule: our number and the tranche come first and are never cut, because receipts are matched by them; the project's
title follows. What does not fit is cut at the end, between characters and never between a character and what is
combined with it, and `…` shows that something is missing.
"""

import unicodedata

MOST_REMITTANCE = 140
"""characters: ISO 20022 Max140Text"""
MOST_POSTSCRIPT = 70
"""characters of 附言 in a CSV: half of it, as the upload forms of banks take less"""
_JOINER = "\u200d"


def purpose(reference: str, number: int, title: str, most: int) -> str:
    return fitted(f"{reference} 第{number}期 {plain(title)}", most)


def plain(text: str) -> str:
    """On one line, without what XML cannot hold or nobody can see."""
    return " ".join("".join(c if c.isprintable() or c == _JOINER else " " for c in text).split())


def fitted(text: str, most: int) -> str:
    """At most so many characters (code points), the last one whole."""
    if len(text) <= most:
        return text
    end = most - 1
    while _belongs_to_the_one_before(text, end):
        end -= 1
    return f"{text[:end].rstrip()}…"


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    joined = _JOINER in (text[place], text[place - 1])
    return joined or unicodedata.category(text[place]) in ("Mn", "Me", "Mc")
