"""The utilitarian greedy rule: the projects with the most points, as far as the money goes."""

from collections.abc import Iterable

from services.needs.tally.election import Election


def greedy(election: Election, *, skip: bool = True, already: Iterable[int] = ()) -> tuple[int, ...]:
    """Positions of what is chosen, best first, after what is `already` chosen.

    A project that no longer fits is passed over (`skip`, as in Kraków), or ends the list (as in Gdynia).
    Equal points: by the election's `ties`, usually more voters first, then the cheaper. The rule of nearly all cities;
    Talmon, Faliszewski: "A Framework for Approval-Based Budgeting Methods", AAAI 2019.
    """
    scores, precedence, projects = election.scores(), election.precedence(), election.projects
    chosen = list(already)
    left = election.budget - sum(projects[place].cost for place in chosen)
    order = sorted(
        (place for place in election.eligible() if place not in chosen),
        key=lambda place: (-scores[place], precedence[place]),
    )
    for place in order:
        if projects[place].cost <= left:
            chosen.append(place)
            left -= projects[place].cost
        elif not skip:
            break
    return tuple(chosen)
