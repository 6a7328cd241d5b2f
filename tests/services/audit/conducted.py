"""A committee, drawn and from the library, and a price that looked low, as a project's story tells them."""

from uuid import uuid5

from schemas.committee import (
    CommitteeImported,
    DrawCommitted,
    ExpertRecused,
    ExpertsDrawn,
    Ground,
    Member,
    Passed,
    PassedOver,
    Seat,
)
from schemas.days import day_of
from schemas.fact import Fact
from schemas.ids import BidId, PartyId
from schemas.low_price import (
    LowPriceDecided,
    LowPriceExplained,
    LowPriceInquired,
    LowPriceTest,
    LowPriceUnexplained,
    Trigger,
)
from schemas.money import Money
from schemas.quotation import (
    CorrectionAnswered,
    CorrectionRule,
    PriceCorrected,
    Quotation,
    QuotationOpened,
    corrections,
)
from tests.services.audit.stories import Told
from tests.support.pure import NOON


def conducted(told: Told) -> list[Fact]:
    p, expert, other = told.project, PartyId(uuid5(told.project, "expert")), PartyId(uuid5(told.project, "other"))
    members = (Member(evaluator_id=expert, seat=Seat.EXPERT),)
    bid, digest = BidId(uuid5(told.project, "low")), "a" * 64
    trigger = Trigger(test=LowPriceTest.CEILING, arithmetic="最高限价 · ceiling: 1.00 元 × 45% > 0.40 元")
    return [
        DrawCommitted(
            project_id=p,
            pool=(expert, other),
            seats=1,
            representative=None,
            commitment=digest,
            committed_by=told.person,
        ),
        ExpertRecused(project_id=p, evaluator_id=other, ground=Ground.KINSHIP, ended_on=None),
        ExpertsDrawn(
            project_id=p,
            secret=digest,
            digests=(digest,),
            seed=digest,
            order=(other, expert),
            passed=(PassedOver(evaluator_id=other, why=Passed.RECUSED),),
            members=members,
        ),
        CommitteeImported(
            project_id=p,
            record_number="示例-1",
            drawn_on=day_of(NOON),
            pool="示例评审专家库",
            members=members,
            entered_by=told.person,
        ),
        QuotationOpened(project_id=p, bid_id=bid, quotation=Quotation(capitals="壹元整")),
        PriceCorrected(
            project_id=p,
            bid_id=bid,
            bidder_id=told.provider,
            stated=Money(40),
            corrected=Money(100),
            steps=corrections(Money(40), Quotation(capitals="壹元整"), CorrectionRule),
            confirm_until=NOON,
        ),
        *(CorrectionAnswered(project_id=p, bid_id=bid, confirmed=confirmed) for confirmed in (False, True)),
        LowPriceInquired(
            project_id=p,
            bid_id=bid,
            bidder_id=told.provider,
            price=Money(40),
            triggers=(trigger,),
            explain_until=NOON,
        ),
        LowPriceExplained(project_id=p, bid_id=bid, text="志愿者分担", explained_at=NOON),
        LowPriceUnexplained(project_id=p, bid_id=bid),
        *(
            LowPriceDecided(project_id=p, bid_id=bid, accepted=accepted, reason="已核对", decided_by=told.person)
            for accepted in (True, False)
        ),
    ]
