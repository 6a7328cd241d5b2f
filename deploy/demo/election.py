"""A published election (Pabulib) as a community's needs, a ballot over them, and its votes."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from deploy.demo.story.choosing import VOTES_PER_REQUEST, BallotTerms, Cast
from schemas.ids import NeedId, PartyId
from schemas.money import MOST_FEN, Money
from schemas.need import BallotItem, Origin
from schemas.pabulib import BadLine, NotPabulib, Pabulib, VoteType
from schemas.personal import personal_data
from services.needs.rules.ballot import MOST_ITEMS, POINTED
from services.needs.rules.intake import NeedDraft
from services.needs.tally import RULES

LONGEST_TITLE = 200
FEN = 100
"""of one yuan; one of the file's currency is counted as one yuan"""


def must_fit(published: Pabulib) -> None:
    """NotPabulib with every reason why this election cannot be held here; the file itself was read without fault."""
    found = [BadLine(line=0, zh=zh, en=en) for zh, en in _misfits(published)]
    if found:
        raise NotPabulib(tuple(found))


def _misfits(published: Pabulib) -> Iterator[tuple[str, str]]:
    rules, projects = ", ".join(RULES), published.projects
    if published.rule not in RULES:
        yield f"计票规则“{published.rule}”不在所知之列({rules})", f"its rule {published.rule!r} is not one of {rules}"
    if len(projects) > MOST_ITEMS:
        yield f"项目超过{MOST_ITEMS}个", f"more than {MOST_ITEMS} projects"
    if FEN % published.unit:
        yield "金额细于分", "amounts finer than a fen"
    elif published.budget * FEN // published.unit > MOST_FEN:
        yield "预算过大", "the budget is too large"
    if published.vote_type is VoteType.ORDINAL and published.max_length > len(projects):
        yield "max_length多于项目数,排序票无法计分", "max_length exceeds the projects: ordinal points would differ"
    if published.vote_type in POINTED and _points(published) is None:
        yield "META缺少每票分数上限", "META does not say how many points a vote may give"
    if any(point < 0 for vote in published.votes for point in vote.points):
        yield "有负分", "there are points below zero"
    if any(not vote.projects for vote in published.votes) and published.rule.startswith("equalshares"):
        yield "有空白票,等额份额法的人均预算会不同", "empty votes would change everyone's equal share"
    for project in projects:
        if personal_data(project.name):
            yield f"项目{project.id}的名称含个人信息", f"the name of project {project.id} holds personal data"


def needs(published: Pabulib, division: str, category: Callable[[str], str]) -> list[NeedDraft]:
    """One need per project, in the file's order; as many beneficiaries as voters who named it."""
    named = Counter(id for vote in published.votes for id in vote.projects)
    return [
        NeedDraft(
            origin=Origin.RESIDENT,
            category=category(project.name),
            division=division,
            beneficiaries=max(1, named[project.id]),
            title=(project.name.strip() or project.id)[:LONGEST_TITLE],
            description=f"{published.meta.get('description', 'Pabulib')}: {project.id}"[:5000],
        )
        for project in published.projects
    ]


def yuan(published: Pabulib, amount: int) -> Money:
    """An amount of the file, one of its currency as one yuan."""
    return Money(amount * FEN // published.unit)


def ballot(published: Pabulib, needs: Sequence[NeedId], funder_id: PartyId, closes_at: datetime) -> BallotTerms:
    """The file's own costs, budget and rule."""
    least = published.meta.get("min_length", "")
    return BallotTerms(
        funder_id=funder_id,
        items=tuple(
            BallotItem(need_id=need, cost=yuan(published, project.cost))
            for need, project in zip(needs, published.projects, strict=True)
        ),
        budget=yuan(published, published.budget),
        closes_at=closes_at,
        vote_type=published.vote_type,
        tally_rule=published.rule,
        min_choices=max(1, int(least)) if least.isdecimal() else 1,
        max_choices=min(published.max_length, len(needs)),
        points=_points(published),
        threshold=max(0, published.threshold),
    )


def _points(published: Pabulib) -> int | None:
    """What one vote may hand out in all (cumulative), or give to one project (scoring)."""
    key = {VoteType.CUMULATIVE: "max_sum_points", VoteType.SCORING: "max_points"}.get(published.vote_type)
    text = published.meta.get(key, "") if key else ""
    return int(text) if text.isdecimal() and int(text) else None


def votes(published: Pabulib, needs: Sequence[NeedId], salt: str) -> Iterator[list[Cast]]:
    """In batches. A voter's secret is made of `salt` and the file's voter id; an empty vote chooses nothing."""
    place = {project.id: need for project, need in zip(published.projects, needs, strict=True)}
    casts = (
        Cast(f"{salt}/{vote.voter_id}", tuple(place[id] for id in vote.projects), vote.points or None)
        for vote in published.votes
        if vote.projects
    )
    while batch := list(islice(casts, VOTES_PER_REQUEST)):
        yield batch


def chosen(published: Pabulib, needs: Sequence[NeedId], result: Sequence[NeedId]) -> frozenset[str]:
    """The file's ids of the needs that were chosen."""
    by_need = {need: project.id for project, need in zip(published.projects, needs, strict=True)}
    return frozenset(by_need[need] for need in result)
