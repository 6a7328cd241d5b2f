"""Which transfers count for another day than the one they were recorded on."""

from collections.abc import Iterable

from schemas.dated import TransferDates, TransfersDated
from schemas.days import day_of
from schemas.ids import ProjectId
from services.funds.rules.ledger import Transfer


def dated(project_id: ProjectId, transfers: Iterable[Transfer]) -> list[TransfersDated]:
    """One fact for all of them; none when every transfer counts for its own day."""
    found = tuple(
        TransferDates(transfer_id=one.id, effective_date=one.effective_date, booked_on=one.booked_on)
        for one in transfers
        if {one.effective_date, one.booked_on} != {day_of(one.recorded_at)}
    )
    return [TransfersDated(project_id=project_id, transfers=found)] if found else []
