"""`sanshe seal`: what is sealed at home opens with the key that stayed there."""

import json
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import app
from schemas.canonical import digest_of
from schemas.envelope import Holder, bid_place, keeper_place, new_key, public_of, seal, unseal
from schemas.ids import PartyId, ProjectId
from schemas.tender import BidContent
from services.tenders.rules.sealing import HandInBid

PROJECT, BIDDER = ProjectId(uuid4()), PartyId(uuid4())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["seal", *map(str, arguments)])


def told(*arguments: object) -> Any:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def bid(tmp_path: Path) -> Path:
    file = tmp_path / "bid.json"
    file.write_text(json.dumps({"bidder_id": str(BIDDER), "price": {"fen": 88_00}, "proposal": "每周五次送餐"}))
    return file


def opened(sealed: dict[str, str], private: bytes) -> BidContent:
    plain = unseal(bytes.fromhex(sealed["sealed"]), private, bid_place(PROJECT, BIDDER))
    assert plain is not None
    return BidContent.model_validate_json(plain)


def test_a_bid_sealed_with_ones_own_key_opens_with_what_is_released(tmp_path: Path, bid: Path) -> None:
    file = tmp_path / "key"
    made = told("key", file)
    sealed = told("bid", bid, "--project", PROJECT, "--key", file)
    released = told("release", file)

    private = bytes.fromhex(released["key"])
    assert made["public_key"] == sealed["public_key"] == public_of(private).hex()
    content = opened(sealed, private)
    assert (content.price.fen, content.proposal, content.bidder_id) == (88_00, "每周五次送餐", BIDDER)
    assert digest_of(content) == sealed["digest"]
    HandInBid.model_validate_json(json.dumps(sealed | {"project_id": str(PROJECT)}), strict=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_bid_sealed_to_the_tenders_key_names_no_key_of_its_own(bid: Path) -> None:
    private = new_key()

    sealed = told("bid", bid, "--project", PROJECT, "--to", public_of(private).hex())

    assert "public_key" not in sealed
    assert opened(sealed, private).price.fen == 88_00


def test_differing_amounts_are_pointed_out_before_they_are_sealed(tmp_path: Path, bid: Path) -> None:
    """And stay as the bidder wrote them."""
    file = tmp_path / "key"
    told("key", file)
    written = json.loads(bid.read_text()) | {"quotation": {"capitals": "捌佰捌拾元整"}}
    bid.write_text(json.dumps(written))

    made = run("bid", bid, "--project", PROJECT, "--key", file)

    assert "大写 · in capitals: 捌佰捌拾元整 ≠ 88.00 元" in made.stderr
    content = opened(json.loads(made.stdout), bytes.fromhex(told("release", file)["key"]))
    assert content.price.fen == 88_00
    assert content.quotation is not None


def test_a_key_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key"
    told("key", file)
    before = file.read_text()

    again = run("key", file)

    assert again.exit_code == 1
    assert file.read_text() == before


def test_a_keeper_opens_its_share_at_home(tmp_path: Path) -> None:
    file, share = tmp_path / "key", bytes(range(64))
    made = told("key", file)
    one = {
        "holder": "supervisor",
        "keeper_id": str(uuid4()),
        "digest": "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108",
        "sealed": seal(share, bytes.fromhex(made["public_key"]), keeper_place(PROJECT, Holder.SUPERVISOR)).hex(),
    }
    (tmp_path / "share.json").write_text(json.dumps({"project_id": str(PROJECT), "shares": [one]}))
    told("key", tmp_path / "other")

    assert told("share", tmp_path / "share.json", "--key", file) == {"share": share.hex()}
    wrong = run("share", tmp_path / "share.json", "--key", tmp_path / "other")
    assert (wrong.exit_code, "登记时的私钥" in wrong.output) == (1, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"price": {"fen": 0}}, "price"),
        ({"price": {"yuan": 88}}, "price"),
        ({"proposal": "电话 13812345678"}, "手机号码"),
        ({"proposal": "长" * 4001}, "proposal"),
        ({"note": "x"}, "note"),
    ],
    ids=str,
)
def test_what_the_server_would_refuse_is_refused_before_it_is_sealed(
    tmp_path: Path, bid: Path, change: dict[str, Any], said: str
) -> None:
    told("key", tmp_path / "key")
    bid.write_text(json.dumps(json.loads(bid.read_text()) | change))

    result = run("bid", bid, "--project", PROJECT, "--key", tmp_path / "key")

    assert result.exit_code == 1
    assert said in result.output
    assert result.stdout == ""


def test_wrong_files_and_options_are_named_and_no_key_is_repeated(tmp_path: Path, bid: Path) -> None:
    secret = new_key().hex()[:-2]
    (tmp_path / "short").write_text(secret)
    (tmp_path / "list.json").write_text("[]")
    results = [
        run("bid", bid, "--project", PROJECT),
        run("bid", bid, "--project", PROJECT, "--key", tmp_path / "short"),
        run("bid", bid, "--project", PROJECT, "--to", "00" * 32),
        run("bid", tmp_path / "list.json", "--project", PROJECT, "--to", public_of(new_key()).hex()),
        run("bid", tmp_path / "none.json", "--project", PROJECT, "--to", public_of(new_key()).hex()),
        run("share", bid, "--key", tmp_path / "short"),
        run("release", tmp_path / "short"),
    ]

    assert [result.exit_code for result in results] == [1] * len(results)
    assert not any(secret in result.output for result in results)
