"""The one error of the embedded servers."""


class CannotStart(Exception):
    """An embedded server cannot run here: the message says what happened, why, and what to do next."""
