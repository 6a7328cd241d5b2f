"""Errors whose words are for people: Chinese first, English beside it."""


class Bilingual(Exception):
    """The message says what happened, why, and what to do next, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
