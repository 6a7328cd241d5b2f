"""A street with its departments and a community that hands needs over, told by verbs, without a shell."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from schemas.days import CHINA
from schemas.deciding import Due
from schemas.handling import STREET, Closing, NeedHandedOver
from schemas.ids import NeedId, PartyId
from schemas.model import Model
from schemas.need import NeedPosted, Route
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from services.kit.rulebooks import shipped
from services.needs.rules import evolve
from services.needs.rules.departments import AssignDepartment, Offices, assign, offices_id, offices_over
from services.needs.rules.handing_over import (
    AcceptHandover,
    AnswerNeed,
    CloseNeed,
    HandOver,
    ReopenNeed,
    ReturnHandover,
    accept,
    answer,
    close,
    give_back,
    hand_over,
    reopen,
)
from services.needs.rules.handling import ESCALATES, Handling, escalate
from services.needs.rules.intake import PostNeed, post_need
from services.needs.rules.need import Need, RouteNeed, route_need
from tests.support.pure import Story, an_actor

PLACE = "320508001"
STAFF, OTHER_STAFF = an_actor(Role.COMMUNITY), an_actor(Role.COMMUNITY)
OFFICER = an_actor(Role.REGISTRAR)
HOUSING, SAFETY, OFFICE = an_actor(Role.FUNDER), an_actor(Role.FUNDER), an_actor(Role.FUNDER)
LIKE_BELOW_LIMIT = "example/below-limit"


class Handed(Story):
    """`book` answers every question: the lists of the area, and for posting also categories and routes."""

    def __init__(self, day: date = date(2026, 3, 2)) -> None:
        super().__init__(evolve, shipped().named(LIKE_BELOW_LIMIT))
        self.community = shipped().named("example/community")
        self.at = datetime.combine(day, time(12), CHINA)
        self.knows(STAFF.party_id, PartyKind.COMMUNITY, PLACE + "001")
        self.knows(OFFICER.party_id, PartyKind.REGISTRAR, PLACE[:6])
        for one in (HOUSING, SAFETY, OFFICE):
            self.knows(one.party_id, PartyKind.FUNDER, PLACE)
        self.world.ask([(Offices, id) for id in offices_over(PLACE)])

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

    def of_the_area(self) -> None:
        self.rulebook = self.community

    def post(self, **changes: Any) -> Need:
        fields: dict[str, Any] = {
            "community_id": STAFF.party_id,
            "origin": "resident",
            "category": "mediation",
            "division": PLACE + "001",
            "beneficiaries": 6,
            "title": "电梯困人",
            "description": "7号楼电梯一个月困人三次。",
        }
        self.rulebook = shipped().named(LIKE_BELOW_LIMIT)
        said = self.do(post_need, PostNeed(**fields | changes), STAFF)
        self.of_the_area()
        need = self.world.get(Need, next(one.need_id for one in said if isinstance(one, NeedPosted)))
        self.world.ask([(Handling, need.id)])
        return need

    def assign(self, kind: str = "housing", party: Actor = HOUSING, place: str = PLACE, by: Actor = OFFICER) -> None:
        self.of_the_area()
        self.world.ask([(Offices, offices_id(place)), (Party, party.party_id)])
        command = AssignDepartment(
            registrar_id=OFFICER.party_id, division=place, kind=kind, department_id=party.party_id
        )
        self.do(assign, command, by)

    def a_street(self) -> "Handed":
        self.assign()
        self.assign("safety", SAFETY)
        self.assign(STREET, OFFICE)
        return self

    def hand_over(self, need: Need, by: Actor = STAFF, **fields: Any) -> NeedHandedOver:
        (said,) = self.do(hand_over, HandOver(need_id=NeedId(need.id), **fields), by)
        assert isinstance(said, NeedHandedOver)
        return said

    def handed(self, **changes: Any) -> Need:
        need = self.post(**changes)
        self.hand_over(need)
        return self.now(need)

    def answered(self) -> Need:
        need = self.handed()
        self.accept(need)
        self.answer(need)
        return self.now(need)

    def now(self, need: Need) -> Need:
        return self.world.get(Need, need.id)

    def handling(self, need: Need) -> Handling:
        return self.world.get(Handling, need.id)

    def accept(self, need: Need, by: Actor = HOUSING) -> None:
        self.do(accept, AcceptHandover(need_id=NeedId(need.id)), by)

    def give_back(self, need: Need, by: Actor = HOUSING, **fields: Any) -> list[Model]:
        fields = {"reason": "不属本部门"} | fields
        return self.do(give_back, ReturnHandover(need_id=NeedId(need.id), **fields), by)

    def answer(self, need: Need, by: Actor = HOUSING, text: str = "已约维保单位,三日内大修。") -> list[Model]:
        return self.do(answer, AnswerNeed(need_id=NeedId(need.id), text=text), by)

    def close(self, need: Need, outcome: Closing = Closing.SOLVED, by: Actor = STAFF, text: str = "满意") -> None:
        self.do(close, CloseNeed(need_id=NeedId(need.id), outcome=outcome, text=text), by)

    def reopen(self, need: Need, by: Actor = STAFF) -> None:
        self.do(reopen, ReopenNeed(need_id=NeedId(need.id), reason="又坏了"), by)

    def route(self, need: Need, route: Route) -> None:
        self.do(route_need, RouteNeed(need_id=NeedId(need.id), route=route, reason="另行安排"), STAFF)

    def rings(self, need: Need, at: datetime) -> list[Model]:
        """The timer, as the shell would ring it at this moment."""
        self.at = at
        due = self.handling(need).due().get(ESCALATES, at)
        return self.do(escalate, Due(ref=(Handling, need.id), name=ESCALATES, at=due))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def somebody() -> Actor:
    return an_actor(Role.COMMUNITY, uuid4())


def unknown() -> UUID:
    return uuid4()


MOMENT = timedelta(microseconds=1)
