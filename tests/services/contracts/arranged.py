"""A directly arranged agreement: a commission of the community, paid by the unit; a reward; and others like them."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from schemas.arranging import AwardArranged, Basis, Ground
from schemas.clauses import Instrument, Work, WorkItem
from schemas.contract import Milestone
from schemas.ids import PartyId
from schemas.model import Model
from schemas.money import Money
from schemas.role import Actor
from schemas.tranche import Gate, Tranche
from schemas.work import UnitsDone
from services.contracts import rules
from tests.services.contracts.awarded import BOOK, COMMUNITY, EVIDENCE, FUNDER, PROJECT, PROVIDER, Awarded, an_award

VISIT = WorkItem(id="visit", name="入户核实", unit="户", unit_price=Money(50_33), most_units=120)
TALK = WorkItem(id="talk", name="政策宣讲", unit="场", unit_price=Money(800_00), most_units=10)
WORK = Work(items=(VISIT, TALK))
PRICE = Money(12_000_00)
COUNTER = replace(FUNDER, person_id=uuid4())
STAFF = replace(COMMUNITY, person_id=uuid4())


def a_tranche(number: int, yuan: int, gate: Gate) -> Tranche:
    return Tranche(number=number, amount=Money(yuan * 100), gate=gate)


def an_arrangement(instrument: Instrument = Instrument.COMMISSION, **changes: Any) -> AwardArranged:
    commission = instrument is Instrument.COMMISSION
    advance, rest = a_tranche(1, 3_600, Gate.SIGNED), a_tranche(2, 8_400, Gate.FINAL_ACCEPTED)
    fields: dict[str, Any] = {
        "project_id": PROJECT,
        "brief": an_award().brief,
        "instrument": instrument,
        "provider_id": PartyId(COMMUNITY.party_id if commission else PROVIDER.party_id),
        "price": PRICE,
        "tranches": (advance, rest) if commission else (a_tranche(1, 12_000, Gate.FINAL_ACCEPTED),),
        "work": WORK if commission else None,
        "requirements": "逐户核实",
        "ground": Ground(code=Basis.COMMUNITY_ASSISTANCE, reason="须熟悉住户 & 地形"),
        "drafted_by": PartyId(uuid4()),
        "approved_by": PartyId(uuid4()),
        "rulebook": BOOK.hash,
    }
    return AwardArranged(**fields | changes)


class Arranged(Awarded):
    def __init__(self, arrangement: AwardArranged | None = None) -> None:
        super().__init__()
        self.hear(arrangement or an_arrangement())

    def signed(self) -> "Arranged":
        self.endorse(COMMUNITY if self.contract.by_community else PROVIDER)
        self.endorse(FUNDER)
        return self

    def report(self, by: Actor = COMMUNITY, **units: int) -> list[Model]:
        command = rules.ReportWork(project_id=PROJECT, units=counted(units))
        return self.do(rules.report_work, command, by)

    def count(self, by: Actor = COUNTER, **units: int) -> list[Model]:
        command = rules.AcceptWork(project_id=PROJECT, units=counted(units))
        return self.do(rules.accept_work, command, by)

    def hand_in(self, by: Actor = COMMUNITY) -> list[Model]:
        body = {"project_id": PROJECT, "milestone": Milestone.FINAL, "evidence": EVIDENCE}
        return self.do(rules.submit, rules.SubmitMilestone.model_validate(body), by)

    def handed_in(self, visit: int = 110, talk: int = 6) -> "Arranged":
        self.signed().report(visit=visit, talk=talk)
        self.hand_in()
        return self


def counted(units: dict[str, int]) -> tuple[UnitsDone, ...]:
    return tuple(UnitsDone(item=item, units=count) for item, count in units.items())
