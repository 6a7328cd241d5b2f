"""Is a project's story complete: every step after the one it needs, every fen accounted for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from schemas.awarding import (
    TenderCancelled,
)
from schemas.change import (
    CommitmentChanged,
    ContractChanged,
)
from schemas.clarification import TenderAmended
from schemas.commission import (
    ContractRetracted,
)
from schemas.contract import (
    ContractSigned,
    Milestone,
    MilestoneAccepted,
    MilestoneDeemedAccepted,
    ProjectPublished,
)
from schemas.deciding import SYSTEM
from schemas.evaluation import (
    ProjectGraded,
)
from schemas.fact import Fact
from schemas.finding import Finding
from schemas.fund import (
    ProjectSettled,
    TranchePaid,
    TrancheRefused,
    TrancheReleased,
)
from schemas.judging import (
    AuditReported,
    Consequence,
    MidTermDeemedPassed,
    MidTermGraded,
    MidTermResult,
)
from schemas.money import ZERO, sum_of
from schemas.payment import PaymentReturned
from schemas.project import BudgetReserved, ProjectApproved, ProjectDeclined
from schemas.tender import (
    TenderVoided,
)
from schemas.termination import (
    ContractTerminated,
)
from schemas.tranche import Gate, Tranche
from services.audit.rules.after_award import signed_though_set_aside, signed_while_suspended
from services.audit.rules.arranged import agreed_milestones, arranged_alone, instead, work
from services.audit.rules.costs import beyond_limits
from services.audit.rules.needed import NEEDS
from services.audit.rules.persons import one_person_paid
from services.audit.rules.provenance import sources_of
from services.audit.rules.receipts import unlike_lines
from services.audit.rules.sentences.contract import MILESTONES
from services.audit.rules.story import Story
from services.audit.rules.ventured import ventured

"""What must stand earlier in the story before a fact can."""

TOO_LATE = "gates_closed"
"""the code of a refusal to open a gate when the days after the grade are over"""


def opened_by(fact: Fact) -> Gate | None:
    match fact:
        case ContractSigned():
            return Gate.SIGNED
        case MilestoneAccepted(milestone=Milestone.MID_TERM):
            return Gate.MID_TERM_ACCEPTED
        case MilestoneAccepted():
            return Gate.FINAL_ACCEPTED
        case MidTermGraded(result=MidTermResult.PASSED) | MidTermDeemedPassed():
            return Gate.MID_TERM_PASSED
        case AuditReported(opinion=opinion) if opinion.opens:
            return Gate.AUDIT_REPORTED
        case ProjectGraded():
            return Gate.FINAL_GRADED
        case _:
            return None


def ends(fact: Fact) -> bool:
    """The agreement is over before its time: no final delivery, and what is not released returns."""
    failed = isinstance(fact, MidTermGraded) and fact.consequence is Consequence.ENDS
    return failed or isinstance(fact, ContractTerminated)


def findings(story: Story) -> list[Finding]:
    """What is missing or does not add up, each once; empty when the story is complete so far."""
    found = [
        *_out_of_turn(story),
        *_same_person(story),
        *unlike_lines(story.project),
        *arranged_alone(story),
        *work(story),
        *ventured(story),
    ]
    found += [*signed_while_suspended(story), *signed_though_set_aside(story)]
    if story.last(ContractSigned) is not None:
        found += [*_gates(story), *_accepted_by_nobody(story), *_over_too_early(story), *beyond_limits(story)]
    if story.last(ProjectPublished) is not None:
        found += [*_both_milestones(story), *_instalments(story), *_money(story)]
    elif story.last(BudgetReserved) is not None and _ended_without_agreement(story):
        found += _money(story)
    return list(dict.fromkeys(found))


def _out_of_turn(story: Story) -> Iterator[Finding]:
    seen: set[type[Fact]] = set()
    places = instead(story)
    for fact in story:
        for step in NEEDS.get(type(fact), ()):
            if (needed := places.get(step, step)) not in seen:
                yield _without(fact, needed)
        if isinstance(fact, ProjectPublished) and seen.isdisjoint({ProjectGraded, ContractTerminated}):
            yield _without(fact, ProjectGraded)
        seen.add(type(fact))


def _without(fact: Fact, needed: type[Fact]) -> Finding:
    return Finding(zh=f"{fact.type} 之前没有 {needed.type}", en=f"{fact.type} without {needed.type} before it")


def _same_person(story: Story) -> Iterator[Finding]:
    for approved in story.all(ProjectApproved):
        if approved.drafted_by == approved.approved_by:
            yield Finding(zh="project.approved 的审批人就是起草人", en="project.approved by the person who drafted it")
    for amended in story.all(TenderAmended):
        if amended.drafted_by == amended.approved_by:
            yield Finding(zh="tender.amended 的审批人就是起草人", en="tender.amended by the person who drafted it")
    for cancelled in story.all(TenderCancelled):
        if cancelled.drafted_by == cancelled.approved_by:
            yield Finding(zh="tender.cancelled 的审批人就是起草人", en="tender.cancelled by the person who drafted it")
    yield from one_person_paid(story)


def _gates(story: Story) -> Iterator[Finding]:
    """Nothing of a tranche was released before its gates opened, nor while a failed mid-term stopped it."""
    signed = story.last(ContractSigned)
    assert signed is not None
    gates = {tranche.number: set(tranche.gates) for tranche in signed.tranches}
    settled_at: int | None = None
    opened: set[Gate | None] = set()
    stopped = False
    for fact in story.project:
        opened.add(opened_by(fact))
        if isinstance(fact, MidTermGraded):
            stopped = fact.consequence is not None
        if isinstance(fact, CommitmentChanged):  # said by funds, as releases are, and so in order with them
            gates = {tranche.number: set(tranche.gates) for tranche in fact.tranches}
        if isinstance(fact, ContractTerminated):
            settled_at = max(gates) + 1
        if not isinstance(fact, TrancheReleased) or not fact.amount or fact.number == settled_at:
            continue
        if fact.number not in gates or not gates[fact.number] <= opened:
            yield _of_tranche(fact.number, "在付款条件成就之前拨付", "released before its gate opened")
        if stopped:
            yield _of_tranche(fact.number, "在中期评估不合格之后拨付", "released after the mid-term had failed")


def _of_tranche(number: int, zh: str, en: str) -> Finding:
    return Finding(zh=f"第 {number} 期{zh}", en=f"tranche {number} {en}")


def _over_too_early(story: Story) -> Iterator[Finding]:
    """A grade follows a delivery, and the settlement the grade; unless the agreement ended before its time."""
    seen: set[type[Fact]] = set()
    for fact in story.project:
        if ends(fact):
            return
        for late, needed in ((ProjectGraded, MilestoneAccepted), (ProjectSettled, ProjectGraded)):
            if isinstance(fact, late) and needed not in seen:
                yield _without(fact, needed)
        seen.add(type(fact))


def _accepted_by_nobody(story: Story) -> Iterator[Finding]:
    """What the program accepted, it had to deem accepted first."""
    deemed: set[Milestone] = set()
    for fact in story.project:
        if isinstance(fact, MilestoneDeemedAccepted):
            deemed.add(fact.milestone)
        elif isinstance(fact, MilestoneAccepted) and fact.accepted_by == SYSTEM and fact.milestone not in deemed:
            yield Finding(
                zh=f"{MILESTONES[fact.milestone][0]}的 milestone.accepted 没有验收人,也没有说明原因",
                en=f"milestone.accepted for {fact.milestone} by nobody, and nothing says why",
            )


def _both_milestones(story: Story) -> Iterator[Finding]:
    if any(map(ends, story.project)):
        return
    accepted = {fact.milestone for fact in story.all(MilestoneAccepted)}
    for milestone in agreed_milestones(story):
        if milestone not in accepted:
            yield Finding(
                zh=f"project.published 之前没有{MILESTONES[milestone][0]}的 milestone.accepted",
                en=f"project.published without milestone.accepted for {milestone}",
            )


def _instalments(story: Story) -> Iterator[Finding]:
    """Every tranche of the agreement came to its end: released and paid, or nothing of it was due, or a gate of it
    stayed closed until it was too late.

    Of a terminated one nothing more was released than was settled, apart from what had been released before.
    """
    terminated, judged = story.last(ContractTerminated), story.last(MidTermGraded)
    opened = {opened_by(fact) for fact in story.project}
    missed = any(refusal.code == TOO_LATE for refusal in story.all(TrancheRefused))
    failed = judged is not None and judged.consequence is not None
    released = {fact.number: fact for fact in story.all(TrancheReleased)}
    sent_back = {fact.payment_id for fact in story.all(PaymentReturned)}
    paid: Counter[int] = Counter()
    for fact in story.all(TranchePaid):  # in parts, when a hold kept the rest back
        if fact.payment_id not in sent_back:
            paid[fact.number] += fact.amount.fen
    if terminated is not None:
        yield from _settlement(story, terminated, paid)
        return
    for tranche in _planned(story).values():
        release = released.get(tranche.number)
        if release is None:
            if set(tranche.gates) <= opened and not missed and not failed:
                yield _of_tranche(tranche.number, "始终没有拨付", "was never released")
            continue
        if release.amount + release.withheld != tranche.amount:
            yield Finding(
                zh=f"第 {tranche.number} 期:拨付与扣减之和不等于约定金额",
                en=f"tranche {tranche.number}: released and withheld are not what was agreed",
            )
        if paid[tranche.number] != release.amount.fen:
            yield _paid_otherwise(tranche.number)


def _settlement(story: Story, terminated: ContractTerminated, paid: Mapping[int, int]) -> Iterator[Finding]:
    """Beside the plan's tranches, one release of what of the settlement they left: wherever in the log each stands.

    A release that was on its way may be told after the end that funds had yet to hear of.
    """
    releases = {fact.number: fact.amount for fact in story.all(TrancheReleased)}
    last = max(_planned(story)) + 1
    planned_fen = sum(amount.fen for number, amount in releases.items() if number != last)
    settled = releases.get(last, ZERO)
    if settled.fen != max(0, terminated.due.fen - planned_fen):
        yield Finding(
            zh="contract.terminated:为结算而拨付的不等于尚应支付的",
            en="contract.terminated: what was released to settle it is not what was left to pay",
        )
    for number, amount in releases.items():
        if paid.get(number, 0) != amount.fen:
            yield _paid_otherwise(number)


def _paid_otherwise(number: int) -> Finding:
    return Finding(zh=f"第 {number} 期:支付不等于拨付", en=f"tranche {number}: paid is not what was released")


def _planned(story: Story) -> Mapping[int, Tranche]:
    """By the agreement as it was last changed."""
    agreed = story.last(ContractChanged) or story.last(ContractSigned)
    return {tranche.number: tranche for tranche in agreed.tranches} if agreed else {}


def _ended_without_agreement(story: Story) -> bool:
    """A voided tender may be followed by a new approval; only the last word counts."""
    words = (ProjectApproved, TenderVoided, ProjectDeclined, ContractRetracted)
    last = next((fact for fact in reversed(story.project) if isinstance(fact, words)), None)
    return isinstance(last, TenderVoided | ProjectDeclined | ContractRetracted)


def _money(story: Story) -> Iterable[Finding]:
    """paid + returned = reserved, for each lot, and the totals told are the sums of what was told."""
    for line in sources_of(story):
        if not line.adds_up:
            yield Finding(
                zh=f"批次 {line.lot_id}:预留 {line.reserved},支付 {line.paid},退回 {line.returned}",
                en=f"lot {line.lot_id}: {line.reserved} reserved, {line.paid} paid, {line.returned} returned",
            )
    settled, published = story.last(ProjectSettled), story.last(ProjectPublished)
    if settled is None or published is None:
        return
    sent_back = {fact.payment_id for fact in story.all(PaymentReturned)}
    if settled.paid != sum_of(fact.amount for fact in story.all(TranchePaid) if fact.payment_id not in sent_back):
        yield Finding(
            zh="project.settled 的金额不等于各期支付之和",
            en="project.settled names another sum than its tranches were paid",
        )
    if (published.paid, published.returned) != (settled.paid, settled.returned):
        yield Finding(
            zh="project.published 的金额与 project.settled 不符",
            en="project.published names other sums than project.settled",
        )
