"""How large a committee is, who of it are experts, and who may not sit in it."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from uuid import UUID

from schemas.committee import Member, Passed, Seat
from schemas.deciding import Context
from schemas.ids import PartyId
from schemas.party import PartyKind
from schemas.refused import Refused
from schemas.rulebook import Rulebook, Source
from schemas.standing import Party
from services.tenders.rules.amendment import drafters_and_approvers
from services.tenders.rules.project import Bid, Phase, Project

LEAST = "tender.committee_least"
LEAST_LARGE = "tender.committee_least_large"
LARGE_FROM = "tender.committee_large_from_fen"
EXPERT_SHARE = "tender.expert_share_least"
REQUIRED = "tender.committee"
WAYS = "tender.committee_by"
MOST = 25
"""members"""


def committee_rules(project: Project, context: Context, way: str) -> Rulebook:
    """The rulebook, where its edition knows committees and lets one be found this way."""
    rulebook = context.rulebooks.by_hash(project.agreed.rulebook)
    if LEAST not in rulebook.rules:
        raise Refused("no_committee_rules", rulebook=rulebook.name)
    if WAYS in rulebook.rules and way not in rulebook.value(WAYS):
        raise Refused("committee_by_another_way", rulebook.source(WAYS), ways=", ".join(rulebook.value(WAYS)))
    return rulebook


def _awaited(project: Project, rulebook: Rulebook) -> bool:
    """Where one is required, and where a draw was committed: it may not be left undrawn."""
    return REQUIRED in rulebook.rules and (rulebook.value(REQUIRED) == "required" or project.draw is not None)


def least(project: Project, rulebook: Rulebook) -> tuple[int, Source]:
    """Members, by the size of the purchase."""
    large = LARGE_FROM in rulebook.rules and project.agreed.ceiling.fen >= rulebook.integer(LARGE_FROM)
    path = LEAST_LARGE if large and LEAST_LARGE in rulebook.rules else LEAST
    return rulebook.integer(path), rulebook.source(path)


def check_composition(project: Project, members: Sequence[Member], rulebook: Rulebook, field: str) -> None:
    """An odd number, large enough, with enough experts."""
    if len({member.evaluator_id for member in members}) != len(members):
        raise Refused("member_twice", status=422, field=field)
    needed, source = least(project, rulebook)
    if len(members) < needed or len(members) % 2 == 0:
        raise Refused("committee_size", source, status=422, field=field, members=len(members), needed=needed)
    if EXPERT_SHARE in rulebook.rules:
        experts = sum(member.seat is Seat.EXPERT for member in members)
        if Fraction(experts, len(members)) < rulebook.share(EXPERT_SHARE):
            raise Refused(
                "too_few_experts",
                rulebook.source(EXPERT_SHARE),
                status=422,
                field=field,
                experts=experts,
                members=len(members),
                share=str(rulebook.value(EXPERT_SHARE)),
            )


def unfit(project: Project, one: Party, bids: Collection[Bid]) -> Passed | None:
    """Why this evaluator may not judge these bids."""
    return why_unfit(one, {bid.bidder_id for bid in bids}, project.recused, drafters_and_approvers(project))


def why_unfit(
    one: Party, judged: Collection[UUID], recused: Collection[UUID], decided: Collection[UUID | None]
) -> Passed | None:
    """By what it declared and what registry knows. `judged`: parties; `decided`: who had a hand in the terms."""
    if one.id in recused:
        return Passed.RECUSED
    if not (one.ties | {one.id}).isdisjoint(judged):
        return Passed.TIED
    if one.id in decided:
        return Passed.TERMS
    return Passed.STANDING if one.suspended or not one.verified or one.kind is not PartyKind.EVALUATOR else None


def must_fit(project: Project, one: Party, bids: Collection[Bid], source: Source, field: str) -> None:
    if (why := unfit(project, one, bids)) is not None:
        raise Refused("member_unfit", source, status=422, field=field, evaluator=str(one.id), why=why)


def must_keep_scorers(project: Project, ids: Collection[PartyId]) -> None:
    """No score is removed by changing the committee."""
    for entry in project.entries:
        if entry.evaluator_id not in ids:
            raise Refused("member_has_scored", evaluator=str(entry.evaluator_id))


def must_sit(project: Project, evaluator_id: PartyId, rulebook: Rulebook) -> None:
    """Where there is a committee nobody else scores; where one is awaited nobody scores without."""
    if evaluator_id in project.recused:
        raise Refused("recused_already", evaluator=str(evaluator_id))
    if project.committee is not None and evaluator_id not in project.committee.ids:
        source = rulebook.source(LEAST)
        raise Refused("not_in_committee", source, status=403, evaluator=str(evaluator_id))
    if project.committee is None and _awaited(project, rulebook):
        raise Refused("committee_missing", rulebook.source(REQUIRED))


def must_be_complete(project: Project, rulebook: Rulebook) -> None:
    """Every member scored, and after recusals there are still enough of them."""
    if project.committee is None:
        if _awaited(project, rulebook):
            raise Refused("committee_missing", rulebook.source(REQUIRED))
        return
    check_composition(project, project.committee.members, rulebook, "committee")
    silent = project.committee.ids - {entry.evaluator_id for entry in project.entries}
    if silent:
        first = min(silent, key=str)
        raise Refused("member_has_not_scored", rulebook.source(LEAST), missing=len(silent), evaluator=str(first))


JUDGED_IN = (Phase.OPENED, Phase.SCORING)
"""a committee is found after the opening and before scoring is closed"""
