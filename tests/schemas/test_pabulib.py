import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.demo import elections
from schemas.pabulib import NotPabulib, Pabulib, VoteType, parse

SMALL = """META
key;value
description;两个社区 two communities
num_projects;3
num_votes;3
budget;1000,50
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name;selected
a;400.25;"长者食堂; canteen";1
b;300;书屋;0
c;"250,5";路灯;1
VOTES
voter_id;vote;age
1;a,b;70
2;a;
3;c;35
"""


def bad_lines(text: str) -> list[int]:
    with pytest.raises(NotPabulib) as caught:
        parse(text)
    assert all(bad.zh and bad.en for bad in caught.value.bad_lines)
    return [bad.line for bad in caught.value.bad_lines]


def with_line(number: int, line: str, text: str = SMALL) -> str:
    lines = text.splitlines()
    lines[number - 1] = line
    return "\n".join(lines)


def with_points(*votes: str, terms: str = "vote_type;cumulative") -> str:
    head = with_line(7, terms).split("VOTES")[0].replace("num_votes;3", f"num_votes;{len(votes)}")
    return head + "VOTES\nvoter_id;vote;points\n" + "\n".join(votes) + "\n"


def test_an_election_is_read_with_money_in_whole_numbers_of_its_smallest_unit() -> None:
    read = parse(SMALL)

    assert read.vote_type is VoteType.APPROVAL
    assert (read.budget, read.unit) == (100050, 100)
    assert [(project.id, project.cost) for project in read.projects] == [("a", 40025), ("b", 30000), ("c", 25050)]
    assert read.projects[0].name == "长者食堂; canteen"
    assert [vote.projects for vote in read.votes] == [("a", "b"), ("a",), ("c",)]
    assert read.selected == frozenset("ac")
    assert read.rule == "greedy"


def test_what_a_file_tells_of_voters_beyond_their_vote_is_not_kept() -> None:
    assert "70" not in repr(parse(SMALL).votes)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + SMALL,
        SMALL.replace("\n", "\r\n"),
        SMALL.replace("\n", "\n\n"),
        SMALL.replace("META\n", "META;;\n").replace("VOTES\n", "VOTES;;\n"),
        SMALL.replace("1;a,b;70", '"1";"a,b";"70"'),
        SMALL.rstrip("\n"),
    ],
)
def test_marks_blank_lines_line_ends_quotes_and_empty_cells_make_no_difference(text: str) -> None:
    assert parse(text) == parse(SMALL)


def test_an_outcome_the_file_does_not_tell_is_none() -> None:
    assert parse(SMALL.replace(";1\nb", ";\nb")).selected is None


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [1]),
        ("hello", [1]),
        (SMALL.split("VOTES")[0], [13]),
        (SMALL.replace("PROJECTS\n", ""), [9, 10, 11, 12, 13]),
        (SMALL + "META\n", [19]),
        (with_line(6, "budget;"), [6]),
        (with_line(6, "budget;-5"), [6]),
        (with_line(6, "budget;1e9"), [6]),
        (with_line(6, "budget;" + "9" * 400), [6]),
        (with_line(6, "budget;NaN"), [6]),
        (with_line(6, "budget;٣"), [6]),
        (with_line(6, "colour;red"), [8]),
        (with_line(7, "vote_type;veto"), [7]),
        (with_line(4, "num_projects;9"), [4]),
        (with_line(5, "num_votes;4"), [5]),
        (with_line(5, "num_votes;3.5"), [5]),
        (with_line(8, "budget;7"), [8]),
        (with_line(10, "project_id;price;name;selected"), [10]),
        (with_line(11, "a;0;free;1"), [11]),
        (with_line(11, "a;;free;1"), [11]),
        (with_line(11, ";5;nameless;1"), [11]),
        (with_line(11, "a;5;x;9"), [11]),
        (with_line(11, "a;5;x"), [11]),
        (with_line(11, "a;5;x;1;surplus"), [11]),
        (with_line(12, "a;5;again;0"), [12]),
        (with_line(11, 'a;5;"open;1'), [11]),
        (with_line(17, "1;b;20"), [17]),
        (with_line(16, "1;a,a;20"), [16]),
        (with_line(16, "1;a,z;20"), [16]),
        (with_line(16, "1;a,;20"), [16]),
    ],
)
def test_a_bad_line_is_reported_by_number(text: str, lines: list[int]) -> None:
    assert bad_lines(text) == lines


