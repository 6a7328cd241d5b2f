"""The agreement was terminated: what is left to pay of the settlement is payable, the rest goes back to its sources.

What was released before stays payable. If it is more than is due in all, a refund is expected (`refunds`).
"""

from collections.abc import Sequence

from schemas.deciding import Context, World
from schemas.model import Model
from schemas.termination import ContractTerminated
from services.funds.rules.instalment import Step
from services.funds.rules.project import Phase, ProjectMoney
from services.funds.rules.release import Telling, release, settle_if_done


def terminate(world: World, fact: ContractTerminated, context: Context) -> Sequence[Model]:
    """The planned tranches that were waiting are replaced by one instalment, which the fact has put into the plan."""
    money = world.find(ProjectMoney, fact.project_id)
    if money is None or money.phase is not Phase.COMMITTED:
        return ()
    telling = Telling(money)
    last = money.instalments[-1]
    if last.settles and last.step is Step.WAITING:
        release(world, telling, last, last.planned, context)
    settle_if_done(telling, context)
    return telling.said()
