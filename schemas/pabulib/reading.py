"""What the cells of a .pb file mean, each held against META and against the other sections."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from types import MappingProxyType

from schemas.fault import quoted
from schemas.pabulib.shapes import Pabulib, Project, Vote, VoteType
from schemas.pabulib.tables import BadLines, Table, read_tables

AMOUNT = re.compile(r"([0-9]{1,15})(?:[.,]([0-9]{1,6}))?")
WHOLE = re.compile(r"-?[0-9]{1,7}")
NUMBERS = {
    *("num_projects", "num_votes", "min_length", "max_length", "min_project_score_threshold"),
    *("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score"),
}
"""The META keys that hold a whole number."""
SELECTED = {"": None, "0": False, "1": True, "2": False, "3": False}
"""Pabulib writes 2 and 3 for what would have been chosen under other circumstances."""


def parse(text: str) -> Pabulib:
    """The election in `text` (UTF-8 decoded, a byte order mark allowed); NotPabulib names every bad line."""
    bad = BadLines()
    tables = read_tables(text, bad)
    whole = not bad.found
    terms = _terms(tables["META"], bad)
    drafts = _drafts(tables["PROJECTS"], bad)
    for key, section in (("num_projects", "PROJECTS"), ("num_votes", "VOTES")):
        if whole:
            terms.must_count(key, len(tables[section].rows), bad)
    bad.stop(before=tables["VOTES"].line)
    votes = _votes(tables["VOTES"], terms, drafts.keys(), bad)
    bad.stop()
    return _whole(terms, drafts, votes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """META, read: what the other sections are held against."""

    meta: dict[str, str]
    lines: dict[str, int]
    vote_type: VoteType
    budget: Fraction
    numbers: dict[str, int]
    """the META keys that hold a whole number"""

    def must_count(self, key: str, count: int, bad: BadLines) -> None:
        if self.numbers.get(key, count) != count:
            zh = f"{key}为{self.numbers[key]}，文件中却有{count}行：内容不全？"
            en = f"{key} says {self.numbers[key]}, the file has {count} rows: is it cut off?"
            bad.add(self.lines[key], zh, en)


def _terms(table: Table, bad: BadLines) -> _Terms:
    meta: dict[str, str] = {}
    lines: dict[str, int] = {}
    last = 1
    for last, row in table.rows:
        if row["key"] in meta:
            bad.add(last, f"{quoted(row['key'])}重复", f"{quoted(row['key'])} stands here twice")
        meta[row["key"]], lines[row["key"]] = row["value"], last
    for key in ("budget", "vote_type", "num_projects", "num_votes"):
        if key not in meta:
            bad.add(last, f"META缺少{key}", f"META has no {key}")
    budget = _amount(meta.get("budget", "1"))
    if budget is None:
        bad.add(lines["budget"], *_no_amount("budget", meta["budget"]))
    vote_type = meta.get("vote_type", VoteType.APPROVAL)
    if vote_type not in set(VoteType):
        kinds = "、".join(VoteType)
        zh = f"vote_type为{quoted(vote_type)}，应为{kinds}之一"
        bad.add(lines["vote_type"], zh, f"vote_type is {quoted(vote_type)}; known are {kinds}")
        vote_type = VoteType.APPROVAL
    numbers = _numbers(meta, lines, bad)
    return _Terms(meta=meta, lines=lines, vote_type=VoteType(vote_type), budget=budget or Fraction(1), numbers=numbers)


def _numbers(meta: dict[str, str], lines: dict[str, int], bad: BadLines) -> dict[str, int]:
    """Limits and counts; `default_score` other than 0 would give points to projects nobody named."""
    numbers = {}
    for key in NUMBERS & meta.keys():
        if WHOLE.fullmatch(meta[key]) is None:
            zh = f"{key}应为整数，收到{quoted(meta[key])}"
            bad.add(lines[key], zh, f"{key} must be a whole number; got {quoted(meta[key])}")
        else:
            numbers[key] = int(meta[key])
    if numbers.get("default_score", 0) != 0:
        bad.add(lines["default_score"], "只支持default_score为0", "only a default_score of 0 is supported")
    return numbers


def _amount(text: str) -> Fraction | None:
    """An amount above zero, exactly: at most 15 digits, and 6 more behind a decimal point or comma."""
    match = AMOUNT.fullmatch(text)
    return Fraction(f"{match[1]}.{match[2] or 0}") or None if match else None


def _no_amount(what: str, text: str) -> tuple[str, str]:
    zh = f"{what}应为大于0的金额（至多15位整数、6位小数），收到{quoted(text)}"
    return zh, f"{what} must be an amount above 0 (at most 15 digits and 6 decimals); got {quoted(text)}"


Draft = tuple[Fraction, str, bool | None]
"""cost, name, selected"""


def _drafts(table: Table, bad: BadLines) -> dict[str, Draft]:
    drafts: dict[str, Draft] = {}
    for line, row in table.rows:
        id, cost, selected = row["project_id"], _amount(row["cost"]), row.get("selected", "")
        if not id or "," in id:
            bad.add(
                line,
                f"项目编号{quoted(id)}为空或含逗号",
                f"project id {quoted(id)} is empty or holds a comma",
            )
        elif id in drafts:
            bad.add(line, f"项目{quoted(id)}重复", f"project {quoted(id)} stands here twice")
        if cost is None:
            bad.add(line, *_no_amount("cost", row["cost"]))
        if selected not in SELECTED:
            bad.add(line, f"selected为{quoted(selected)}，应为0—3", f"selected is {quoted(selected)}, not 0 to 3")
        drafts[id] = (cost or Fraction(1), row.get("name", ""), SELECTED.get(selected))
    return drafts


def _votes(table: Table, terms: _Terms, known: Collection[str], bad: BadLines) -> tuple[Vote, ...]:
    with_points = terms.vote_type in (VoteType.CUMULATIVE, VoteType.SCORING)
    if with_points and "points" not in table.columns:
        bad.add(terms.lines["vote_type"], "VOTES缺少points一列", "VOTES has no column points")
        bad.stop()
    votes: dict[str, Vote] = {}
    for line, row in table.rows:
        ids = tuple(id.strip() for id in row["vote"].split(",")) if row["vote"] else ()
        texts = tuple(text.strip() for text in row["points"].split(",")) if with_points and row["points"] else ()
        wrong = _wrong_vote(ids, terms, known)
        if row["voter_id"] in votes:
            wrong = ("同一投票人投了两次", "this voter has voted before")
        if wrong is None and with_points:
            wrong = _wrong_points(len(ids), texts, terms)
        if wrong is None:
            points = tuple(int(text) for text in texts)
            votes[row["voter_id"]] = Vote(voter_id=row["voter_id"], projects=ids, points=points)
        else:
            bad.add(line, *wrong)
    return tuple(votes.values())


def _wrong_vote(ids: tuple[str, ...], terms: _Terms, known: Collection[str]) -> tuple[str, str] | None:
    for id in ids:
        if id not in known:
            return f"所投项目{quoted(id)}不存在", f"a vote for {quoted(id)}, which is no project here"
    if len(set(ids)) < len(ids):
        return "同一项目投了两次", "the same project twice in one vote"
    least, most = terms.numbers.get("min_length", 0), terms.numbers.get("max_length", len(known))
    if not least <= len(ids) <= most:
        return (
            f"应投{least}—{most}个项目，实投{len(ids)}个",
            f"a vote names {least} to {most} projects; this {len(ids)}",
        )
    return None


def _wrong_points(projects: int, texts: tuple[str, ...], terms: _Terms) -> tuple[str, str] | None:
    if len(texts) != projects:
        return (
            f"{projects}个项目却有{len(texts)}个分数",
            f"{projects} projects, but {len(texts)} numbers of points",
        )
    for text in texts:
        if WHOLE.fullmatch(text) is None:
            return f"分数{quoted(text)}不是整数", f"points {quoted(text)} are not a whole number"
    points = [int(text) for text in texts]
    numbers = terms.numbers
    if any(not numbers.get("min_points", p) <= p <= numbers.get("max_points", p) for p in points):
        return "分数超出min_points与max_points之间", "points outside min_points and max_points"
    if not numbers.get("min_sum_points", sum(points)) <= sum(points) <= numbers.get("max_sum_points", sum(points)):
        return (
            "总分超出min_sum_points与max_sum_points之间",
            "the sum of points outside min_sum_points and max_sum_points",
        )
    return None


def _whole(terms: _Terms, drafts: Mapping[str, Draft], votes: tuple[Vote, ...]) -> Pabulib:
    """Money as integers: the unit is the smallest power of ten that makes every amount of the file whole."""
    amounts = [terms.budget, *(cost for cost, _, _ in drafts.values())]
    unit = next(10**n for n in count() if all((amount * 10**n).denominator == 1 for amount in amounts))
    return Pabulib(
        meta=MappingProxyType(terms.meta),
        vote_type=terms.vote_type,
        rule=terms.meta.get("rule", ""),
        budget=int(terms.budget * unit),
        unit=unit,
        max_length=terms.numbers.get("max_length", len(drafts)),
        threshold=terms.numbers.get("min_project_score_threshold", 0),
        projects=tuple(
            Project(id=id, name=name, cost=int(cost * unit), selected=selected)
            for id, (cost, name, selected) in drafts.items()
        ),
        votes=votes,
    )
