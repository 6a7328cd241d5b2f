"""`sanshe keys`: the running installation's address and keys as shell variables, for curl."""

import typer

from deploy import keys, note
from deploy.cli.finding import NothingRuns
from deploy.cli.program import fail, settings


def show_keys() -> None:
    """以环境变量形式给出地址与密钥 / Address and keys as shell variables: eval "$(sanshe keys)"

    funder-drafter 的密钥成为 FUNDER_DRAFTER,其所属主体成为 FUNDER_DRAFTER_ID。
    `funder-drafter` becomes FUNDER_DRAFTER for the key and FUNDER_DRAFTER_ID for the party it acts for.
    """
    chosen = settings()
    found = note.read(chosen.data)
    if found is None:
        fail(str(NothingRuns(chosen.data)))
    ring = keys.read(chosen.data)
    if ring is None:
        fail(f"数据目录 {chosen.data} 中没有密钥 There are no keys in the data folder {chosen.data}")
    typer.echo(f"export SANSHE={found.address}")
    for key in ring.keys:
        name = key.name.upper().replace("-", "_")
        typer.echo(f"export {name}={key.key}")
        if key.party_id is not None:
            typer.echo(f"export {name}_ID={key.party_id}")
