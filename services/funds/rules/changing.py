"""An agreement is changed: what is set aside is made to fit its new price before that takes effect, or not at all.

All that stood pending for the project is voided and set aside anew, with a supplement out of the same accounts in
proportion to what each has set aside. In one decision under the accounts' locks, so nobody else can take it between.
"""

from collections.abc import Sequence

from schemas.change import ChangeAgreed, CommitmentChanged
from schemas.deciding import Context, World
from schemas.model import Model
from schemas.money import Money
from schemas.project import FundShare
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.funds.rules import shares
from services.funds.rules.instalment import Step
from services.funds.rules.ledger import Account, Transfer, TransferState
from services.funds.rules.moves import resolve, set_aside
from services.funds.rules.project import Phase, ProjectMoney, money_after
from services.funds.rules.release import Telling, release_open

PAID_STAYS = Source("已满足付款条件的各期不因协议变更而改变", Certainty.COMMON)
REASON = "agreement changed"


def change(world: World, fact: ChangeAgreed, context: Context) -> Sequence[Model]:
    money = world.find(ProjectMoney, fact.project_id)
    if (
        money is None
        or money.phase is not Phase.COMMITTED
        or money.terminated_due is not None  # of a terminated agreement the settlement alone is paid
        or money.price != fact.price_before
    ):
        raise Refused("nothing_committed", PAID_STAYS)
    _released_stays(money, fact)
    added, freed = _difference(world, money, fact, context)
    moves = bool(added or freed)
    after = shares.plus(shares.less(money.shares, freed), added) if moves else ()
    changed = CommitmentChanged(
        project_id=fact.project_id,
        change_id=fact.change_id,
        number=fact.number,
        price=fact.price,
        tranches=fact.tranches,
        before=money.shares if moves else (),
        after=after,
        added=added,
        freed=freed,
    )
    telling = Telling(money)
    transfers: list[Transfer] = []
    if moves:
        transfers += resolve(money, money.shares, TransferState.VOIDED, REASON, context)
        transfers += set_aside(money_after(money, changed), after, context)
    telling.tell(changed, transfers)
    release_open(world, telling, context)  # a tranche may now stand behind gates that are all open
    return telling.said()


def _released_stays(money: ProjectMoney, fact: ChangeAgreed) -> None:
    """A tranche may have been released while the other party was signing."""
    planned = {tranche.number: tranche for tranche in fact.tranches}
    for instalment in money.instalments:
        tranche = planned.get(instalment.number)
        if instalment.step is not Step.WAITING and (tranche is None or tranche.amount != instalment.planned):
            raise Refused("released_before_the_change", PAID_STAYS, number=instalment.number)


def _difference(
    world: World, money: ProjectMoney, fact: ChangeAgreed, context: Context
) -> tuple[tuple[FundShare, ...], tuple[FundShare, ...]]:
    """What is added to the project's money, and what is freed of it: one of them, or neither."""
    more = fact.price.fen - fact.price_before.fen
    if more <= 0:
        # all released tranches are in the new plan unchanged, so what is taken off is still set aside
        _, freed = shares.divide(world, money.shares, Money(money.set_aside.fen + more))
        return (), freed
    source = context.rulebooks.by_hash(fact.rulebook).source("funds.reservation")
    if not money.shares:
        raise Refused("nothing_left_to_add_to", source)
    parts = Money(more).split([share.amount.fen for share in money.shares])
    return tuple(
        _from_account(world, money, share, part, source)
        for share, part in zip(money.shares, parts, strict=True)
        if part
    ), ()


def _from_account(world: World, money: ProjectMoney, share: FundShare, part: Money, source: Source) -> FundShare:
    found = shares.set_aside(world, world.get(Account, share.account_id), part, money.category)
    if found is None:
        raise Refused("no_money_for_supplement", source, account=share.account_id, wanted=part)
    return found
