"""The refusal: what a rule answers when something is not allowed."""

from typing import Any

from schemas.rulebook import Source


class Refused(Exception):
    """A rule says no. `code` names the sentence in the service's `reasons.toml`, `source` where the rule stands.

    `status` is the HTTP answer (409 when the state forbids it, 403 when the caller may not, 404, 422), `field`
    the part of the request at fault. `details` fill the sentence; never put sealed content into them.
    """

    def __init__(
        self, code: str, source: Source | None = None, *, status: int = 409, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(code)
        self.code = code
        self.source = source
        self.status = status
        self.field = field
        self.details = details


class NotHereYet(Exception):
    """A fact of another stream that this decision needs has not arrived; the key waits for it, nothing is wrong."""

    def __init__(self, stream: str, key: str) -> None:
        super().__init__(f"waiting for {key} on {stream}")
        self.stream = stream
        self.key = key
