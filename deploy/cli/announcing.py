"""What `sanshe up` prints when it is ready: the address first, then keys and where to go."""

import os
import sys

import typer

from deploy import keys
from deploy.cli.program import columns
from deploy.keys import KeyRing
from deploy.serve import House


def announce(house: House, ring: KeyRing | None, took_s: float) -> None:
    """On standard output, where nothing else goes."""
    chosen = house.settings
    lines = [house.address, "", f"三社已就绪,用时 {took_s:.1f} 秒 Sanshe is ready after {took_s:.1f} s"]
    if chosen.port and not house.address.endswith(f":{chosen.port}"):
        lines.append(f"端口 {chosen.port} 已被占用,改用上面的地址 Port {chosen.port} was taken; see the address above")
    if chosen.virtual_clock:
        lines.append("示例时钟:可用 POST /v1/clock/advance 快进,不用于实际业务")
        lines.append("The example clock can be moved ahead, and is not for real use; `sanshe up --no-street` is")
    lines += ["", *_about_keys(house, ring), "", *_next(house)]
    typer.echo("\n".join(lines))


def _about_keys(house: House, ring: KeyRing | None) -> list[str]:
    if ring is None:
        return [
            f"密钥:本系统是在别处建立的,数据目录 {house.settings.data} 中没有它的密钥",
            f"Keys: this installation was founded elsewhere; its keys are not in {house.settings.data}",
        ]
    rows = [(key.role, f"{key.party} {key.holder}", key.key) for key in ring.keys]
    return [
        f"密钥 Keys(Authorization: Bearer …,有效至 until {ring.expires_at:%Y-%m-%d};也在 "
        f"{house.settings.data / keys.NAME})",
        columns([("角色 role", "持有人 holder", "密钥 key"), *rows]),
    ]


def _next(house: House) -> list[str]:
    sanshe = os.path.relpath(sys.argv[0])  # as it can be typed here: .venv/bin need not be on the path
    rows = [
        ("浏览器打开 browser", house.address),
        ("接口文档 interface", f"{house.address}/docs"),
        ("示例一条街 the tour", f"{sanshe} demo street"),
        ("运行情况 status", f"{sanshe} status"),
        ("全部核对 proofs", f"{sanshe} verify"),
        ("数据 data", house.settings.data),
        ("日志 log", house.settings.data / "log"),
        ("停止 stop", "Ctrl-C"),
    ]
    return ["下一步 Next", columns(rows)]
