"""Tokens to rate a project with, as needs hands them out and evaluation takes them: by their digests."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.contract import Milestone
from schemas.ids import PartyId, ProjectId
from schemas.model import Model
from schemas.need import NeedFact

TokenDigest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a token, lower-case hex"""
MOST_REISSUED = 200
"""told at once"""


class ReissueReason(StrEnum):
    """Why somebody needs another one; a list, because free words would say who."""

    LOST = "lost"
    DAMAGED = "damaged"
    EXPOSED = "exposed"
    """others have seen it"""


class TokenReissued(Model):
    lost: TokenDigest
    """void from now on"""
    fresh: TokenDigest
    """stands in its place, and may do no more than it might have done"""
    reason: ReissueReason
    reissued_by: PartyId
    """the clerk"""


class RatingTokensReissued(NeedFact):
    """Tokens to rate a project were lost and others issued. Whose they are is told to nobody."""

    type: ClassVar[str] = "rating_tokens.reissued"

    project_id: ProjectId
    milestone: Milestone | None
    """none: for every milestone"""
    reissued: Annotated[tuple[TokenReissued, ...], Field(min_length=1, max_length=MOST_REISSUED)]
    """in the order in which they were; one may follow on another"""