def test_all_bad_lines_are_collected() -> None:
    text = with_line(16, "1;z;70", with_line(18, "1", with_line(17, "2;a,a;")))

    assert bad_lines(text) == [16, 17, 18]


def test_there_is_a_limit_to_the_bad_lines_that_are_told() -> None:
    text = SMALL.replace("num_votes;3", "num_votes;503") + "".join(f"{n};z;1\n" for n in range(10, 510))

    assert len(bad_lines(text)) == 51


@pytest.mark.parametrize("most", ["min_length;2", "max_length;1"])
def test_a_vote_shorter_or_longer_than_the_terms_is_a_bad_line(most: str) -> None:
    assert bad_lines(with_line(3, most))


def test_points_are_read_with_the_projects_they_are_for() -> None:
    read = parse(with_points("1;a,b;3,-2", "2;c;5", "3;;", terms="vote_type;scoring"))

    assert [vote.points for vote in read.votes] == [(3, -2), (5,), ()]


@pytest.mark.parametrize("vote", ["1;a,b;3", "1;a;3,4", "1;a;x", "1;a;1.5", "1;a;99999999", "1;a;"])
def test_points_that_do_not_fit_the_vote_are_a_bad_line(vote: str) -> None:
    assert bad_lines(with_points(vote)) == [16]


@pytest.mark.parametrize("limit", ["max_points;4", "min_points;6", "max_sum_points;5", "min_sum_points;11"])
def test_points_beyond_the_terms_are_a_bad_line(limit: str) -> None:
    assert bad_lines(with_line(3, limit, with_points("1;a,b;5,5"))) == [16]


def test_a_kind_of_vote_that_needs_points_needs_the_column() -> None:
    assert bad_lines(with_line(7, "vote_type;scoring")) == [7]


def test_points_for_what_nobody_named_are_refused_rather_than_left_out() -> None:
    assert bad_lines(with_line(3, "default_score;1")) == [3]


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    assert bad_lines("META\n" + "\n" * 50_000_000) == [1]


def test_what_is_told_of_a_bad_line_carries_no_control_characters() -> None:
    with pytest.raises(NotPabulib) as caught:
        parse(with_line(16, "1;\x1b[31mred\u202e;70"))

    assert all(bad.zh.isprintable() and bad.en.isprintable() for bad in caught.value.bad_lines)


@pytest.mark.parametrize("name", elections.names())
def test_every_election_that_travels_with_the_project_is_read(name: str) -> None:
    read = parse(elections.load(name))

    assert len(read.votes) == int(read.meta["num_votes"])
    assert read.selected


@settings(deadline=None)
@given(st.data())
def test_an_election_that_was_cut_off_is_never_half_read(data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    kept = data.draw(st.integers(0, len(lines) - 1))

    assert bad_lines("\n".join(lines[:kept]))


def parsed_or_refused(text: str) -> Pabulib | None:
    try:
        return parse(text)
    except NotPabulib:
        return None


cells = st.text(max_size=6) | st.sampled_from(["", "a", "a,b", "META", "VOTES", '"', "1", "-1", "\0", "1" * 30])


@settings(deadline=None, max_examples=300)
@given(st.integers(1, 18), st.lists(cells, max_size=5).map(";".join))
def test_any_line_may_be_anything(number: int, line: str) -> None:
    read = parsed_or_refused(with_line(number, line))

    assert read is None or (read.budget > 0 and all(project.cost > 0 for project in read.projects))


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert parsed_or_refused(text) is None
