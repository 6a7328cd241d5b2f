"""A bank file as ISO 20022 `CustomerCreditTransferInitiation` (pain.001.001.09): the same file, the same bytes.

Written out, as the office files are: the message needs no more than this, and nothing comes from the surroundings.
"""

from schemas.days import CHINA, day_of
from schemas.packed import in_xml
from services.funds.rules.bank_accounts import AccountDetails
from services.funds.rules.bank_files import BankFile, Credit
from services.funds.rules.bank_words import MOST_REMITTANCE, purpose
from services.funds.rules.payment import yuan

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


def pain_of(file: BankFile) -> bytes:
    """One order for all its payments, which the bank books one by one, so that each has its line on the statement."""
    totals = f"<NbOfTxs>{len(file.credits)}</NbOfTxs><CtrlSum>{yuan(file.total)}</CtrlSum>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{SPACE}"><CstmrCdtTrfInitn>'
        f"<GrpHdr><MsgId>{file.message_id}</MsgId><CreDtTm>{_moment(file)}</CreDtTm>{totals}"
        f"<InitgPty>{_party(file)}</InitgPty></GrpHdr>"
        f"<PmtInf><PmtInfId>{file.message_id}</PmtInfId><PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>{totals}"
        f"<ReqdExctnDt><Dt>{day_of(file.made_at)}</Dt></ReqdExctnDt>"
        f"<Dbtr>{_party(file)}</Dbtr><DbtrAcct>{_account(file.account)}<Ccy>CNY</Ccy></DbtrAcct>"
        f"<DbtrAgt>{_agent(file.account)}</DbtrAgt>"
        f"{''.join(map(_transfer, file.credits))}</PmtInf></CstmrCdtTrfInitn></Document>\n"
    ).encode()


def _moment(file: BankFile) -> str:
    """When the file was made, to the second, by the clock in China."""
    return file.made_at.astimezone(CHINA).isoformat(timespec="seconds")


def _party(file: BankFile) -> str:
    """As the account is held; the code is one that only this country knows, so its scheme is named in words."""
    return (
        f"<Nm>{in_xml(file.account.holder)}</Nm><Id><OrgId><Othr><Id>{in_xml(file.payer_code)}</Id>"
        "<SchmeNm><Prtry>USCC</Prtry></SchmeNm></Othr></OrgId></Id>"
    )


def _account(account: AccountDetails) -> str:
    return f"<Id><Othr><Id>{in_xml(account.number)}</Id></Othr></Id>"


def _agent(account: AccountDetails) -> str:
    """`CNAPS` is the code of the clearing system in ISO's list ExternalClearingSystemIdentification1Code."""
    bic = "" if account.bic is None else f"<BICFI>{account.bic}</BICFI>"
    member = (
        ""
        if account.cnaps is None
        else f"<ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId><MmbId>{account.cnaps}</MmbId></ClrSysMmbId>"
    )
    return f"<FinInstnId>{bic}{member}<Nm>{in_xml(account.bank)}</Nm></FinInstnId>"


def _transfer(credit: Credit) -> str:
    words = purpose(credit.reference, credit.number, credit.title, MOST_REMITTANCE)
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{credit.reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="CNY">{yuan(credit.amount)}</InstdAmt></Amt>'
        f"<CdtrAgt>{_agent(credit.account)}</CdtrAgt><Cdtr><Nm>{in_xml(credit.account.holder)}</Nm></Cdtr>"
        f"<CdtrAcct>{_account(credit.account)}</CdtrAcct><RmtInf><Ustrd>{in_xml(words)}</Ustrd></RmtInf></CdtTrfTxInf>"
    )
