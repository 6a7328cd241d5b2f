"""What doors take too long to show of a venture round: its limits, and how grants divide over accounts."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.ids import FundAccountId, PartyId, RoundId
from schemas.money import Money, sum_of
from schemas.party import PartyKind
from schemas.project import FundShare
from schemas.role import Role
from schemas.round import Proposal
from services.kit.rulebooks import shipped
from services.tenders.rules.evolve import evolve
from services.tenders.rules.rounds.applying import MOST_APPLICATIONS, SubmitApplication, submit_application, submit_refs
from services.tenders.rules.rounds.awarding import shares_of
from services.tenders.rules.rounds.grades import ProviderRecord
from services.tenders.rules.rounds.round import Application, Entry, Round, RoundPhase
from services.tenders.rules.rounds.scoring import total_of
from tests.services.audit.rounds import a_call, of_a_round
from tests.services.audit.stories import Told
from tests.services.tenders.stories import Tendered
from tests.support.pure import an_actor, refused

BOOK = shipped().named("example/charity-venture")


def a_proposal() -> Proposal:
    return Proposal(
        title="助餐", summary="送餐", theme="elderly", community_id=PartyId(uuid4()), beneficiaries=3, asked=Money(100)
    )


def test_a_full_round_takes_no_more() -> None:
    story = Tendered()
    story.rulebook = BOOK
    call = a_call(Told()).model_copy(update={"closes_at": story.at.replace(year=story.at.year + 1)})
    open = Round(
        id=uuid4(),
        call=call,
        phase=RoundPhase.CALLED,
        rulebook=BOOK.hash,
        agreement_rulebook=BOOK.hash,
        drafted_by=PartyId(uuid4()),
        applications=MOST_APPLICATIONS - 1,
    )
    story.world.put(open)
    actor = an_actor(Role.PROVIDER)
    story.knows(actor.party_id, PartyKind.ORGANIZATION, None)
    story.world.loaded(ProviderRecord(id=actor.party_id, projects=()))
    proposal = a_proposal()
    story.knows(proposal.community_id, PartyKind.COMMUNITY, None)
    command = SubmitApplication(round_id=open.round_id, organization_id=actor.party_id, proposal=proposal)
    refs = submit_refs(command, uuid4())

    assert len(story.do(submit_application, command, actor, refs)) == 1
    with refused("round_full"):
        story.do(submit_application, command, actor, refs)


@given(
    st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=5),
    st.lists(st.integers(min_value=1, max_value=10**6), max_size=30),
)
def test_grants_are_paid_from_the_accounts_in_their_order_to_the_fen(accounts: list[int], wanted: list[int]) -> None:
    whole = tuple(FundShare(account_id=FundAccountId(UUID(int=n)), amount=Money(a)) for n, a in enumerate(accounts))
    amounts: list[Money] = []
    for amount in wanted:
        if sum(a.fen for a in amounts) + amount <= sum(accounts):
            amounts.append(Money(amount))

    found = shares_of(whole, amounts)

    assert [sum_of(share.amount for share in shares) for shares in found] == amounts
    spent = {account.account_id: 0 for account in whole}
    for shares in found:
        assert all(share.amount for share in shares)
        for share in shares:
            spent[share.account_id] += share.amount.fen
    used = list(spent.values())
    for place, amount in enumerate(used):
        assert amount <= accounts[place]
        assert not any(used[place + 1 :]) or amount == accounts[place]


@pytest.mark.parametrize(
    ("experts", "public", "percent", "expert", "total"),
    [
        (("80", "81", "82"), None, 0, "81.00", 8100),
        (("80", "80", "81"), None, 0, "80.33", 8033),
        (("80", "80", "81"), "60.55", 30, "80.33", 7440),  # (80.3333… × 70 + 60.55 × 30) ÷ 100 = 74.3983…
        (("0.01", "0", "0"), None, 0, "0.00", 0),
        (("0.01", "0"), None, 0, "0.01", 1),  # 0.005, half up
    ],
)
def test_a_total_is_exact_and_rounded_once(
    experts: tuple[str, ...], public: str | None, percent: int, expert: str, total: int
) -> None:
    one = Application(
        id=uuid4(),
        round_id=RoundId(uuid4()),
        organization_id=PartyId(uuid4()),
        division="320508001001",
        proposal=a_proposal(),
        entries=tuple(Entry(evaluator_id=PartyId(uuid4()), points=Decimal(given)) for given in experts),
        public=None if public is None else Decimal(public),
    )
    call = a_call(Told()).model_copy(update={"public_percent": percent})

    found = total_of(one, call)

    assert (str(found.expert), found.total) == (expert, total)


def test_what_does_not_fit_the_state_changes_nothing() -> None:
    """A fact of a round nobody knows, as after a restore."""
    story = Tendered()
    told = Told()
    for fact in of_a_round(told):
        story.world.ask([(Round, UUID(fact.key))])
        assert tuple(evolve(story.world, fact)) == ()
