"""What the facts of a framework leave behind."""

from dataclasses import replace

from schemas.deciding import State, World
from schemas.framework import FrameworkConcluded, SuppliersChosen, UsersListed
from services.tenders.rules.framework.choosing import ChoiceKept, UsersKept
from services.tenders.rules.framework.framework import Framework, User
from services.tenders.rules.project import Project


def evolve_framework(
    world: World, fact: FrameworkConcluded | UsersListed | SuppliersChosen | UsersKept | ChoiceKept
) -> tuple[State, ...]:
    if isinstance(fact, UsersKept):
        return tuple(User(id=id, framework_id=fact.project_id) for id in fact.ids)
    if isinstance(fact, ChoiceKept):
        user = world.find(User, fact.user_id)
        return () if user is None else (replace(user, choice=fact.provider_id),)
    if isinstance(fact, FrameworkConcluded):
        project = world.find(Project, fact.project_id)
        return () if project is None else (_concluded(project, fact),)
    framework = world.find(Framework, fact.project_id)
    if framework is None:
        return ()
    if isinstance(fact, UsersListed):
        return (replace(framework, users=fact.users),)
    return (replace(framework, chosen={one.provider_id: one.users for one in fact.chosen}),)


def _concluded(project: Project, fact: FrameworkConcluded) -> Framework:
    return Framework(
        id=project.id,
        community_id=project.brief.community_id,
        suppliers=fact.suppliers,
        valid_until=fact.valid_until,
        choices_close_at=fact.choices_close_at,
    )
