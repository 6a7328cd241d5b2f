"""The community hands verified beneficiaries a secret each, and registers only the digests.

Whoever is rated must not choose the raters: where the community itself performs, the funder or the supervision
committee (居务监督委员会) of the community does both.
"""

from typing import Annotated

from pydantic import Field

from schemas.contract import Milestone
from schemas.deciding import Context, World
from schemas.fact import Command, Note
from schemas.ids import ProjectId
from schemas.party import committee_of
from schemas.refused import Refused
from schemas.role import Actor
from schemas.rulebook import Certainty, Source
from services.evaluation.rules.evaluation import Evaluation, Token, token_id
from services.evaluation.rules.reissued import rights_of

MOST_PER_BATCH = 5_000
SEPARATION = Source("吉林省民政厅 2016-12-23 提案答复:居民会议决策、居委会执行、监督委员会监督", Certainty.FOUNDING)
"""From which follows: who performs does not choose who judges the performance."""


class IssueTokens(Command):
    """Register rating tokens by the SHA-256 (hex) of each, for every milestone or for one only.

    Those already registered are left as they are, if they may rate what they are registered for now. Of one that was
    reissued the right is registered, which is the first token's.
    """

    project_id: ProjectId
    milestone: Milestone | None = None
    digests: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...],
        Field(min_length=1, max_length=MOST_PER_BATCH),
    ]


class TokensIssued(Note):
    project_id: ProjectId
    milestone: Milestone | None
    digests: tuple[str, ...]


def issue(world: World, command: IssueTokens, context: Context) -> list[Note]:
    """Until the evaluation closes; never more tokens than the rulebook allows one project."""
    evaluation = world.get(Evaluation, command.project_id)
    _must_not_choose_own_raters(evaluation, context.by)
    evaluation.must_be_open(context.at)
    evaluation.must_not_be_reevaluated()
    rights, _ = rights_of(world, command.project_id, command.digests)
    known = {digest: world.find(Token, token_id(command.project_id, digest)) for digest in rights}
    for row, digest in enumerate(rights, start=1):
        token = known[digest]
        if token is not None and token.milestone not in (None, command.milestone):
            raise Refused("token_of_one_milestone", field=f"digests.{row - 1}", row=row, milestone=token.milestone)
    fresh = tuple(digest for digest, token in known.items() if token is None)
    rulebook = context.rulebooks.by_hash(evaluation.rulebook)
    most = rulebook.integer("evaluation.most_tokens")
    if evaluation.tokens + len(fresh) > most:
        raise Refused("too_many_tokens", rulebook.source("evaluation.most_tokens"), field="digests", most=most)
    if not fresh:
        return []
    return [TokensIssued(project_id=command.project_id, milestone=command.milestone, digests=fresh)]


def _must_not_choose_own_raters(evaluation: Evaluation, by: Actor) -> None:
    """By the community; where it performs itself, by the funder or the supervision committee in its place."""
    if not evaluation.by_community:
        by.must_be(evaluation.community_id)
        return
    if by.party_id == evaluation.provider_id:
        raise Refused("chooses_own_raters", SEPARATION, status=403, project=str(evaluation.id))
    division = evaluation.community_division
    if by.party_id != evaluation.funder_id and (division is None or by.party_id != committee_of(division)):
        raise Refused("not_your_party", status=403)
