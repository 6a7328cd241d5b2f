"""`sanshe verify`: the proofs, over everything in the database."""

import asyncio
import time
from typing import Annotated

import typer

from deploy.cli.finding import observed
from deploy.cli.program import run, settings
from deploy.verify import Proof, verify
from services.kit.settings import Settings

SHOWN = 200
AGAIN_S = 0.5


def prove(
    wait: Annotated[
        int, typer.Option(min=0, max=600, help="最多等几秒,让在途的事件到达 / seconds to wait for quiet")
    ] = 30,
) -> None:
    """核对全部账目与事件 / Check balances, allocations, stories and event numbers.

    有任何不符时,退出码为 1。
    Exit status 1 when anything does not add up.
    """
    run(_prove(settings(), wait))


async def _prove(chosen: Settings, wait_s: int) -> int:
    end = time.monotonic() + wait_s
    async with observed(chosen) as observer:
        proof = await verify(observer)
        while proof.findings and proof.pending and time.monotonic() < end:
            await asyncio.sleep(AGAIN_S)
            proof = await verify(observer)
    for line in report(proof):
        typer.echo(line)
    return 1 if proof.findings else 0


def report(proof: Proof) -> list[str]:
    lines = [f"  {finding.zh}\n    {finding.en}" for finding in proof.findings[:SHOWN]]
    if len(proof.findings) > SHOWN:
        lines.append(f"  … {len(proof.findings) - SHOWN} 条未列出 more")
    if proof.pending:
        lines.append("尚在途中 Still on its way: " + "; ".join(proof.pending))
    if proof.findings:
        return [f"发现 {len(proof.findings)} 处问题 Found {len(proof.findings)}:", *lines]
    return [
        *lines,
        f"核对 {proof.events} 条事件:账目相符,过程完整",
        f"{proof.events} events: everything adds up, every story is complete",
    ]
