"""Nobody signs while an objection that may change the result is open, or on an award that is set aside."""

from collections.abc import Iterator

from schemas.awarding import AwardSetAside, ContractWithdrawn
from schemas.cancelled import ContractCancelled
from schemas.contract import ContractDrafted, ContractSigned
from schemas.finding import Finding
from schemas.ids import ContractId, PartyId
from schemas.objection import SigningResumed, SigningSuspended
from schemas.termination import ContractTerminated
from services.audit.rules.story import Story


def signed_while_suspended(story: Story) -> Iterator[Finding]:
    """A suspension ends when signing is resumed, or with the award it held up."""
    suspended = False
    for fact in story.project:
        match fact:
            case SigningSuspended():
                suspended = True
            case SigningResumed() | AwardSetAside():
                suspended = False
            case ContractSigned() if suspended:
                yield Finding(
                    zh="contract.signed 时签约正因质疑或投诉暂停",
                    en="contract.signed while an objection or a complaint had its signing suspended",
                )
            case _:
                pass


def signed_though_set_aside(story: Story) -> Iterator[Finding]:
    """The last signature and a recorded default can cross: then an agreement stands whose award does not."""
    withdrawn = {fact.contract_id for fact in story.all(ContractWithdrawn)}
    withdrawn |= {fact.contract_id for fact in story.all(ContractCancelled)}
    signed = {fact.contract_id for fact in story.all(ContractSigned)} - withdrawn
    drafted: dict[PartyId, ContractId] = {}
    for fact in story.project:
        match fact:
            case ContractDrafted():
                drafted[fact.agreement.provider_id] = fact.agreement.contract_id
            case AwardSetAside() if drafted.get(fact.provider_id) in signed and not story.all(ContractTerminated):
                yield Finding(
                    zh="award.set_aside,但据此签订的协议仍然有效",
                    en="award.set_aside, and the agreement signed on it still stands",
                )
            case _:
                pass
