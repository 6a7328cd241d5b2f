"""An agreement that a decision cancelled is nobody's experience, and the next one is another provider's."""

from uuid import UUID, uuid4

from schemas.cancelled import ContractCancelled
from schemas.deciding import World
from schemas.fact import Fact
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.objection import Remedy
from services.matching.rules.evolve import evolve
from services.matching.rules.track import Engagement, EngagementStage
from tests.services.matching.suited import BOOK, drafted, signed

PROJECT = ProjectId(uuid4())


def heard(*facts: Fact) -> Engagement:
    world = World([(Engagement, PROJECT)])
    for fact in facts:
        for state in evolve(world, fact):
            world.put(state)
    return world.get(Engagement, PROJECT)


def cancelled(provider_id: UUID) -> ContractCancelled:
    return ContractCancelled(
        project_id=PROJECT,
        contract_id=ContractId(uuid4()),
        complaint_id=uuid4(),
        provider_id=PartyId(provider_id),
        remedy=Remedy.NEXT,
        reserved=True,
        source="示例",
        rulebook=BOOK.hash,
    )


def test_a_cancelled_agreement_is_not_in_hand_any_more() -> None:
    first = drafted(PROJECT, uuid4())

    assert heard(first, signed(first)).stage is EngagementStage.RUNNING
    over = heard(first, signed(first), cancelled(first.agreement.provider_id))
    assert over.stage is EngagementStage.ENDED


def test_the_next_agreement_of_the_project_is_its_own_providers() -> None:
    first, second = drafted(PROJECT, uuid4()), drafted(PROJECT, uuid4())

    engaged = heard(first, signed(first), cancelled(first.agreement.provider_id), second, signed(second))

    assert (engaged.provider_id, engaged.stage) == (second.agreement.provider_id, EngagementStage.RUNNING)
