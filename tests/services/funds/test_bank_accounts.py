"""Nobody changes alone where money goes: one person states the account, another types its number off the paper."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.bank import BankAccountConfirmed, BankAccountStated, BankAccountWithdrawn, mask
from schemas.party import PartyKind
from schemas.role import Actor, Role
from schemas.standing import Party
from services.funds.rules.bank_accounts import MOST_ACCOUNTS, AccountDetails, BankAccounts
from services.funds.rules.project import ProjectMoney
from tests.services.funds.banking import CARD, Counter, a_party, an_account, digest_of
from tests.services.funds.desk import FUNDER, PROVIDER, Desk, a_signing, an_approval
from tests.support.pure import an_actor, refused

NUMBER = an_account().number
OTHER = "1102020809000999888"


def people(party: Party, role: Role = Role.PROVIDER) -> tuple[Actor, Actor]:
    return an_actor(role, party.id), an_actor(role, party.id)


def test_an_account_counts_once_another_person_has_typed_the_same_number() -> None:
    counter = Counter()
    one, other = people(counter.payee())

    (stated, _) = counter.states(one)
    waiting = counter.accounts(one.party_id)
    (confirmed, _) = counter.confirms(other, one.party_id, "1102-0208-0900-0123-456")
    accounts = counter.accounts(one.party_id)

    assert isinstance(stated, BankAccountStated)
    assert (waiting.in_force, waiting.stated and waiting.stated.ending) == (None, "3456")
    assert isinstance(confirmed, BankAccountConfirmed)
    assert (confirmed.stated_by, confirmed.confirmed_by) == (one.person_id, other.person_id)
    assert accounts.stated is None
    assert accounts.in_force is not None
    assert accounts.in_force.details == an_account()
    assert (accounts.in_force.confirmed_by, accounts.in_force.confirmed_at) == (other.person_id, counter.story.at)


def test_who_stated_it_does_not_confirm_it() -> None:
    counter = Counter()
    one, _ = people(counter.payee())
    counter.states(one)

    with refused("who_stated_does_not_confirm", status=403):
        counter.confirms(one, one.party_id, NUMBER)

    assert counter.accounts(one.party_id).in_force is None


def test_another_number_than_the_stated_one_confirms_nothing() -> None:
    counter = Counter()
    one, other = people(counter.payee())
    counter.states(one)

    with refused("number_differs", status=422):
        counter.confirms(other, one.party_id, OTHER)


def test_until_a_new_statement_is_confirmed_the_old_account_stays_in_force_and_then_it_is_forgotten() -> None:
    counter = Counter()
    one, other = people(counter.payee())
    counter.states(one)
    counter.confirms(other, one.party_id, NUMBER)
    first = counter.accounts(one.party_id).in_force
    counter.story.at += timedelta(days=1)

    counter.states(other, an_account(OTHER))
    meanwhile = counter.accounts(one.party_id)
    (confirmed, _) = counter.confirms(one, one.party_id, OTHER)
    after = counter.accounts(one.party_id)

    assert meanwhile.in_force == first
    assert first is not None
    assert isinstance(confirmed, BankAccountConfirmed)
    assert confirmed.replaces == first.id
    assert after.in_force is not None
    assert after.in_force.ending == OTHER[-4:]
    (former,) = after.former
    assert (former.id, former.ending, former.details) == (first.id, "3456", None)
    assert (former.confirmed_by, former.ended_by) == (other.person_id, one.person_id)
    assert former.ended_at == counter.story.at


def test_a_second_statement_takes_the_place_of_an_unconfirmed_one_which_can_be_confirmed_no_more() -> None:
    counter = Counter()
    one, other = people(counter.payee())
    counter.states(one)
    first = counter.accounts(one.party_id).stated
    assert first is not None

    counter.states(one, an_account(OTHER))

    with refused("account_waits_for_nobody"):
        counter.confirms(other, one.party_id, NUMBER, account_id=first.id)
    assert [former.details for former in counter.accounts(one.party_id).former] == [None]


def test_a_withdrawn_account_is_out_of_force_and_its_number_forgotten() -> None:
    counter = Counter()
    one, other = people(counter.payee())
    counter.states(one)
    counter.confirms(other, one.party_id, NUMBER)
    account = counter.accounts(one.party_id).in_force
    assert account is not None

    (told, _) = counter.withdraws(one, account.id)

    assert isinstance(told, BankAccountWithdrawn)
    assert counter.accounts(one.party_id).in_force is None
    assert NUMBER.encode() not in TypeAdapter(BankAccounts).dump_json(counter.accounts(one.party_id))
    with refused("account_counts_no_more"):
        counter.withdraws(one, account.id)


def test_finance_of_a_funder_that_pays_a_social_worker_is_the_second_person() -> None:
    counter, desk = Counter(), Desk()
    world = counter.story.world
    account = desk.appropriate(10_000)
    approval = an_approval({account: 10_000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 10_000))
    world.loaded(desk.money(approval.project_id))
    world.loaded(a_party(PartyKind.SOCIAL_WORKER, None, PROVIDER))
    project = approval.project_id
    worker = an_actor(Role.PROVIDER, PROVIDER)
    card = an_account(CARD, holder="张三")
    counter.states(worker, card)
    no_finance = an_actor(Role.FUNDER, FUNDER)
    strangers = (an_actor(Role.FINANCE), no_finance)

    for stranger in strangers:
        with refused("not_your_party", status=403):
            counter.confirms(stranger, PROVIDER, CARD, project_id=project)
    with refused("not_your_party", status=403):  # which project it pays for has to be said
        counter.confirms(an_actor(Role.FINANCE, FUNDER), PROVIDER, CARD)
    (confirmed, _) = counter.confirms(an_actor(Role.FINANCE, FUNDER), PROVIDER, CARD, project_id=project)

    assert isinstance(confirmed, BankAccountConfirmed)
    assert (confirmed.party_id, confirmed.confirmed_for) == (PROVIDER, FUNDER)


def test_a_project_that_pays_somebody_else_gives_no_right_to_confirm() -> None:
    counter = Counter()
    one, _ = people(counter.payee())
    counter.states(one)
    desk = Desk()
    account = desk.appropriate(10_000)
    approval = an_approval({account: 10_000})
    desk.hear(approval)
    desk.hear(a_signing(approval.project_id, 10_000))
    counter.story.world.loaded(desk.world.get(ProjectMoney, approval.project_id))

    with refused("not_your_party", status=403):
        counter.confirms(an_actor(Role.FINANCE, FUNDER), one.party_id, NUMBER, project_id=approval.project_id)


def test_nobody_states_an_account_of_another_party() -> None:
    counter = Counter()
    payee = counter.payee()
    counter.states(an_actor(Role.PROVIDER, payee.id))
    account = counter.accounts(payee.id).stated
    assert account is not None
    thief = an_actor(Role.PROVIDER)

    with refused("not_your_party", status=403):
        counter.confirms(thief, payee.id, NUMBER)
    counter.story.world.ask([(BankAccounts, thief.party_id)])
    with refused("not_found", status=404):
        counter.withdraws(thief, account.id)


def test_an_organization_is_paid_in_its_registered_name_however_the_brackets_are_written() -> None:
    counter = Counter()
    one, _ = people(counter.payee("示例（苏州）社会服务中心"))

    with refused("account_in_another_name", status=422) as caught:
        counter.states(one, an_account(holder="李四"))
    counter.states(one, an_account(holder="示例(苏州) 社会服务中心"))

    assert caught.value.field == "account.holder"


def test_a_committee_may_be_paid_by_an_account_its_street_keeps() -> None:
    counter = Counter()
    one, _ = people(counter.payee("示例社区居委会", PartyKind.COMMUNITY), Role.COMMUNITY)

    assert counter.states(one, an_account(holder="示例街道办事处"))


def test_the_check_digit_of_a_persons_card_is_looked_at_and_of_nothing_else() -> None:
    counter = Counter()
    worker, _ = people(counter.payee(None, PartyKind.SOCIAL_WORKER))
    swapped = CARD[:-2] + CARD[-1] + CARD[-2]

    with refused("card_number_mistyped", source="ISO/IEC 7812-1", status=422):
        counter.states(worker, an_account(swapped, holder="张三"))
    counter.states(worker, an_account(CARD, holder="张三"))
    counter.states(worker, an_account("0102030405060708", holder="张三"))  # no card, and no published check
    organization, _ = people(counter.payee())
    counter.states(organization, an_account(swapped))


def test_a_party_states_so_many_accounts_and_no_more() -> None:
    counter = Counter()
    one, _ = people(counter.payee())
    for _ in range(MOST_ACCOUNTS):
        counter.states(one)

    with refused("too_many_bank_accounts"):
        counter.states(one)


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "1234567"},
        {"number": "1" * 35},
        {"number": "1234--56789"},
        {"number": "１２３４５６７８"},
        {"number": "=1234567+1"},
        {"holder": ""},
        {"holder": " "},
        {"holder": "x" * 141},
        {"holder": "示例\u0007"},
        {"holder": "示例\ufffe"},
        {"holder": "示\n例"},
        {"bank": "支行\uffff"},
        {"bank": "x" * 141},
        {"cnaps": "10230500123"},
        {"cnaps": "10230500123A"},
        {"cnaps": None},
        {"bic": "SHORT"},
        {"bic": "icbkcnbj"},
    ],
)
def test_what_no_bank_could_use_is_refused_at_the_door(wrong: dict[str, Any]) -> None:
    fields = {"holder": "示例", "number": "12345678", "bank": "示例支行", "cnaps": "102305001234"}
    AccountDetails.model_validate(fields)

    with pytest.raises(ValidationError):
        AccountDetails.model_validate(fields | wrong)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1102 0208-0900 0123", "1102020809000123"), ("ab12345678", "AB12345678"), ("1" * 34, "1" * 34)],
)
def test_a_number_has_one_spelling(written: str, kept: str) -> None:
    assert an_account(written).number == kept


def test_a_bic_alone_names_the_branch_too() -> None:
    assert an_account(cnaps=None, bic="ICBKCNBJSZU").cnaps is None


def test_a_number_is_masked_and_not_in_what_is_told() -> None:
    counter = Counter()
    one, other = people(counter.payee())

    facts = [*counter.states(one)[:1], *counter.confirms(other, one.party_id, NUMBER)[:1]]

    assert mask("3456") == "****3456"
    assert {(fact.ending, fact.digest) for fact in facts} == {("3456", digest_of(NUMBER))}  # type: ignore[attr-defined]  # facts of accounts
    assert NUMBER not in repr(an_account())
