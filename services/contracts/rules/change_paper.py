"""补充协议: what was changed, before and after, who signed it, and the digest of the terms now in force."""

from collections.abc import Iterator
from uuid import UUID

from schemas.capitals import in_capitals, in_figures
from schemas.change import ChangeReason
from schemas.days import minute_of
from schemas.deciding import new_id
from schemas.docx import Part, Table, Text, written
from schemas.ids import PartyId
from schemas.paper import ITEMS_HEAD, NOTHING, said
from services.contracts.rules.agreement_paper import gates_of
from services.contracts.rules.clauses_paper import work_table
from services.contracts.rules.contract import Contract
from services.contracts.rules.life import Change
from services.contracts.rules.term_paper import changed_term
from services.contracts.rules.wording import PARTIES_HEAD, party_rows

REASONS = {
    ChangeReason.SCOPE: "服务内容或范围 · scope",
    ChangeReason.QUANTITY: "服务数量 · quantity",
    ChangeReason.SCHEDULE: "进度或付款安排 · schedule",
    ChangeReason.PRICE: "价款 · price",
    ChangeReason.STAFF: "人员 · staff",
    ChangeReason.FORCE_MAJEURE: "不可抗力 · force majeure",
    ChangeReason.OTHER: "其他 · other",
}


def change_paper_id(papers_id: UUID, number: int) -> UUID:
    """Where the paper of a change is kept."""
    return new_id(papers_id, f"change.{number}.paper")


def change_paper(contract: Contract, change: Change) -> bytes:
    """Of a change that both signed."""
    title = f"补充协议({change.number})"
    parts = [
        Text(f"{title} · Supplementary agreement {change.number}", "Title"),
        Text("一、当事人 · Parties", "Heading1"),
        Table("parties", PARTIES_HEAD, party_rows(contract)),
        *_what(contract, change),
        *_money(change),
        *_signatures(contract, change),
    ]
    footer = f"变更后条款摘要 digest of the changed terms {change.digest}"
    return written(f"{title} {contract.agreement.brief.title}", parts, footer)


def _what(contract: Contract, change: Change) -> Iterator[Part]:
    yield Text("二、变更事由 · Why", "Heading1")
    rows = (
        ("项目名称 · Title", change.agreement.brief.title),
        ("协议编号 · Agreement", str(change.agreement.contract_id)),
        ("事由 · Reason", REASONS[change.reason]),
        ("说明 · Explanation", change.text),
        ("原条款摘要 · Digest of the terms before", contract.digest),
        ("变更后条款摘要 · Digest of the changed terms", change.digest),
    )
    yield Table("change", ITEMS_HEAD, rows)
    if change.agreement.requirements != change.before.requirements:
        both = (
            ("原服务要求 · Requirements before", change.before.requirements),
            ("变更后服务要求 · Requirements now", change.agreement.requirements),
        )
        yield Table("requirements", ITEMS_HEAD, both)
    yield from changed_term(change)


def _money(change: Change) -> Iterator[Part]:
    yield Text("三、价款与付款 · Price and payment", "Heading1")
    yield Table(
        "price",
        ("", "小写 · In figures", "大写 · In capitals"),
        (
            ("原价款 · before", in_figures(change.before.price), in_capitals(change.before.price)),
            ("变更后价款 · now", in_figures(change.agreement.price), in_capitals(change.agreement.price)),
        ),
    )
    yield Table(
        "tranches",
        ("期次 · No.", "金额 · Amount", "大写 · In capitals", "付款条件 · Paid when"),
        tuple(
            (str(t.number), in_figures(t.amount), in_capitals(t.amount), gates_of(t)) for t in change.agreement.tranches
        ),
    )
    before, now = change.before.work, change.agreement.work
    if before is not None and now is not None and before != now:
        yield from said("原单价和数量:", "Unit prices and quantities before:")
        yield work_table("work_before", before)
        yield from said(
            "变更后单价和数量;此前核定而未验收的数量按变更后单价重新核定:",
            "Unit prices and quantities now; units counted before and not accepted yet are counted anew at these:",
        )
        yield work_table("work", now)
    yield from said(
        "其余条款不变;已满足付款条件的各期不受本补充协议影响。",
        "All other terms stay; tranches that were released are not touched by this supplement.",
    )


def _signatures(contract: Contract, change: Change) -> Iterator[Part]:
    yield Text("四、签署 · Signatures", "Heading1")
    roles = {contract.funder_id: "甲方 · Party A", contract.provider_id: "乙方 · Party B"}
    other = contract.other_than(change.proposed_by)
    yield Table(
        "signatures",
        ("签署方 · Party", "签署人编号 · Signed by", "签署时间(北京时间)· At"),
        (
            (f"{roles[change.proposed_by]},提出方", *_signed(contract, change, change.signed_by, "proposed")),
            (f"{roles[other]},同意方", *_signed(contract, change, change.agreed_by, "agreed")),
        ),
    )


def _signed(contract: Contract, change: Change, person: PartyId | None, step: str) -> tuple[str, str]:
    at = contract.dates.get(f"change.{change.number}.{step}")
    return NOTHING if person is None else str(person), NOTHING if at is None else minute_of(at)
