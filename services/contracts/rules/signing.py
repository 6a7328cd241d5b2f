"""From the award to the signed agreement: both parties sign the digest of the same terms."""

from functools import reduce
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.canonical import digest_of
from schemas.contract import Agreement, ContractDrafted, ContractEndorsed, ContractPaperMade, ContractSigned
from schemas.deciding import Context, Ref, World
from schemas.eligible import must_be_unlisted
from schemas.fact import Command
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.model import Model
from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from schemas.standing import Party
from schemas.tender import AwardConfirmed
from services.contracts.rules.agreement_paper import agreement_paper
from services.contracts.rules.annex import annex_of
from services.contracts.rules.contract import Contract, Dated, endorsed_by, separate
from services.contracts.rules.evolving import after
from services.contracts.rules.paper import PaperKept
from services.contracts.rules.publicity import publicity_awaited
from services.contracts.rules.term import term_of

SAME_TERMS = Source("民法典 第四百九十条:合同书自当事人均签名、盖章时成立", Certainty.COMMON)


class EndorseContract(Command):
    """Sign the agreement for the funder or the provider, which may be the community itself."""

    project_id: ProjectId
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """SHA-256 of the canonical JSON of the terms the signer read"""


class EndorseOf(EndorseContract):
    """`provider_id` of the agreement; with another one the digest that is signed would be another too."""

    provider_id: PartyId


def endorse_refs(command: EndorseContract, cause: UUID) -> tuple[Ref, ...]:
    provider = ((Party, command.provider_id),) if isinstance(command, EndorseOf) else ()
    return ((Contract, command.project_id), *provider)


def draft(world: World, fact: AwardConfirmed, context: Context) -> list[Model]:
    """The buyer chose: the agreement says what the award said. One award is drafted once; the next takes its place
    when it was set aside, its reservation lapsed, or a decision cancelled it."""
    known = world.find(Contract, fact.project_id)
    if known is not None and not (known.withdrawn or known.lapsed or known.cancelled):
        return []
    agreement = Agreement(
        contract_id=ContractId(context.new_id("contract")),
        brief=fact.brief,
        provider_id=fact.provider_id,
        price=fact.price,
        tranches=fact.terms.tranche_plan.of(fact.price),
        requirements=fact.terms.requirements,
        proposal_digest=fact.proposal_digest,
        rulebook=fact.rulebook,
        clauses=fact.terms.clauses,
        term=term_of(fact.terms.term, fact.rulebook, context),
    )
    drafted = ContractDrafted(project_id=fact.project_id, agreement=agreement, digest=digest_of(agreement))
    return [drafted, annex_of(world, fact, context)]


def endorse(world: World, command: EndorseContract, context: Context) -> list[Model]:
    """Each party signs once, and only the digest of the current terms; the second signature concludes.

    The paper of the agreement is drawn up with it, signatures and all, and told by its digest.
    """
    contract = world.get(Contract, command.project_id)
    contract.must_be_signer(context.by)
    contract.must_go_on()
    party_id = context.by.party_id
    if any(e.party_id == party_id for e in contract.endorsements):
        raise Refused("already_endorsed", SAME_TERMS, contract=str(contract.agreement.contract_id))
    if command.digest != contract.digest:
        raise Refused("digest_differs", SAME_TERMS, field="digest", signed=command.digest, current=contract.digest)
    provider = world.find(Party, command.provider_id) if isinstance(command, EndorseOf) else None
    if provider is not None:  # who came onto a list since the award does not become a provider
        must_be_unlisted(provider, context.rulebooks.by_hash(contract.agreement.rulebook))
    person = separate(context.by, *(e.signed_by for e in contract.endorsements))
    endorsed = ContractEndorsed(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        party_id=party_id,
        signed_by=person,
        digest=contract.digest,
    )
    said: list[Model] = [
        endorsed,
        Dated(project_id=contract.project_id, step=endorsed_by(party_id), at=context.at),
    ]
    if contract.endorsements:
        said += [*_signed(contract, context), *publicity_awaited(contract, context)]
        said += _on_paper(reduce(after, said, contract))
    return said


def _on_paper(contract: Contract) -> tuple[Model, ...]:
    body = agreement_paper(contract)
    made = ContractPaperMade(
        project_id=contract.project_id,
        contract_id=contract.agreement.contract_id,
        terms_digest=contract.digest,
        paper_digest=sha256(body).hexdigest(),
    )
    return made, PaperKept(project_id=contract.project_id, paper_id=contract.papers_id, body=body)


def _signed(contract: Contract, context: Context) -> tuple[Model, ...]:
    terms = contract.agreement
    signed = ContractSigned(
        project_id=contract.project_id,
        contract_id=terms.contract_id,
        funder_id=contract.funder_id,
        community_id=contract.community_id,
        provider_id=contract.provider_id,
        price=terms.price,
        tranches=terms.tranches,
        digest=contract.digest,
        rulebook=terms.rulebook,
        instrument=terms.instrument,
        clauses=terms.clauses,
        work=terms.work,
    )
    return signed, Dated(project_id=contract.project_id, step="signed", at=context.at)
