"""Bank accounts of parties, the files by which foundations pay, and what waits for one."""

from collections.abc import Collection, Sequence
from uuid import UUID

from pydantic import TypeAdapter

from events.database import Connection
from schemas.deciding import Ref, World
from services.funds.rules.bank_accounts import BankAccounts
from services.funds.rules.bank_files import MOST_PAYMENTS, BankFile
from services.funds.rules.payment import Payment
from services.kit.documents import Documents

_documents = Documents(bank_accounts=BankAccounts, bank_files=BankFile)
_accounts = TypeAdapter(BankAccounts)
_file = TypeAdapter(BankFile)
_payment = TypeAdapter(Payment)


async def load_into(tx: Connection, world: World, refs: Collection[Ref]) -> None:
    """With a file come the accounts of those whom its payments pay: nobody changes one meanwhile."""
    wanted = list(refs)
    if any(kind is BankFile for kind, _ in refs):
        payees: set[Ref] = {(BankAccounts, payment.payee.id) for payment in world.each(Payment)}
        world.ask(payees)
        wanted += payees
    await _documents.load_into(tx, world, wanted)


async def save(tx: Connection, world: World) -> None:
    await _documents.save(tx, world)


async def accounts_of(tx: Connection, parties: Collection[UUID]) -> dict[UUID, tuple[BankAccounts, int]]:
    """Of those who ever stated one, with the version."""
    rows = await tx.fetch("SELECT id, state, version FROM bank_accounts WHERE id = ANY($1::uuid[])", list(parties))
    return {row["id"]: (_accounts.validate_json(row["state"]), row["version"]) for row in rows}


async def pays(tx: Connection, funder_id: UUID, party_id: UUID) -> bool:
    """Has the funder an agreement under which it pays the party?"""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM projects WHERE state #>> '{payee,id}' = $1 AND state ->> 'funder_id' = $2)",
            str(party_id),
            str(funder_id),
        )
    )


async def file(tx: Connection, file_id: UUID) -> BankFile | None:
    row = await tx.fetchrow("SELECT state FROM bank_files WHERE id = $1", file_id)
    return None if row is None else _file.validate_json(row["state"])


async def files_of(tx: Connection, funder_id: UUID, after: UUID | None, limit: int) -> list[BankFile]:
    """In id order."""
    rows = await tx.fetch(
        """
        SELECT state FROM bank_files WHERE funder_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
        """,
        funder_id,
        after,
        limit,
    )
    return [_file.validate_json(row["state"]) for row in rows]


async def waiting(tx: Connection, funder_id: UUID) -> Sequence[Payment]:
    """Payments that left and are in no file yet, as many as fit into one."""
    rows = await tx.fetch(
        """
        SELECT state FROM payments
        WHERE state ->> 'funder_id' = $1 AND state ->> 'receipt_digest' IS NULL AND state ->> 'returned_on' IS NULL
            AND state ->> 'has_left' IS DISTINCT FROM 'false' AND state ->> 'instructed' IS NULL
        ORDER BY id LIMIT $2
        """,
        str(funder_id),
        MOST_PAYMENTS,
    )
    return [_payment.validate_json(row["state"]) for row in rows]
