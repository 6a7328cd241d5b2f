"""The facts of the gate before communities, each once."""

from datetime import date
from uuid import uuid4

from schemas.fact import Fact
from schemas.gate import (
    BasisLevel,
    Burden,
    BurdenInventoried,
    BurdenRelieved,
    Check,
    Costing,
    Dimension,
    FollowUp,
    ItemAdmitted,
    ItemApplied,
    ItemAssessed,
    ItemConverted,
    ItemFollowedUp,
    ItemHandedOver,
    ItemId,
    ItemRefused,
    ItemReturned,
    ListName,
    Outcome,
    Performer,
    Principle,
    StampDecided,
)
from schemas.ids import PartyId
from schemas.money import Money
from tests.services.audit.stories import Told

DAY, LAST, PLACE = date(2026, 3, 2), date(2026, 12, 31), "320508"
COSTING = Costing(budget_line="2080208", unit="户", quantity=2, unit_price=Money(50))


def to_the_gate(told: Told) -> list[Fact]:
    """Applied for, assessed, sent back, assessed again."""
    gate, item = PartyId(uuid4()), ItemId(uuid4())
    assessed = ItemAssessed(
        registrar_id=gate,
        item_id=item,
        principles={principle: Check(holds=True, reason="已核对") for principle in Principle},
        outcome=Outcome.CONVERT,
        reason="确需社区协助",
        performer=Performer.ORGANIZATION,
        communities=(told.person,),
        assessed_by=told.person,
    )
    return [
        ItemApplied(
            registrar_id=gate,
            item_id=item,
            applicant_id=told.provider,
            applied_by=told.person,
            title="入户核对",
            description="每季度一次",
            dimension=Dimension.WORK,
            category="health_elderly",
            beneficiaries=2,
            scope=PLACE,
            basis_level=BasisLevel.NONE,
            basis="",
            listed=None,
            costing=COSTING,
            begins_on=DAY,
            ends_on=LAST,
            rulebook="b" * 64,
        ),
        assessed,
        ItemReturned(registrar_id=gate, item_id=item, reason="未附文号", returned_by=told.provider),
        assessed,
    ]


def converted(told: Told, before: list[Fact]) -> list[Fact]:
    applied = before[0]
    assert isinstance(applied, ItemApplied)
    shared = applied.model_dump(include={"registrar_id", "item_id", "title"})
    about = applied.model_dump(include={"dimension", "scope"})
    return [
        ItemConverted(
            **shared,
            **about,
            on=DAY,
            performer=Performer.ORGANIZATION,
            reason="确需社区协助",
            confirmed_by=told.provider,
        ),
        ItemHandedOver(
            **shared,
            project_id=told.project,
            performer=Performer.ORGANIZATION,
            community_id=told.person,
            funder_id=told.provider,
            requested_by=told.person,
            request="每季度一次",
            category="health_elderly",
            beneficiaries=2,
            division=PLACE,
            cost=COSTING.cost,
        ),
    ]


def at_the_gate(told: Told) -> list[Fact]:
    """Everything that is said there, of one item and beside it."""
    before = to_the_gate(told)
    applied = before[0]
    assert isinstance(applied, ItemApplied)
    gate, item = applied.registrar_id, applied.item_id
    return [
        *before,
        *converted(told, before),
        ItemAdmitted(
            registrar_id=gate,
            item_id=item,
            on=DAY,
            applicant_id=told.provider,
            title=applied.title,
            dimension=Dimension.WORK,
            scope=PLACE,
            costing=COSTING,
            begins_on=DAY,
            ends_on=LAST,
            confirmed_by=told.provider,
        ),
        ItemRefused(
            registrar_id=gate,
            item_id=item,
            on=DAY,
            title=applied.title,
            dimension=Dimension.WORK,
            scope=PLACE,
            code="on_negative_list",
            matter="拆迁",
            source="684号",
            rulebook="b" * 64,
            confirmed_by=None,
        ),
        ItemFollowedUp(
            registrar_id=gate, item_id=item, kind=FollowUp.GUIDANCE, on=DAY, note="指导一次", by=told.person
        ),
        StampDecided(
            community_id=told.person,
            decision_id=uuid4(),
            proof="死亡证明",
            granted=False,
            list=ListName.BARRED_PROOFS,
            entry="死亡",
            office="派出所",
            source="民发〔2020〕20号",
            rulebook="b" * 64,
            decided_by=told.person,
        ),
        BurdenInventoried(
            registrar_id=gate,
            scope=PLACE,
            recorded_by=told.person,
            inventory_id=uuid4(),
            as_of=DAY,
            counts=(Burden(dimension=Dimension.STAMPS, count=81),),
            source="台账",
        ),
        BurdenRelieved(
            registrar_id=gate,
            scope=PLACE,
            recorded_by=told.person,
            relief_id=uuid4(),
            on=DAY,
            dimension=Dimension.STAMPS,
            count=1,
            departments=1,
            moved_to="取消",
            basis="示例",
        ),
    ]
