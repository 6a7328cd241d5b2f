"""Days and codes that a told story's money has."""

from uuid import UUID

from schemas.dated import LotRecorded, PaymentClassified, TransferDates, TransfersDated
from schemas.days import day_of
from schemas.fact import Fact
from schemas.ids import PaymentId
from tests.services.audit.stories import Told
from tests.support.pure import NOON


def dated(told: Told) -> list[Fact]:
    day, transfer = day_of(NOON), UUID(int=7)
    days = TransferDates(transfer_id=transfer, effective_date=day, booked_on=day)
    code = PaymentClassified(project_id=told.project, payment_id=PaymentId(told.contract), economic_code="50299")
    return [recorded(told), TransfersDated(project_id=told.project, transfers=(days,)), code]


def recorded(told: Told) -> LotRecorded:
    return LotRecorded(
        account_id=told.accounts[0],
        lot_id=told.lots[0],
        transfer_id=UUID(int=7),
        functional_code="2080208",
        economic_code="50205",
        effective_date=day_of(NOON),
        booked_on=day_of(NOON),
    )
