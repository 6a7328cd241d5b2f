"""Who is who: parties (organizations, communities, funders, social workers, evaluators), their people and keys.

Owns real names, credit codes, who registered whom and what is on record of organizations (grades, credit lists, what
they can do, incubations), communities (figures, bodies, posts, how workers did) and social workers (renewals of
certificates, employments), each with the day from which it holds and the day on which it was recorded; a natural
person's name never leaves it.
Hears nobody. Says party registered, verified, suspended, listed, delisted; group registered; organization recorded;
community recorded; appraisal entered, confirmed, rejected; certificate renewed; employment confirmed, ended;
incubation entered, supported, graduated, left; institution classified; tie declared; key issued, revoked
(`sanshe.parties`).
Two registrars it takes: who entered a party, a grade, a credit list or an appraisal does not verify it.
"""

from pathlib import Path

from services.kit.service import Service
from services.registry import api, consumer, rules, store
from services.registry.rules.employment import career_refs
from services.registry.store.places import PLACES

SERVICE = Service(
    name="registry",
    folder=Path(__file__).parent,
    evolve=rules.evolve,
    load=store.load,
    save=store.save,
    hears=consumer.HEARS,
    timers=consumer.TIMERS,
    timer_refs=career_refs,
    routes=api.ROUTES,
    places=PLACES,
)
