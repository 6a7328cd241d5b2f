"""A gate with its two officers, a department and two communities, told by verbs, without a shell."""

from datetime import date
from typing import Any
from uuid import uuid4

from schemas.gate import (
    BasisLevel,
    Check,
    Costing,
    Dimension,
    FollowUp,
    ItemApplied,
    ItemHandedOver,
    ItemId,
    Outcome,
    Principle,
    StampDecided,
)
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from services.kit.rulebooks import shipped
from services.needs.rules import evolve
from services.needs.rules.gate.applying import ApplyForItem, apply_for
from services.needs.rules.gate.assessing import AssessItem, ConfirmItem, ReturnItem, assess, confirm, give_back
from services.needs.rules.gate.following import FollowUpItem, follow_up
from services.needs.rules.gate.item import Item
from services.needs.rules.gate.stamps import AskForStamp, ask_for_stamp
from tests.support.pure import Story, an_actor

COUNTY, STREET = "320508", "320508001"
OFFICER = an_actor(Role.REGISTRAR)
SECOND = Actor(person_id=PartyId(uuid4()), party_id=OFFICER.party_id, role=Role.REGISTRAR)
DEPARTMENT = an_actor(Role.FUNDER)
STAFF = an_actor(Role.COMMUNITY)
OTHER = an_actor(Role.COMMUNITY)
HOLDING = {principle: Check(holds=True, reason=f"{principle.value}:已核对") for principle in Principle}
COSTING = Costing(budget_line="2080208 基层政权建设和社区治理", unit="户", quantity=1200, unit_price=Money(15_00))


class Gate(Story):
    def __init__(self) -> None:
        super().__init__(evolve, shipped().named("example/community"))
        self.knows(OFFICER.party_id, PartyKind.REGISTRAR, COUNTY)
        self.knows(DEPARTMENT.party_id, PartyKind.FUNDER, COUNTY)
        self.knows(STAFF.party_id, PartyKind.COMMUNITY, STREET + "001")
        self.knows(OTHER.party_id, PartyKind.COMMUNITY, "320508002001")

    def knows(self, id: PartyId, kind: PartyKind, place: str) -> None:
        party = Party(
            id=id,
            kind=kind,
            name="示例",
            uscc=None,
            division=place,
            certificate=None,
            verified=True,
            suspended=False,
            ties=frozenset(),
        )
        self.world.put(party)

    def apply(self, by: Actor = DEPARTMENT, **changes: Any) -> list[Model]:
        return self.do(apply_for, an_application(**changes), by)

    def item(self, **changes: Any) -> Item:
        said = self.apply(**changes)
        assert isinstance(said[0], ItemApplied)
        return self.now(said[0].item_id)

    def now(self, id: ItemId) -> Item:
        return self.world.get(Item, id)

    def assess(self, item: Item, outcome: Outcome = Outcome.ADMIT, by: Actor = OFFICER, **changes: Any) -> Item:
        fields: dict[str, Any] = {"principles": HOLDING, "outcome": outcome, "reason": "按清单和依据核对"}
        command = AssessItem(registrar_id=OFFICER.party_id, item_id=ItemId(item.id), **fields | changes)
        self.do(assess, command, by)
        return self.now(command.item_id)

    def confirm(self, item: Item, by: Actor = SECOND) -> list[Model]:
        return self.do(confirm, ConfirmItem(registrar_id=OFFICER.party_id, item_id=ItemId(item.id)), by)

    def give_back(self, item: Item, by: Actor = SECOND) -> list[Model]:
        command = ReturnItem(registrar_id=OFFICER.party_id, item_id=ItemId(item.id), reason="依据未附文号")
        return self.do(give_back, command, by)

    def admitted(self, **changes: Any) -> Item:
        item = self.assess(self.item(**changes))
        self.confirm(item)
        return self.now(ItemId(item.id))

    def converted(self, **changes: Any) -> list[ItemHandedOver]:
        item = self.assess(self.item(basis_level=BasisLevel.NONE, basis=""), Outcome.CONVERT, **changes)
        return [one for one in self.confirm(item) if isinstance(one, ItemHandedOver)]

    def follow_up(self, item: Item, kind: FollowUp, **changes: Any) -> Item:
        fields: dict[str, Any] = {"kind": kind, "on": self.at.date(), "note": "会商三家单位,意见一致"}
        command = FollowUpItem(registrar_id=OFFICER.party_id, item_id=ItemId(item.id), **fields | changes)
        self.do(follow_up, command, OFFICER)
        return self.now(command.item_id)

    def stamp(self, proof: str) -> StampDecided:
        (said,) = self.do(ask_for_stamp, AskForStamp(community_id=STAFF.party_id, proof=proof), STAFF)
        assert isinstance(said, StampDecided)
        return said


def an_application(**changes: Any) -> ApplyForItem:
    fields: dict[str, Any] = {
        "registrar_id": OFFICER.party_id,
        "title": "独居老人情况入户核对",
        "description": "每季度入户一次,核对独居老人的服务需求。",
        "dimension": Dimension.WORK,
        "category": "health_elderly",
        "beneficiaries": 1200,
        "scope": COUNTY,
        "basis_level": BasisLevel.PREFECTURE_DOCUMENT,
        "basis": "苏府办〔2026〕1号第三条",
        "costing": COSTING,
        "begins_on": date(2026, 4, 1),
        "ends_on": date(2026, 12, 31),
    }
    return ApplyForItem(**fields | changes)
