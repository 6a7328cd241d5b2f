"""Which installation's door a command goes to, and the keys it goes there with."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from deploy import keys, note
from deploy.cli.finding import NothingRuns
from deploy.cli.program import fail, settings
from deploy.keys import KeyRing

At = Annotated[
    str | None, typer.Option(metavar="URL", help="系统地址,默认为数据目录上运行的 / its address; else what runs here")
]
Keys = Annotated[Path | None, typer.Option("--keys", metavar="FILE", help="keys.json")]


def door(at: str | None, key_file: Path | None) -> tuple[str, KeyRing]:
    """Address and keys: those named, or those of what runs on the data folder."""
    data = settings().data
    running = note.read(data)
    address = at or (running.address if running else None)
    if address is None:
        fail(str(NothingRuns(data)))
    try:
        ring = KeyRing.model_validate_json(key_file.read_bytes()) if key_file else keys.read(data)
    except (OSError, ValidationError) as error:
        fail(f"密钥文件无法使用 The key file cannot be used: {key_file}: {error}")
    if ring is None:
        fail(f"数据目录 {data} 中没有密钥,请用 --keys 指明 There are no keys in {data}; name the file with --keys")
    return address, ring
