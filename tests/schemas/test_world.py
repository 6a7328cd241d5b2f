"""The memory of a batch: what may be read, what changed, and in which order it is saved."""

from dataclasses import dataclass, replace
from uuid import UUID

import pytest

from schemas.deciding import State, World
from tests.support.pure import refused

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar(State):
    fen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lid(State):
    pass


def test_what_was_never_asked_for_is_a_defect() -> None:
    world = World([(Jar, ONE)])

    with pytest.raises(KeyError):
        world.find(Jar, TWO)
    with pytest.raises(KeyError):
        world.get(Lid, ONE)


def test_what_was_asked_for_and_is_not_there_is_none_or_not_found() -> None:
    world = World([(Jar, ONE)])

    assert world.find(Jar, ONE) is None
    assert world.version((Jar, ONE)) == 0
    with refused("not_found", status=404):
        world.get(Jar, ONE)


def test_changes_are_told_by_kind_and_in_the_order_of_ids() -> None:
    world = World([(Jar, ONE), (Jar, TWO), (Lid, TWO), (Jar, THREE)])
    untouched = Jar(id=TWO)
    world.loaded(untouched, 7)

    for state in (Jar(id=THREE), Lid(id=TWO), Jar(id=ONE)):
        world.put(state)

    assert world.changed(Jar) == [Jar(id=ONE), Jar(id=THREE)]
    assert world.changed(Lid) == [Lid(id=TWO)]
    assert world.each(Jar) == [Jar(id=ONE), untouched, Jar(id=THREE)]


def test_what_was_handed_over_counts_as_saved_and_how_it_was_before_is_still_known() -> None:
    world = World([(Jar, ONE), (Jar, TWO)])
    before = Jar(id=ONE, fen=5)
    world.loaded(before, 3)
    once, twice, new = replace(before, fen=6), replace(before, fen=7), Jar(id=TWO)
    world.put(once)
    world.put(new)

    first = world.hand_over()
    world.put(twice)
    second = world.hand_over()

    assert (first.changed(Jar), first.before((Jar, ONE)), first.version((Jar, ONE))) == ([once, new], before, 3)
    assert (second.changed(Jar), second.before((Jar, ONE)), second.version((Jar, ONE))) == ([twice], once, 4)
    assert (world.changed(Jar), world.get(Jar, ONE)) == ([], twice)
    assert (world.before((Jar, ONE)), world.before((Jar, TWO))) == (before, None)
    assert (world.version((Jar, ONE)), world.version((Jar, TWO))) == (5, 1)


def test_a_state_put_back_as_it_was_has_not_changed() -> None:
    world = World([(Jar, ONE)])
    before = Jar(id=ONE, fen=5)
    world.loaded(before, 3)

    world.put(replace(before, fen=6))
    world.put(before)

    assert world.changed(Jar) == []
    assert world.before((Jar, ONE)) is before
    assert world.version((Jar, ONE)) == 3
