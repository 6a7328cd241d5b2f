"""`sanshe tally`: count published elections again, of cities or of ballots held here, and compare."""

import lzma
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.line import json_line
from schemas.fault import printable
from schemas.outcome import PublishedOutcome
from schemas.pabulib import BadLine, NotPabulib, parse
from services.needs.tally import RULES, Outcome, tally
from services.needs.tally.published import election_of
from services.needs.tally.recount import NotEnough, recount

MOST_BYTES = 100_000_000
FEN = 100
"""of one yuan"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    outcome: Outcome
    selected: frozenset[str] | None
    """as it was published; none where the file does not say"""
    votes: int
    budget: int
    unit: int
    """how many of the integers of budget and cost make one of the currency"""

    @property
    def equal(self) -> bool | None:
        return None if self.selected is None else self.selected == frozenset(self.outcome.chosen)


def count_elections(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Pabulib .pb, .pb.xz; …/outcome .json")],
    rule: Annotated[
        str | None, typer.Option(help="计票规则，默认依文件META / instead of the file's own: " + ", ".join(RULES))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")] = False,
) -> None:
    """重新计票，并与文件公布的结果比对 / Count elections in Pabulib's format and compare with their `selected`.

    结果与公布的不同,或文件不能读取或计票时,退出码为 1。
    Exit status 1 when an outcome differs from what was published, or a file cannot be read or counted.
    """
    if rule is not None and rule not in RULES:
        raise typer.BadParameter(f"没有此规则 no such rule; {', '.join(RULES)}", param_hint="--rule")
    failed = False
    for file in files:
        try:
            counted = _count(file, rule)
        except NotPabulib as error:
            failed = True
            _tell_bad(file, error.bad_lines, as_json)
        else:
            failed |= counted.equal is False
            typer.echo(_json(file, counted) if as_json else _report(file, counted))
    raise typer.Exit(1 if failed else 0)


def _count(file: Path, rule: str | None) -> Counted:
    text = text_of(file)
    if text.lstrip().startswith("{"):
        return _count_own(text, rule)
    published = parse(text)
    rule = rule or published.rule
    if rule not in RULES:
        known = ", ".join(RULES)
        zh = f"文件的计票规则“{printable(rule)}”不在所知之列（{known}），请用--rule指定"
        raise unreadable(zh, f"the file's rule {rule!r} is not one of {known}; name one with --rule")
    try:
        outcome = tally(election_of(published), rule)
    except ValueError as error:
        raise unreadable(f"无法按{rule}计票：{error}", f"cannot be counted by {rule}: {error}") from error
    return Counted(
        outcome=outcome,
        selected=published.selected,
        votes=len(published.votes),
        budget=published.budget,
        unit=published.unit,
    )


def _count_own(text: str, rule: str | None) -> Counted:
    """A ballot held here; its own rule is the one that counts."""
    try:
        published = PublishedOutcome.model_validate_json(text)
        if rule is not None:
            published = published.model_copy(update={"tally_rule": rule})
        outcome = recount(published)
    except NotEnough as error:
        zh = f"有 {published.withheld} 张选票未公布(同一选法不足 {published.smallest_cell} 人),审计人员导出的可以计票"
        raise unreadable(zh, f"{error}: an auditor's file of this ballot can be counted") from error
    except (ValueError, LookupError) as error:
        raise unreadable(f"无法计票：{error}", f"cannot be counted: {error}") from error
    return Counted(
        outcome=outcome,
        selected=frozenset(map(str, published.chosen)),
        votes=published.voters,
        budget=published.budget.fen,
        unit=FEN,
    )


def text_of(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        if file.suffix == ".xz":
            content = lzma.LZMADecompressor(memlimit=MOST_BYTES).decompress(content, MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise unreadable(f"文件超过{MOST_BYTES}字节", f"more than {MOST_BYTES} bytes")
        return content.decode("utf-8-sig")
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise unreadable(f"无法读取：{error}", f"cannot be read: {error}") from error


def unreadable(zh: str, en: str) -> NotPabulib:
    return NotPabulib((BadLine(line=0, zh=zh, en=en),))


def _tell_bad(file: Path, bad_lines: tuple[BadLine, ...], as_json: bool) -> None:
    if as_json:
        typer.echo(json_line(file=str(file), rule=None, selected=None, equal=None))
    typer.echo(f"{printable(str(file))}  不能计票 cannot be counted", err=True)
    tell_lines(bad_lines)


def tell_lines(bad_lines: tuple[BadLine, ...]) -> None:
    """By number, in both languages."""
    for bad in bad_lines:
        zh, en = (f"第{bad.line}行：", f"line {bad.line}: ") if bad.line else ("", "")
        typer.echo(printable(f"  {zh}{bad.zh}") + "\n" + printable(f"  {en}{bad.en}"), err=True)


def _json(file: Path, counted: Counted) -> str:
    outcome = counted.outcome
    return json_line(file=str(file), rule=outcome.rule, selected=outcome.chosen, equal=counted.equal)


def _report(file: Path, counted: Counted) -> str:
    outcome = counted.outcome
    spent, budget = (Decimal(amount) / counted.unit for amount in (outcome.cost, counted.budget))
    lines = [
        f"{printable(str(file))}  {outcome.rule}  票 votes {counted.votes}  花费 spent {spent:,} / {budget:,}",
        f"  入选 chosen ({len(outcome.chosen)}): {_ids(outcome.chosen)}",
    ]
    if counted.equal is None:
        lines.append("  文件未载明公布结果 the file does not say what was chosen")
    elif counted.equal:
        lines.append("  与公布结果一致 equal to what was published")
    else:
        here, there = set(outcome.chosen), set(counted.selected or ())
        lines.append("  与公布结果不同 differs from what was published")
        lines.append(f"    仅此处 only here: {_ids(sorted(here - there))}")
        lines.append(f"    仅公布 only published: {_ids(sorted(there - here))}")
    return "\n".join(lines)


def _ids(ids: tuple[str, ...] | list[str]) -> str:
    return printable(", ".join(ids)) or "—"
