"""Nobody signs while an objection that may change the result is open."""

from collections.abc import Iterator

from schemas.awarding import AwardSetAside
from schemas.contract import ContractSigned
from schemas.finding import Finding
from schemas.objection import SigningResumed, SigningSuspended
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
                    zh="contract.signed 时签约正因质疑暂停",
                    en="contract.signed while an objection had its signing suspended",
                )
            case _:
                pass
