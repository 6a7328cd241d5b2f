"""What contracts says of an agreement after it was signed: a change both agreed to, its termination."""

from uuid import UUID, uuid5

from schemas.change import ChangeAgreed
from schemas.ids import ContractId, PartyId, ProjectId
from schemas.money import Money
from schemas.termination import ContractTerminated, SettlementLine, TerminationReason
from schemas.tranche import Gate, Tranche
from tests.services.funds.desk import FUNDER, PROVIDER, RULEBOOK

GATES = (Gate.SIGNED, Gate.MID_TERM_ACCEPTED, Gate.FINAL_GRADED)


def a_plan(*fen: int) -> tuple[Tranche, ...]:
    """Behind signing, the mid-term, and then the grade."""
    gates = (*GATES[:2], *GATES[2:] * (len(fen) - 2))
    return tuple(Tranche(number=n, amount=Money(f), gate=g) for n, (f, g) in enumerate(zip(fen, gates, strict=True), 1))


def a_change(project_id: ProjectId, before: int, *plan: int) -> ChangeAgreed:
    return ChangeAgreed(
        project_id=project_id,
        change_id=uuid5(project_id, f"change {before} {plan}"),
        number=1,
        contract_id=ContractId(uuid5(project_id, "contract")),
        agreed_by=FUNDER,
        signed_by=FUNDER,
        digest="0" * 64,
        price_before=Money(before),
        price=Money(sum(plan)),
        tranches=a_plan(*plan),
        rulebook=RULEBOOK.hash,
    )


def a_termination(project_id: ProjectId, due: int) -> ContractTerminated:
    return ContractTerminated(
        project_id=project_id,
        contract_id=ContractId(uuid5(project_id, "contract")),
        termination_id=UUID(int=1),
        funder_id=FUNDER,
        provider_id=PROVIDER,
        reason=TerminationReason.MUTUAL_CONSENT,
        text="同意",
        lines=(SettlementLine(work="前三个月送餐", amount=Money(due)),),
        due=Money(due),
        by_consent=True,
        signed_by=PartyId(FUNDER),
        rulebook=RULEBOOK.hash,
    )
