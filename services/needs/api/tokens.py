"""Doors of the tokens issued against the register. A token is shown when asked for, and stands in no stored answer."""

from collections.abc import Mapping
from uuid import UUID

from events.database import Connection
from schemas.contract import Milestone
from schemas.deciding import World
from schemas.ids import BallotId, ProjectId
from schemas.need import VoterGround
from schemas.refused import Refused
from schemas.role import Role
from services.kit.asked import Answer, Asked
from services.kit.service import Get, Post
from services.kit.vault import Vault
from services.needs import store
from services.needs.api.residents import own_register
from services.needs.rules.ballot import Ballot
from services.needs.rules.residents import issuing, rating, rating_reissue
from services.needs.rules.residents.register import Resident
from services.needs.rules.residents.token import TokenKey, digest_of, rating_purpose, token_of
from services.needs.store import residents

COMMUNITY = frozenset({Role.COMMUNITY})
LARGEST_ISSUE = 1024 * 1024
PROJECT = "/v1/communities/{community_id}/projects/{project_id}/tokens"
PAGES = {
    "cursor": "上一页的 `next` · the `next` of the page before",
    "limit": "1 至 200,默认 50 · 1 to 200, 50 unless said otherwise",
}


class IssuedAnswer(Answer):
    """Who of the request holds a token now, and the roll as it is public with the ballot."""

    ballot_id: BallotId
    holding: int
    listed: Mapping[VoterGround, int]


class ReissuedAnswer(Answer):
    ballot_id: BallotId
    resident_id: UUID
    number: int
    """the how many-th token of this resident in this ballot"""


class TokenAnswer(Answer):
    resident_id: UUID
    token: str
    """to hand out; a vote carries its SHA-256"""


class TokensPage(Answer):
    tokens: tuple[TokenAnswer, ...]
    next: UUID | None


async def _with_key(connection: Connection, command: issuing.IssueTokens, vault: Vault) -> issuing.IssueWithKey:
    return issuing.IssueWithKey(**command.model_dump(), key=vault.new_key().hex())


async def _with_lost(connection: Connection, command: issuing.ReissueToken, vault: Vault) -> issuing.ReissueSeen:
    found = await store.ballot(connection, command.ballot_id)
    holder = found and await residents.resident(connection, found[0].community_id, command.resident_id)
    key = await residents.token_key(connection, command.ballot_id)
    lost = _digest(holder[0], key, vault) if holder and key else ""
    return issuing.ReissueSeen(**command.model_dump(), lost=lost)


def _digest(holder: Resident, key: TokenKey, vault: Vault) -> str:
    number = holder.number_of(key.id)
    return digest_of(token_of(vault, key, holder, number)) if number and key.key else ""


def _issued(world: World, command: issuing.IssueWithKey, cause: UUID) -> IssuedAnswer:
    listed = world.get(Ballot, command.ballot_id).listed
    return IssuedAnswer(ballot_id=command.ballot_id, holding=len({*command.residents}), listed=listed)


def _reissued(world: World, command: issuing.ReissueSeen, cause: UUID) -> ReissuedAnswer:
    number = world.get(Resident, command.resident_id).number_of(command.ballot_id)
    return ReissuedAnswer(ballot_id=command.ballot_id, resident_id=command.resident_id, number=number)


class RatingTokensIssued(Answer):
    project_id: ProjectId
    milestone: Milestone | None
    holding: int
    """of the request"""


class RatingToken(TokenAnswer):
    digest: str
    """what is registered at the project's own roll: SHA-256 of the first token, also where this one was reissued"""


class RatingTokensPage(Answer):
    tokens: tuple[RatingToken, ...]
    next: UUID | None


async def _rating_key(
    connection: Connection, command: rating.IssueRatingTokens, vault: Vault
) -> rating.IssueRatingWithKey:
    return rating.IssueRatingWithKey(**command.model_dump(), key=vault.new_key().hex())


def _rating_issued(world: World, command: rating.IssueRatingWithKey, cause: UUID) -> RatingTokensIssued:
    holding = len({*command.residents})
    return RatingTokensIssued(project_id=command.project_id, milestone=command.milestone, holding=holding)


class RatingTokenReissued(Answer):
    project_id: ProjectId
    milestone: Milestone | None
    number: int
    """the how many-th token of this resident for it"""


def _rating_reissued(world: World, command: rating_reissue.ReissueRatingToken, cause: UUID) -> RatingTokenReissued:
    number = world.get(Resident, command.resident_id).number_of(command.purpose_id)
    return RatingTokenReissued(project_id=command.project_id, milestone=command.milestone, number=number)


