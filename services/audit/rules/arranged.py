"""What is different in the story of an agreement that was asked for or arranged directly, or is paid by the unit."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from schemas.arranging import AwardArranged, milestones_of
from schemas.change import ChangeProposed, ContractChanged
from schemas.commission import CommissionAccepted, CommissionRequested
from schemas.contract import Agreement, ContractSigned, Milestone, MilestoneConfirmed, MilestoneSubmitted
from schemas.fact import Fact
from schemas.finding import Finding
from schemas.framework import FrameworkApproved, FrameworkCalledOff, FrameworkConcluded
from schemas.fund import TrancheReleased
from schemas.gate import ItemHandedOver, Performer
from schemas.money import sum_of
from schemas.need import NeedChosen, NeedRouted
from schemas.project import BudgetReserved
from schemas.round import ApplicationSubmitted, RoundConfirmed
from schemas.tender import AwardConfirmed, AwardProposed, BidsRanked
from schemas.work import WorkAccepted, WorkReported
from services.audit.rules.story import Story


def instead(story: Story) -> Mapping[type[Fact], type[Fact]]:
    """Steps that such a story does not have, each with the one that stands in its place."""
    places: dict[type[Fact], type[Fact]] = {}
    if story.brief is not None and story.brief.is_asked_for:
        places |= {NeedRouted: CommissionRequested, NeedChosen: CommissionAccepted}
    handed_over = story.last(ItemHandedOver)
    if handed_over is not None and handed_over.performer is Performer.ORGANIZATION:
        places |= {NeedRouted: ItemHandedOver, NeedChosen: ItemHandedOver}
    if story.last(AwardArranged) is not None:
        places |= {AwardProposed: AwardArranged, AwardConfirmed: AwardArranged}
    if story.last(FrameworkApproved) is not None:
        places |= {BudgetReserved: FrameworkApproved, AwardConfirmed: FrameworkConcluded}
    if story.last(FrameworkCalledOff) is not None:
        places |= {AwardProposed: FrameworkCalledOff, BidsRanked: FrameworkCalledOff}
    if story.last(RoundConfirmed) is not None:
        places |= {NeedRouted: ApplicationSubmitted, NeedChosen: RoundConfirmed}
    signed = story.last(ContractSigned)
    if signed is not None and signed.provider_id == signed.community_id:
        places[MilestoneConfirmed] = MilestoneSubmitted
    return places


def agreed_milestones(story: Story) -> tuple[Milestone, ...]:
    signed = story.last(ContractSigned)
    return tuple(Milestone) if signed is None else milestones_of(signed.instrument, signed.tranches)


def arranged_alone(story: Story) -> Iterator[Finding]:
    for arranged in story.all(AwardArranged):
        if arranged.drafted_by == arranged.approved_by:
            yield Finding(zh="award.arranged 由一人独自办理", en="award.arranged by one person alone")


def work(story: Story) -> Iterator[Finding]:
    """No unit was accepted that was not reported, the fee is what the units come to, and no more was released."""
    signed = story.last(ContractSigned)
    if signed is None or signed.work is None:
        return
    reported: dict[str, int] = {}
    released = sum_of(())
    price, agreed = signed.price, signed.work
    proposed: dict[UUID, Agreement] = {}
    fee = price
    for fact in story.project:
        if isinstance(fact, WorkReported):
            reported = {one.item: one.units for one in fact.units}
        elif isinstance(fact, WorkAccepted):
            units = {one.item: one.units for one in fact.units}
            if any(count > reported.get(item, 0) for item, count in units.items()):
                yield Finding(
                    zh="work.accepted 的数量多于填报的数量", en="work.accepted of more units than were reported"
                )
            fee = min(price, sum_of(item.fee(units.get(item.id, 0)) for item in agreed.items))
            if fact.fee != fee:
                yield Finding(
                    zh="work.accepted 的费用不等于数量 × 单价之和",
                    en="work.accepted with another fee than its units come to",
                )
        elif isinstance(fact, ChangeProposed):
            proposed[fact.change_id] = fact.agreement
        elif isinstance(fact, ContractChanged):
            changed = proposed.get(fact.change_id)
            price, agreed = fact.price, agreed if changed is None or changed.work is None else changed.work
            fee = price
        elif isinstance(fact, TrancheReleased):
            released += fact.amount
            if fact.amount and released > fee:
                yield Finding(
                    zh=f"第 {fact.number} 期的拨付超过了工作费用",
                    en=f"tranche {fact.number} released beyond the fee of the work",
                )
