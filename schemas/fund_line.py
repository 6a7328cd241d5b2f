"""The money a ballot decides about: a fund account, by the words under which its first money arrived."""

from schemas.ids import FundAccountId
from schemas.model import Model


class FundLine(Model):
    """For instance 服务群众专项经费, which every community has to spend as its residents say."""

    account_id: FundAccountId
    name: str
    """its budget line, as finance wrote it down"""
