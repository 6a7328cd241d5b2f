"""A foundation's finance has a file for the bank made, and every project in it tells where its money went."""

import hashlib
from collections.abc import Sequence

from schemas.deciding import Context, World
from schemas.model import Model
from services.funds.rules.bank_csv import csv_of
from services.funds.rules.bank_files import BankFile, MakeBankFile, draw_up, filed, told_of
from services.funds.rules.pain import pain_of


def digests(file: BankFile) -> tuple[str, str]:
    """Of the file as pain.001, and as CSV in UTF-8."""
    return hashlib.sha256(pain_of(file)).hexdigest(), hashlib.sha256(csv_of(file)).hexdigest()


def make(world: World, command: MakeBankFile, context: Context) -> Sequence[Model]:
    """Once: the same payments again are the file there is. Each payment's project tells to which account it went."""
    file = draw_up(world, command, context)
    return [] if file is None else [*told_of(file, *digests(file)), filed(world, file)]
