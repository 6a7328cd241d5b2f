"""The tour in nine chapters, each printing who did what and where it can be read."""

from rich.console import Console

from deploy.demo.stage import Stage
from deploy.demo.story import delivering
from deploy.demo.street import choice, delivery, purchase, venture
from deploy.demo.street.people import settle
from deploy.demo.telling import Narrator, tell_story
from services.audit.api import TraceAnswer


async def tour(stage: Stage, console: Console) -> TraceAnswer:
    """One purchased service from need to trace, and a venture round to its agreements."""
    narrator, clock = Narrator(console, stage.api.url), stage.clock
    narrator.chapter("一、登记", "Who is who", await clock.now())
    street = await settle(stage, narrator)
    narrator.chapter("二、需求", "What residents need", await clock.now())
    needs = await choice.needs(stage, street, narrator)
    narrator.chapter("三、居民投票", "What residents choose", await clock.now())
    project = await choice.ballot(stage, street, narrator, needs)
    narrator.chapter("四、资金先行", "Money before anything opens", await clock.now())
    plan = await purchase.budget(stage, street, narrator, project)
    narrator.chapter("五、投标与成交", "Sealed bids, scores, the award", await clock.now())
    await purchase.bids(stage, narrator, plan)
    winner = await purchase.award(stage, narrator, plan)
    narrator.chapter("六、协议与履约", "Agreement, delivery, payment", await clock.now())
    await delivery.sign(stage, narrator, plan, winner)
    tokens = await delivery.mid_term(stage, narrator, plan, winner)
    narrator.chapter("七、评价", "What residents and parties say", await clock.now())
    await delivery.final(stage, narrator, plan, winner, tokens)
    narrator.chapter("八、结算、公开、追溯", "Settled, published, traced", await clock.now())
    await delivery.end(stage, narrator, plan)
    narrator.chapter("九、公益创投", "A venture round", await clock.now())
    await venture.round(stage, street, narrator)
    trace = await delivering.trace(stage.api, plan.project_id)
    tell_story(console, trace)
    return trace
