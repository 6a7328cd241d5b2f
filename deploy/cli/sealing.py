"""`sanshe seal`: keys and envelopes made at home, without an installation; prints what to post."""

import os
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import UUID

import orjson
import typer
from pydantic import ValidationError

from deploy.cli.line import json_line
from deploy.cli.program import fail
from deploy.sealing import NotYourShare, opened_share
from deploy.sealing import sealed as seal_offer
from schemas.envelope import KEY_BYTES, new_key, public_of, usable
from schemas.quotation import CorrectionRule, Quotation, corrections
from schemas.refused import Refused
from services.kit import reasons
from services.kit.problems import invalid
from services.tenders.api.envelopes import SealedShares
from services.tenders.rules.sealing import SealBid

app = typer.Typer(help="在本机密封标书、保管密钥 / Seal bids and keep keys at home", no_args_is_help=True)

KeyFile = Annotated[Path, typer.Argument(metavar="KEYFILE", help="私钥文件 / file of the private key")]


@app.command("key")
def make_key(file: KeyFile) -> None:
    """生成一把新密钥,私钥只留在本机 / Make a key; its private half stays in the file.

    每份标书用一把新的;丢失私钥,标书就再也打不开。不覆盖已有的文件。
    One for each bid. Whoever loses the file can never open the bid. A file that is there is not overwritten.
    """
    private = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        fail(f"不能写入 {file}:{error.strerror}\nCannot write {file}: {error.strerror}")
    with os.fdopen(descriptor, "w") as out:
        out.write(f"{private.hex()}\n")
        out.flush()
        os.fsync(out.fileno())
    typer.echo(json_line(public_key=public_of(private).hex()))


@app.command("bid")
def seal_bid(
    bid: Annotated[Path, typer.Argument(metavar="BID.json", help="bidder_id, price, proposal, quotation, replaces")],
    project: Annotated[UUID, typer.Option(help="项目编号 / the project's id")],
    key: Annotated[Path | None, typer.Option(help="本方的私钥文件 / file of your own private key")] = None,
    to: Annotated[str | None, typer.Option(help="项目的公钥 / the tender's public key, from …/sealing")] = None,
) -> None:
    """密封一份标书,输出要提交到 sealed-bids 的内容 / Seal a bid; prints what to post to `sealed-bids`."""
    if (key is None) is (to is None):
        fail("请在 --key(本方密钥)和 --to(项目公钥)中选一个\nGive one of --key (your own) and --to (the tender's)")
    public = public_of(_private(key)) if key is not None else _public(to or "")
    try:
        offer = SealBid.model_validate_json(
            orjson.dumps(_object(bid) | {"project_id": str(project), "key": None}), strict=True
        )
        handed_in = seal_offer(offer, public, own=key is not None)
    except ValidationError as error:
        _refuse(bid, invalid(error))
    except Refused as refused:
        _refuse(bid, refused)
    for step in corrections(offer.price, offer.quotation or Quotation(), CorrectionRule):
        typer.echo(f"前后不一致,开启时将修正 / differs, will be corrected: {step.arithmetic}", err=True)
    typer.echo(json_line(**handed_in.model_dump(mode="json", exclude={"project_id"}, exclude_none=True)))


@app.command("release")
def release(file: KeyFile) -> None:
    """截止后公布密钥:输出要提交到 …/bids/{bid_id}/key 的内容 / After the deadline: prints what releases the bid."""
    typer.echo(json_line(key=_private(file).hex()))


@app.command("share")
def open_share(
    share: Annotated[
        Path, typer.Argument(metavar="SHARES.json", help="GET …/shares 的回答 / the answer of GET …/shares")
    ],
    key: Annotated[Path, typer.Option(help="登记时的私钥文件 / file of the key registered as keeper")],
) -> None:
    """截止后交出份额:输出要提交到 …/shares 的内容 / After the deadline: prints what hands the share in."""
    try:
        found = opened_share(SealedShares.model_validate_json(_read(share)), _private(key))
    except ValueError:
        fail(f"{share} 不是 GET …/shares 的回答\n{share} is not an answer of GET …/shares")
    except NotYourShare as error:
        fail(str(error))
    typer.echo(json_line(share=found.hex()))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fail(f"读不到 {file}:{error.strerror}\nCannot read {file}: {error.strerror}")


def _object(file: Path) -> dict[str, object]:
    try:
        found = orjson.loads(_read(file))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        fail(f"{file} 不是一个 JSON 对象\n{file} is not a JSON object")
    return found


def _private(file: Path) -> bytes:
    return _hex(_read(file).decode(errors="replace").strip(), str(file))


def _public(text: str) -> bytes:
    public = _hex(text, "--to")
    if not usable(public):
        fail("--to:不能用这把公钥加密\n--to: nothing can be sealed to this key")
    return public


def _hex(text: str, where: str) -> bytes:
    """The text is not repeated: it may be a private key."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        fail(f"{where}:应为 64 位十六进制的密钥\n{where}: a key is 64 hexadecimal digits")
    return key


def _refuse(bid: Path, refused: Refused) -> NoReturn:
    fail("\n".join(f"{bid}: {reasons.explain(refused, language)}" for language in reasons.LANGUAGES))
