"""The facts of a framework and of what is called off from it, each once."""

from datetime import date, timedelta

from schemas.fact import Fact
from schemas.framework import (
    FrameworkApproved,
    FrameworkCalledOff,
    FrameworkConcluded,
    Supplier,
    SupplierChosen,
    SuppliersChosen,
    UsersListed,
)
from schemas.ids import BidId
from schemas.money import Money
from schemas.project import ProjectProposed
from tests.services.audit.stories import Told
from tests.support.pure import NOON


def of_a_framework(told: Told) -> list[Fact]:
    p, bid = told.project, BidId(told.bid)
    (proposed,) = (fact for fact in told.facts if isinstance(fact, ProjectProposed))
    return [
        FrameworkApproved(
            project_id=p,
            brief=proposed.brief,
            ceiling=Money(100),
            drafted_by=told.person,
            approved_by=told.provider,
            rulebook="b" * 64,
        ),
        FrameworkConcluded(
            project_id=p,
            suppliers=(Supplier(rank=1, bid_id=bid, provider_id=told.provider, price=Money(90)),),
            eliminated=1,
            valid_until=date(2028, 3, 1),
            choices_close_at=NOON + timedelta(days=14),
            concluded_by=told.person,
            rulebook="b" * 64,
        ),
        UsersListed(project_id=p, users=10),
        SuppliersChosen(project_id=p, users=10, chosen=(SupplierChosen(provider_id=told.provider, users=7),)),
        FrameworkCalledOff(
            project_id=p,
            framework_id=p,
            bid_id=bid,
            provider_id=told.provider,
            offered=Money(90),
            users=7,
            of_users=10,
            price=Money(63),
        ),
    ]
