"""An agreement that was arranged directly is drafted from what two persons of the funder approved."""

from schemas.arranging import AwardArranged
from schemas.canonical import digest_of
from schemas.contract import Agreement, ContractDrafted
from schemas.deciding import Context, World
from schemas.ids import ContractId
from schemas.model import Model
from services.contracts.rules.annex import annex_of
from services.contracts.rules.contract import Contract
from services.contracts.rules.term import term_of


def draft_arranged(world: World, fact: AwardArranged, context: Context) -> list[Model]:
    """In place of a winning bid stands the digest of the ground. A project is drafted once."""
    if world.find(Contract, fact.project_id) is not None:
        return []
    agreement = Agreement(
        contract_id=ContractId(context.new_id("contract")),
        brief=fact.brief,
        provider_id=fact.provider_id,
        price=fact.price,
        tranches=fact.tranches,
        requirements=fact.requirements,
        proposal_digest=digest_of(fact.ground),
        rulebook=fact.rulebook,
        instrument=fact.instrument,
        clauses=fact.clauses,
        work=fact.work,
        term=term_of(fact.term, fact.rulebook, context),
    )
    drafted = ContractDrafted(project_id=fact.project_id, agreement=agreement, digest=digest_of(agreement))
    return [drafted, annex_of(world, fact, context)]