async def _rating_tokens(connection: Connection, asked: Asked) -> RatingTokensPage:
    project_id, community_id = asked.id("project_id"), own_register(asked)
    milestone = asked.query.get("milestone")
    if milestone is not None and milestone not in list(Milestone):
        raise Refused("not_found", status=404, what="Milestone", id=milestone)
    one = None if milestone is None else Milestone(milestone)
    id = rating_purpose(community_id, project_id, one)
    key = await residents.token_key(connection, id)
    if key is None:
        return RatingTokensPage(tokens=(), next=None)
    if not key.key or asked.at >= key.ends_at:
        raise Refused("tokens_over", ended=key.ends_at)
    holders = await residents.holders_of(connection, community_id, id, asked.cursor, asked.limit)
    return RatingTokensPage(
        tokens=tuple(
            RatingToken(
                resident_id=holder.id,
                token=token_of(asked.vault, key, holder, holder.number_of(id)),
                digest=digest_of(token_of(asked.vault, key, holder, 1)),
            )
            for holder in holders
        ),
        next=holders[-1].id if len(holders) == asked.limit else None,
    )


async def _tokens(connection: Connection, asked: Asked) -> TokensPage:
    id = asked.id("ballot_id")
    found = await store.ballot(connection, id)
    if found is None:
        raise Refused("not_found", status=404, what="Ballot", id=str(id))
    ballot, _ = found
    asked.actor.must_be(ballot.community_id)
    key = await residents.token_key(connection, id)
    if key is None:
        return TokensPage(tokens=(), next=None)
    if not key.key or asked.at >= key.ends_at:
        raise Refused("tokens_forgotten", ballot=str(id))
    holders = await residents.holders_of(connection, ballot.community_id, id, asked.cursor, asked.limit)
    return TokensPage(
        tokens=tuple(
            TokenAnswer(resident_id=one.id, token=token_of(asked.vault, key, one, one.number_of(id))) for one in holders
        ),
        next=holders[-1].id if len(holders) == asked.limit else None,
    )


ROUTES: tuple[Post | Get, ...] = (
    Post(
        path="/v1/ballots/{ballot_id}/tokens",
        command=issuing.IssueTokens,
        roles=COMMUNITY,
        prepare=_with_key,
        refs=issuing.issue_refs,
        decide=issuing.issue,
        subject=lambda command, cause: (Ballot, command.ballot_id),
        answer=_issued,
        summary="向居民签发选民凭证(至多 5000 人),只公布人数 · Issue voters' tokens; their count is public",
        largest_body=LARGEST_ISSUE,
        slow=True,
    ),
    Post(
        path="/v1/ballots/{ballot_id}/tokens/reissue",
        command=issuing.ReissueToken,
        roles=COMMUNITY,
        prepare=_with_lost,
        refs=issuing.reissue_refs,
        decide=issuing.reissue,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_reissued,
        summary="凭证遗失补发,原凭证作废 · Reissue a lost token; the one before is void",
    ),
    Post(
        path=PROJECT,
        command=rating.IssueRatingTokens,
        roles=COMMUNITY,
        prepare=_rating_key,
        refs=rating.issue_refs,
        decide=rating.issue,
        subject=lambda command, cause: (TokenKey, command.purpose_id),
        answer=_rating_issued,
        summary="向居民签发项目评价凭证(至多 5000 人) · Issue residents tokens to rate a project with",
        largest_body=LARGEST_ISSUE,
        slow=True,
    ),
    Post(
        path=f"{PROJECT}/reissue",
        command=rating_reissue.ReissueRatingToken,
        roles=COMMUNITY,
        refs=rating_reissue.reissue_refs,
        decide=rating_reissue.reissue,
        subject=lambda command, cause: (Resident, command.resident_id),
        answer=_rating_reissued,
        summary="评价凭证遗失补发,原凭证作废,已作的评价保留 · Reissue a lost rating token; what it rated stays",
    ),
    Get(
        path=PROJECT,
        roles=COMMUNITY,
        handler=_rating_tokens,
        answer=RatingTokensPage,
        summary="已签发的评价凭证及其摘要,到期后不可再查 · The tokens to hand out, each with the digest to register",
        query=PAGES | {"milestone": "中期或期末,省略为全部 · mid_term or final; every one unless said"},
    ),
    Get(
        path="/v1/ballots/{ballot_id}/tokens",
        roles=COMMUNITY,
        handler=_tokens,
        answer=TokensPage,
        summary="已签发的凭证(仅本社区,截止后不可再查) · The tokens to hand out, for the community and until the close",
        query=PAGES,
    ),
)
