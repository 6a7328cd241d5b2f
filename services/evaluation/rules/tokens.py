"""The community hands verified beneficiaries a secret each, and registers only the digests.

The provider has no part in it: whoever is rated must not choose the raters.
"""

from typing import Annotated

from pydantic import Field

from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.refused import Refused
from services.evaluation.rules.evaluation import Evaluation, Token, token_id

MOST_PER_BATCH = 5_000


class IssueTokens(Command):
    """Register rating tokens by the SHA-256 (hex) of each; those already registered are left as they are."""

    project_id: ProjectId
    digests: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...],
        Field(min_length=1, max_length=MOST_PER_BATCH),
    ]


class TokensIssued(Note):
    project_id: ProjectId
    digests: tuple[str, ...]


def issue(world: World, command: IssueTokens, context: Context) -> list[Note]:
    """Until the evaluation closes; never more tokens than the rulebook allows one project."""
    evaluation = world.get(Evaluation, command.project_id)
    context.by.must_be(evaluation.community_id)
    evaluation.must_be_open(context.at)
    fresh = tuple(
        digest
        for digest in dict.fromkeys(command.digests)
        if world.find(Token, token_id(command.project_id, digest)) is None
    )
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    most = rulebook.integer("evaluation.most_tokens")
    if evaluation.tokens + len(fresh) > most:
        raise Refused("too_many_tokens", rulebook.source("evaluation.most_tokens"), field="digests", most=most)
    return [TokensIssued(project_id=command.project_id, digests=fresh)] if fresh else []
