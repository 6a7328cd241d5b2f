"""`sanshe rulebook check|diff|explain`: for the officer who writes one. Needs no running installation."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.line import json_line
from deploy.cli.program import fail
from schemas.fault import printable
from schemas.layering import effective
from schemas.rulebook import Certainty, Rule, Rulebook
from services.kit.rulebook_checks import layered
from services.kit.rulebook_paths import known
from services.kit.rulebook_text import MOST_BYTES, BadRulebook, Wrong
from services.kit.rulebooks import shipped

app = typer.Typer(help="规则集:检查、比较、说明 / Rulebooks: check, compare, explain", no_args_is_help=True)

CERTAINTY = {
    Certainty.LAW: "法律条文 law",
    Certainty.FOUNDING: "依据文件 founding document",
    Certainty.PUBLISHED: "公开页面 published page",
    Certainty.SECONDARY: "二手材料 secondary source",
    Certainty.COMMON: "通行做法 common knowledge",
    Certainty.EXAMPLE: "示例 example",
}
Json = Annotated[bool, typer.Option("--json", help="每行一个JSON / one JSON object a line")]


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML")],
    as_json: Json = False,
) -> None:
    """检查规则集文件,逐处指出行号、原因和所违反的规定 / Say with line and reason what is wrong with a document.

    有错误时,退出码为 1。 Exit status 1 when something is wrong.
    """
    try:
        book = effective(layered(_text(file), shipped().layers))
    except BadRulebook as bad:
        for wrong in bad.wrong:
            typer.echo(_wrong_json(file, wrong) if as_json else _wrong(file, wrong), err=not as_json)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json_line(file=str(file), valid=True, id=book.id, version=book.version, hash=book.hash))
        return
    layers = f",上层 above: {len(book.layers)}" if book.layers else ""
    typer.echo(f"{printable(str(file))}  可用 valid:{book.name},{len(book.rules)} 项 values{layers}\n  {book.hash}")


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="FILE, ID@VERSION")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="FILE, ID@VERSION")],
    as_json: Json = False,
) -> None:
    """比较两个规则集(含上层):新增、删除、修改的值及其来源 / Compare what two say, layers included, with sources."""
    before, after = _book(old), _book(new)
    changes = list(_changes(before, after))
    for path, was, now in changes:
        if as_json:
            typer.echo(json_line(path=path, old=_plain(was), new=_plain(now)))
            continue
        if was is None:
            sign, said = "+", "新增 added"
        else:
            sign, said = ("-", "删除 removed") if now is None else ("~", "修改 changed")
        typer.echo(f"{sign} {path}  {said}:{_meaning(path)}")
        for mark, rule in (("-", was), ("+", now)):
            if rule is not None:
                typer.echo(f"    {mark} {_shown(rule.value)}  [{rule.source.certainty.value}] {rule.source.text}")
    if not changes and not as_json:
        typer.echo(f"{before.name} 与 {after.name} 的内容相同 say the same")


@app.command()
def explain(
    book: Annotated[str, typer.Argument(metavar="FILE|ID", help="FILE, ID, ID@VERSION")],
    path: Annotated[str | None, typer.Argument(metavar="[PATH]", help="tender.bid_days_least, tender …")] = None,
    as_json: Json = False,
) -> None:
    """说明每一项:值、含义、来源、确定程度、出自哪一层 / Each value: its meaning, source, certainty and layer."""
    found = _book(book)
    chosen = [one for one in sorted(found.rules) if path is None or one == path or one.startswith(f"{path}.")]
    if not chosen:
        fail(f"{found.name} 没有 {printable(path or '')} 这一项\n{found.name} says nothing of {printable(path or '')}")
    if not as_json:
        typer.echo(f"{found.name}  {found.title}  自 from {found.effective_from}\n  {found.hash}")
    for one in chosen:
        rule = found.rules[one]
        if as_json:
            told = {"path": one, "zh": known()[one].zh, "en": known()[one].en, "layer": rule.layer}
            typer.echo(json_line(**told, **(_plain(rule) or {})))
            continue
        sure = CERTAINTY[rule.source.certainty]
        typer.echo(f"\n{one} = {_shown(rule.value)}\n  {_meaning(one)}")
        typer.echo(f"  来源 source [{rule.source.certainty.value} {sure}]:{rule.source.text}\n  层 layer:{rule.layer}")


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
        return raw.decode("utf-8-sig", "strict" if len(raw) <= MOST_BYTES else "replace")  # too long is told as such
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{printable(str(file))} 无法读取,应为 UTF-8 文本 cannot be read as UTF-8 text: {error}")


def _book(name: str) -> Rulebook:
    """A shipped one by id or id@version, else a file."""
    if not Path(name).exists():
        for book in shipped():
            if book.name == name:
                return book
        if any(book.id == name for book in shipped()):
            return shipped().named(name)
        names = "\n".join(f"  {book.name}" for book in sorted(shipped(), key=lambda book: book.name))
        fail(f"没有文件或规则集 {printable(name)}。现有 There is no file or rulebook of that name; there are:\n{names}")
    try:
        return effective(layered(_text(Path(name)), shipped().layers))
    except BadRulebook as bad:
        fail("\n".join(_wrong(Path(name), wrong) for wrong in bad.wrong))


def _changes(before: Rulebook, after: Rulebook) -> Iterator[tuple[str, Rule | None, Rule | None]]:
    for path in sorted({*before.rules, *after.rules}):
        was, now = before.rules.get(path), after.rules.get(path)
        if was is None or now is None or (was.value, was.source) != (now.value, now.source):
            yield path, was, now


def _plain(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    return {"value": rule.value, "source": rule.source.text, "certainty": rule.source.certainty.value}


def _meaning(path: str) -> str:
    return f"{known()[path].zh} / {known()[path].en}"


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json_line(value=value)[len('{"value": ') : -1]


def _wrong(file: Path, wrong: Wrong) -> str:
    source = f"\n  依据 rule [{wrong.source.certainty.value}]:{wrong.source.text}" if wrong.source else ""
    zh = printable(f"{file}:{wrong.line}: {wrong.path} {wrong.zh}")
    return f"{zh}{source}\n" + printable(f"  line {wrong.line}, {wrong.path}: {wrong.en}")


def _wrong_json(file: Path, wrong: Wrong) -> str:
    source = wrong.source and {"text": wrong.source.text, "certainty": wrong.source.certainty.value}
    told = {"line": wrong.line, "path": wrong.path, "zh": wrong.zh, "en": wrong.en, "rule": source}
    return json_line(file=str(file), valid=False, **told)
