"""What the papers print of the term: first and last day, and why it may be longer than usual."""

from collections.abc import Iterator

from schemas.docx import Part, Table
from schemas.paper import GROUNDS, quoted, said
from schemas.term import LONG_TERM, MOST_MONTHS, Term
from services.contracts.rules.contract import Contract
from services.contracts.rules.life import Change

DAYS_HEAD = ("首日 · First day", "末日 · Last day")


def agreed_term(contract: Contract) -> Iterator[Part]:
    term = contract.agreement.term
    if term is None:
        return
    yield Table("term", DAYS_HEAD, (_days(term),))
    yield from said(
        "履行期限按北京时间计,首日、末日均在内。期满仍未提交的成果记为逾期;逾期后仍可提交和验收。",
        "The term is counted in Beijing time, first and last day included. What is not delivered by then shows as "
        "overdue; it can still be delivered and accepted.",
    )
    yield from _grounds(term)
    usual, long = contract.rule(MOST_MONTHS), contract.rule(LONG_TERM)
    if usual is not None and long is not None:
        most = long.value["months_most"]
        yield from said(
            f"延长的,自首日起算不超过 {usual.value} 个月;规则集所列各项条件同时具备的,不超过 {most} 个月。",
            f"It may be extended to {usual.value} months from its first day, on all grounds of the rulebook to {most}.",
        )
        yield from (quoted(usual.source), quoted(long.source))


def changed_term(change: Change) -> Iterator[Part]:
    before, now = change.before.term, change.agreement.term
    if before is None or now is None or before == now:
        return
    rows = (("原期限 · before", *_days(before)), ("变更后期限 · now", *_days(now)))
    yield Table("term", ("", *DAYS_HEAD), rows)
    yield from _grounds(now)


def _days(term: Term) -> tuple[str, str]:
    return term.first_day.isoformat(), term.last_day.isoformat()


def _grounds(term: Term) -> Iterator[Part]:
    if term.grounds:
        named = tuple((GROUNDS[ground],) for ground in term.grounds)
        yield Table("term_grounds", ("超过一年的理由 · Why longer than a year",), named)
