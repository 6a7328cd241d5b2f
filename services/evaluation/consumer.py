"""What evaluation does when others speak, and when its timers ring."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.contract import ContractSigned, MilestoneAccepted, MilestoneSubmitted
from schemas.deciding import Decide, Due, Ref, State
from schemas.fact import Fact
from services.evaluation import rules
from services.kit.service import Reaction, only_remember


def evaluation_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """The one evaluation of the project the message is about."""
    return ((rules.Evaluation, message.project_id),)


HEARS: Mapping[type[Fact], Reaction] = {
    ContractSigned: Reaction(refs=evaluation_of, decide=only_remember),
    MilestoneSubmitted: Reaction(refs=evaluation_of, decide=only_remember),
    MilestoneAccepted: Reaction(refs=evaluation_of, decide=rules.open_window),
}

TIMERS: Mapping[type[State], Decide[Due]] = {
    rules.Evaluation: rules.ring,
    rules.RatingBox: rules.grade,
}
