"""A decision cancels the agreement (撤销合同): its money is taken off it, and set aside anew where another may follow.

What was released goes back by a posted transfer from the project to the account it came from. Whether a payment was
ordered is decided here, under the lock that orders take.
"""

from collections.abc import Iterator, Sequence

from schemas.cancelled import CancellationAsked, CommitmentCancelled, CommitmentStands
from schemas.deciding import Context, World
from schemas.ids import ProjectId
from schemas.model import Model
from schemas.money import Money, sum_of
from schemas.objection import Remedy
from schemas.project import FundShare
from services.funds.rules import shares
from services.funds.rules.instalment import Instalment, Step
from services.funds.rules.lapse import lapses_at
from services.funds.rules.ledger import Account, Booked, Transfer, TransferState
from services.funds.rules.moves import move, resolve, set_aside
from services.funds.rules.project import Phase, ProjectMoney, ReservationDated, money_after

REASON = "agreement cancelled"
TAKEN_BACK = "released and taken back"


def cancel(world: World, fact: CancellationAsked, context: Context) -> Sequence[Model]:
    money = world.find(ProjectMoney, fact.project_id)
    committed = money is not None and money.phase is Phase.COMMITTED and money.contract_id == fact.contract_id
    if money is not None and (money.phase is Phase.SETTLED or (committed and any(map(_ordered, money.instalments)))):
        stands = CommitmentStands(
            project_id=fact.project_id, contract_id=fact.contract_id, complaint_id=fact.complaint_id
        )
        return [stands]
    if money is None or not committed:  # it was refused: what is reserved stays so
        return [_told(fact, reserved=money is not None and money.phase is Phase.RESERVED)]
    taken_back: tuple[FundShare, ...] = ()
    for instalment in money.instalments:
        taken_back = shares.plus(taken_back, instalment.shares if instalment.step is Step.RELEASED else ())
    anew = () if fact.remedy is Remedy.RERUN else _anew(world, money, shares.plus(money.shares, taken_back))
    told = _told(fact, freed=money.shares, taken_back=taken_back, set_aside=anew, reserved=bool(anew))
    transfers = [
        *resolve(money, money.shares, TransferState.VOIDED, REASON, context),
        *_back(money, taken_back, context),
        *set_aside(money_after(money, told), anew, context),
    ]
    until = lapses_at(money.rulebook, context) if anew else None
    return [told, ReservationDated(project_id=fact.project_id, lapses_at=until), Booked(transfers=tuple(transfers))]


def _ordered(instalment: Instalment) -> bool:
    """And not sent back: on its way, or paid at least in part."""
    return instalment.step in (Step.ORDERED, Step.PAID) or bool(instalment.parts)


def _told(
    fact: CancellationAsked,
    *,
    freed: tuple[FundShare, ...] = (),
    taken_back: tuple[FundShare, ...] = (),
    set_aside: tuple[FundShare, ...] = (),
    reserved: bool,
) -> CommitmentCancelled:
    return CommitmentCancelled(
        project_id=fact.project_id,
        contract_id=fact.contract_id,
        complaint_id=fact.complaint_id,
        freed=freed,
        taken_back=taken_back,
        set_aside=set_aside,
        reserved=reserved,
    )


def _anew(world: World, money: ProjectMoney, held: tuple[FundShare, ...]) -> tuple[FundShare, ...]:
    """The ceiling that was approved, in proportion to what is held of each account; nothing when that lacks."""
    more = money.ceiling.fen - sum_of(share.amount for share in held).fen
    if not held or more <= 0:
        return shares.divide(world, held, money.ceiling)[0] if held else ()
    parts = Money(more).split([share.amount.fen for share in held])
    added: list[FundShare] = []
    for share, part in zip(held, parts, strict=True):
        found = shares.set_aside(world, world.get(Account, share.account_id), part, money.category) if part else None
        if found is None and part:
            return ()
        added += [] if found is None else [found]
    return shares.plus(held, added)


def _back(money: ProjectMoney, taken_back: tuple[FundShare, ...], context: Context) -> Iterator[Transfer]:
    for share in taken_back:
        yield move(
            context,
            id=context.new_id(f"{TAKEN_BACK}/{ProjectId(money.id)}/{share.account_id}"),
            funder_id=money.funder_id,
            debit_id=money.id,
            credit_id=share.account_id,
            amount=share.amount,
            state=TransferState.POSTED,
            lots=share.lots,
            reason=TAKEN_BACK,
        )
