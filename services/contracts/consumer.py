"""What contracts does when others speak."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from schemas.deciding import Ref
from schemas.evaluation import ProjectGraded
from schemas.fact import Fact
from schemas.fund import ProjectSettled
from schemas.tender import AwardConfirmed
from services.contracts import rules
from services.kit.service import Reaction


def contract_of(message: Any, cause: UUID) -> tuple[Ref, ...]:
    """The one agreement of the project the message is about."""
    return ((rules.Contract, message.project_id),)


HEARS: Mapping[type[Fact], Reaction] = {
    AwardConfirmed: Reaction(refs=contract_of, decide=rules.draft),
    ProjectGraded: Reaction(refs=contract_of, decide=rules.publish),
    ProjectSettled: Reaction(refs=contract_of, decide=rules.publish),
}
