"""What a funder asked of a community, and what it answered."""

from schemas.commission import (
    CommissionAccepted,
    CommissionDeclined,
    CommissionRequested,
    CommissionWithdrawn,
    ContractRetracted,
)
from schemas.fact import Fact
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_commission(fact: Fact, names: Names) -> Told | None:
    match fact:
        case CommissionRequested():
            return Told(
                Stage.PROPOSAL,
                f"{names.zh(fact.brief.funder_id)}书面委托{names.zh(fact.brief.community_id)}协助《{fact.brief.title}》,"
                f"预计 {fact.brief.cost}:{fact.request}",
                f"{names.en(fact.brief.funder_id)} asked {names.en(fact.brief.community_id)} in writing to take on "
                f"“{fact.brief.title}”, at about {yuan(fact.brief.cost)}: {fact.request}",
                fact.brief.cost,
            )
        case CommissionAccepted():
            return Told(Stage.PROPOSAL, "社区同意接受委托", "The community consented to the commission")
        case CommissionDeclined():
            return Told(
                Stage.PROPOSAL, f"社区不接受委托:{fact.reason}", f"The community declined the commission: {fact.reason}"
            )
        case CommissionWithdrawn():
            return Told(
                Stage.PROPOSAL,
                f"资助方在社区答复前撤回委托:{fact.reason}",
                f"The funder withdrew its request before the community answered: {fact.reason}",
            )
        case ContractRetracted():
            return Told(
                Stage.CONTRACT,
                f"{names.zh(fact.party_id)}在双方签署前撤回委托协议:{fact.reason}",
                f"{names.en(fact.party_id)} took the commission back before both had signed: {fact.reason}",
            )
        case _:
            return None
