"""Who stays in a framework, what users choose, and what a call-off costs: to the bid and to the fen."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest

from schemas.deciding import Due
from schemas.disclosure import Deliverer, DeliveryDisclosed
from schemas.framework import FrameworkApproved, FrameworkCalledOff, FrameworkConcluded, SuppliersChosen
from schemas.ids import BidId, FundAccountId, PartyId
from schemas.money import Money
from schemas.obligation import Duty
from schemas.preparing import ApprovalGiven
from schemas.project import BudgetReserved, FundShare
from schemas.role import Role
from schemas.rulebook import Rule, Source
from schemas.standing import Party
from schemas.tender import AwardConfirmed, RankedBid
from services.kit.rulebooks import shipped
from services.tenders.rules import announcing, arranging, awaiting, proposal
from services.tenders.rules.framework import calling, choosing, concluding
from services.tenders.rules.framework.framework import Choices, Framework, User, call_off_id, digest_of_token
from services.tenders.rules.papers.material import PaperKind, is_ready
from services.tenders.rules.project import Phase, Project
from tests.services.tenders.stories import APPROVER, DRAFTER, PROJECT, Tendered, a_draft, a_ranking
from tests.support.pure import an_actor, refused


def ranking(*ranks: int) -> list[RankedBid]:
    return [
        RankedBid(
            rank=rank,
            bid_id=BidId(uuid4()),
            bidder_id=PartyId(uuid4()),
            price=Money(100),
            price_points=Decimal(1),
            quality_points=Decimal(1),
            total=Decimal(2),
            arithmetic="…",
        )
        for rank in ranks
    ]


@pytest.mark.parametrize(
    ("ranks", "stay"),
    [
        ((1, 2, 3), 2),  # 20 % of three is less than one: one goes
        ((1, 2, 3, 4, 5), 4),
        ((1, 2, 3, 4, 5, 6), 4),  # 20 % of six is more than one: two go
        ((1, 2, 2), 1),  # who shares the last place goes with it
        ((1, 1), 0),
        ((1,), 0),
    ],
)
def test_a_fifth_and_at_least_one_is_eliminated_from_the_end_of_the_ranking(ranks: tuple[int, ...], stay: int) -> None:
    suppliers = concluding.staying(ranking(*ranks), Fraction(1, 5), 1)

    assert [one.rank for one in suppliers] == list(ranks[:stay])


class Framed(Tendered):
    """A framework of three bids for 90,000.00, 90,010.00 and 90,020.00 yuan."""

    def __init__(self) -> None:
        super().__init__()
        self.rulebook = shipped().named("example/framework")

    def approved(self) -> "Framed":
        self.proposed().draft(a_draft(rulebook="example/framework"))
        (said,) = self.approve()
        assert isinstance(said, FrameworkApproved)
        return self

    def reserved(self) -> "Framed":
        return self.approved()

    def concluded(self, *ranks: int) -> "Framed":
        self.ranked(*(ranks or (1, 2, 3)))
        self.conclude()
        return self

    def conclude(self) -> FrameworkConcluded:
        (said,) = self.do(concluding.conclude, concluding.ConcludeFramework(project_id=PROJECT), APPROVER)
        assert isinstance(said, FrameworkConcluded)
        return said

    @property
    def framework(self) -> Framework:
        return self.world.get(Framework, PROJECT)

    def list_users(self, *tokens: str) -> None:
        digests = tuple(map(digest_of_token, tokens))
        command = choosing.ListUsers(project_id=PROJECT, digests=digests)
        community = an_actor(Role.COMMUNITY, self.framework.community_id)
        self.do(choosing.list_users, command, community, choosing.list_refs(command, uuid4()))

    def choose(self, token: str, place: int) -> None:
        provider = self.framework.suppliers[place].provider_id
        command = choosing.ChooseSupplier(project_id=PROJECT, token=token, provider_id=provider)
        self.do(choosing.choose, command, an_actor(Role.RESIDENT), choosing.choose_refs(command, uuid4()))

    def close_choices(self) -> list[SuppliersChosen]:
        """With what the store would count."""
        self.at = max(self.at, self.framework.choices_close_at)
        chosen = [user.choice for user in self.world.each(User) if user.choice is not None]
        self.world.ask([(Choices, PROJECT)])
        self.world.loaded(Choices(id=PROJECT, counts={id: chosen.count(id) for id in chosen}))
        due = Due(ref=(Framework, PROJECT), name="choices", at=self.at)
        return [fact for fact in self.do(choosing.close_choices, due) if isinstance(fact, SuppliersChosen)]

    def with_choices(self, *places: int) -> "Framed":
        """As many users as places, each choosing the supplier at it."""
        self.concluded()
        tokens = [f"token-of-user-{number:03}" for number in range(len(places))]
        self.list_users(*tokens)
        for token, place in zip(tokens, places, strict=True):
            self.choose(token, place)
        self.close_choices()
        return self

    def call_off(self, place: int, price: int) -> list[object]:
        provider = self.framework.suppliers[place].provider_id
        shares = (FundShare(account_id=FundAccountId(uuid4()), amount=Money(price)),)
        command = calling.CallOffSupplier(project_id=PROJECT, provider_id=provider, shares=shares)
        return list(self.do(calling.call_off, command, DRAFTER, calling.call_refs(command, uuid4())))


def test_a_framework_reserves_no_money_and_opens_once_two_persons_agreed() -> None:
    story = Framed().approved()

    story.open()

    assert story.phase is Phase.OPEN


def test_the_worst_of_three_is_eliminated_and_no_single_award_is_made() -> None:
    story = Framed()
    story.ranked(1, 2, 3)

    with refused("framework_is_concluded"):
        story.award(story.bids[0].id)
    said = story.conclude()

    assert [one.rank for one in said.suppliers] == [1, 2]
    assert (said.eliminated, said.valid_until) == (
        1,
        story.at.date().replace(year=story.at.year + 2) - timedelta(days=1),
    )
    assert said.choices_close_at == story.at + timedelta(days=14)
    assert story.phase is Phase.FRAMED


def test_nobody_has_to_choose_a_winner_once_the_framework_is_concluded() -> None:
    story = Framed()
    story.ranked(1, 2, 3)
    story.do(awaiting.await_choice, a_ranking(story.bids, (1, 2, 3)))
    assert [one.duty for one in story.project.owed()] == [Duty.CHOOSE_WINNER]

    story.conclude()

    assert story.project.owed() == ()


def test_two_suppliers_have_to_be_left() -> None:
    story = Framed()
    story.ranked(1, 2, 2)

    with refused("too_few_suppliers", source="2 家以上"):
        story.conclude()


def test_a_tender_of_another_method_has_no_framework() -> None:
    story = Tendered()
    story.ranked(1, 2, 3)

    with refused("not_a_framework"):
        story.do(concluding.conclude, concluding.ConcludeFramework(project_id=PROJECT), APPROVER)


def test_a_user_chooses_again_until_the_close_and_not_after_it() -> None:
    story = Framed().concluded()
    story.list_users("token-of-user-001", "token-of-user-002")
    with refused("unknown_user_token"):
        story.choose("token-of-a-stranger", 0)

    story.choose("token-of-user-001", 0)
    story.choose("token-of-user-001", 1)
    (said,) = story.close_choices()

    assert (said.users, [one.users for one in said.chosen]) == (2, [0, 1])
    assert story.close_choices() == []
    with refused("choices_closed"):
        story.choose("token-of-user-002", 0)
    with refused("choices_closed"):
        story.list_users("token-of-user-003")


def test_only_suppliers_can_be_chosen_and_only_the_community_lists_users() -> None:
    story = Framed().concluded()
    story.list_users("token-of-user-001")
    eliminated = next(
        b.bidder_id for b in story.bids if b.bidder_id not in {s.provider_id for s in story.framework.suppliers}
    )
    command = choosing.ChooseSupplier(project_id=PROJECT, token="token-of-user-001", provider_id=eliminated)

    with refused("not_a_supplier"):
        story.do(choosing.choose, command, an_actor(Role.RESIDENT))
    listing = choosing.ListUsers(project_id=PROJECT, digests=("0" * 64,))
    with refused("not_your_party"):
        story.do(choosing.list_users, listing, an_actor(Role.COMMUNITY))


def test_a_call_off_costs_the_users_part_of_the_offered_price_rounded_down() -> None:
    story = Framed().with_choices(0, 0, 1)
    offered = story.framework.suppliers[0].price.fen

    with refused("amounts_miss_price"):
        story.call_off(0, offered * 2 // 3 + 1)
    said = story.call_off(0, offered * 2 // 3)

    (told,) = [fact for fact in said if isinstance(fact, FrameworkCalledOff)]
    assert (told.price.fen, told.users, told.of_users) == (offered * 2 // 3, 2, 3)
    project = story.world.get(Project, call_off_id(PROJECT, told.provider_id))
    assert (project.phase, project.agreed.ceiling) == (Phase.DRAFTED, told.price)


def test_before_the_close_without_users_and_after_its_term_nothing_is_called_off() -> None:
    story = Framed().concluded()
    with refused("choices_open"):
        story.call_off(0, 1)
    story = Framed().with_choices(0, 0)
    with refused("nobody_chose"):
        story.call_off(1, 1)
    story.at += timedelta(days=731)
    with refused("framework_over", source="2 年"):
        story.call_off(0, story.framework.suppliers[0].price.fen)


def test_a_call_off_is_drawn_again_until_it_is_approved_and_then_awarded_when_its_money_is_reserved() -> None:
    story = Framed().with_choices(0, 1)
    price = story.framework.suppliers[0].price.fen // 2
    story.call_off(0, price)
    assert not [fact for fact in story.call_off(0, price) if isinstance(fact, FrameworkCalledOff)], "told once"
    id = call_off_id(PROJECT, story.framework.suppliers[0].provider_id)
    project = story.world.get(Project, id)
    deliverers = (Deliverer(name="楼道互助队", filed_with="某街道备〔2026〕3号", part="上门陪护"),)
    bid = next(one for one in story.bids if one.bidder_id == story.framework.suppliers[0].provider_id)
    story.world.put(replace(bid, deliverers=deliverers))
    story.call_off(0, price)
    project = story.world.get(Project, id)
    with refused("call_off_keeps_terms"):
        story.do(proposal.draft_terms, a_draft(project_id=id), DRAFTER)

    story.world.put(replace(project, phase=Phase.RESERVED, approved_by=PartyId(APPROVER.person_id)))
    reserved = BudgetReserved(project_id=id, ceiling=project.agreed.ceiling, shares=project.agreed.shares)
    said, disclosed = story.do(arranging.arrange, reserved)

    with refused("nothing_to_announce"):
        story.do(announcing.announce_award, announcing.AnnounceAward(project_id=id), DRAFTER)
    awarded = story.world.get(Project, id)
    assert not is_ready(PaperKind.AWARD, awarded, ())
    assert isinstance(disclosed, DeliveryDisclosed)
    assert disclosed.deliverers == deliverers
    assert isinstance(said, AwardConfirmed)
    assert (said.price.fen, said.provider_id) == (price, story.framework.suppliers[0].provider_id)
    with refused("wrong_phase"):
        story.call_off(0, price)


def test_a_supplier_suspended_since_is_not_called_off() -> None:
    story = Framed().with_choices(0, 1)
    supplier = story.framework.suppliers[0]
    story.world.put(replace(story.world.get(Party, supplier.provider_id), suspended=True))

    with refused("party_suspended"):
        story.call_off(0, supplier.price.fen // 2)


def test_a_rulebook_that_lacks_what_a_framework_needs_is_refused_when_it_is_drafted() -> None:
    story = Framed()
    rules = {path: rule for path, rule in story.rulebook.rules.items() if path != "tender.choice_days"}
    story.rulebook = replace(story.rulebook, rules=rules)
    story.proposed()

    with refused("rulebook_lacks", status=422) as caught:
        story.draft(a_draft(rulebook="example/framework"))

    assert caught.value.details["path"] == "tender.choice_days"


def test_a_call_off_drawn_again_is_approved_anew_by_as_many_as_the_rulebook_says() -> None:
    story = Framed().with_choices(0, 1)
    two = Rule(2, Source("示例:两人批准"))
    story.rulebook = replace(story.rulebook, rules={**story.rulebook.rules, "tender.approvals_needed": two})
    id = call_off_id(PROJECT, story.framework.suppliers[0].provider_id)

    def drawn() -> proposal.ApproveDraft:
        story.call_off(0, story.framework.suppliers[0].price.fen // 2)
        return proposal.ApproveDraft(project_id=id, draft_id=story.world.get(Project, id).agreed.id)

    (first,) = story.do(proposal.approve_draft, drawn(), APPROVER)
    assert isinstance(first, ApprovalGiven)
    (again,) = story.do(proposal.approve_draft, drawn(), APPROVER)
    assert isinstance(again, ApprovalGiven)
    assert (again.number, again.needed) == (1, 2)
