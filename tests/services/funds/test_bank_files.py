"""What a foundation hands to its bank: valid by the standard's schema, exact to the fen, always the same bytes."""

import csv
import io
import unicodedata
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element, fromstring

import pytest
from pydantic import ValidationError
from xmlschema import XMLSchema

from schemas.bank import PaymentInstructed
from schemas.fund import SourceType
from schemas.ids import PartyId, PaymentId
from schemas.money import MOST_FEN, Money
from schemas.party import PartyKind
from schemas.role import Role
from services.funds.rules.bank_csv import HEAD, CsvEncoding, csv_of
from services.funds.rules.bank_files import MOST_PAYMENTS, BankFile, MakeBankFile, message_of
from services.funds.rules.bank_words import MOST_POSTSCRIPT, MOST_REMITTANCE, fitted, purpose
from services.funds.rules.instructing import digests
from services.funds.rules.pain import SPACE, pain_of
from services.funds.rules.payment import Declined, Payment
from tests.services.funds.banking import CNAPS, FOUNDATION_CODE, Counter, a_party, a_payment, an_account
from tests.support.pure import NOON, an_actor, refused

OWN = "3201 0000 0000 7788"


@cache
def schema() -> XMLSchema:
    """ISO's own, as sepaxml carries it."""
    return XMLSchema(str(files("sepaxml").joinpath("schemas/pain.001.001.09.xsd")))


def a_counter() -> Counter:
    """A foundation with an account to pay from."""
    counter = Counter()
    counter.has_account(counter.foundation, an_account(OWN, holder=counter.foundation.name))
    return counter


def a_file(*fen: int, **payment: Any) -> BankFile:
    """One payment of each amount, each to an organization of its own."""
    counter = a_counter()
    payments = []
    for place, amount in enumerate(fen):
        payee = counter.payee(f"示例社会服务中心{place}")
        counter.has_account(payee, an_account(f"62{place:010d}", holder=payee.name))
        payments.append(counter.orders(payee, amount, **payment))
    return counter.file(*payments)


def texts(root: Element, path: str) -> list[str | None]:
    return [part.text for part in root.iterfind("/".join(f"{{{SPACE}}}{name}" for name in path.split("/")))]


def rows(file: BankFile) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_of(file).decode("utf-8-sig"), newline=""), strict=True))


@pytest.mark.parametrize("number", [1, 2, MOST_PAYMENTS])
def test_a_file_is_valid_by_the_schema_and_its_control_totals_are_those_of_the_payments(number: int) -> None:
    amounts = [place * 997 + 1 for place in range(number)]
    file = a_file(*amounts)
    body = pain_of(file)
    total = f"{sum(amounts) // 100}.{sum(amounts) % 100:02d}"

    schema().validate(io.BytesIO(body))
    root = fromstring(body)

    top = "CstmrCdtTrfInitn"
    for level in ("GrpHdr", "PmtInf"):
        assert texts(root, f"{top}/{level}/NbOfTxs") == [str(number)]
        assert texts(root, f"{top}/{level}/CtrlSum") == [total]
    told = texts(root, f"{top}/PmtInf/CdtTrfTxInf/Amt/InstdAmt")
    assert sorted(Decimal(text or "") for text in told) == [Decimal(fen) / 100 for fen in amounts]
    assert sum(Decimal(row[5]) for row in rows(file)[1:]) == Decimal(total)
    assert len(rows(file)) == number + 1


def test_the_schema_is_looked_at_and_not_only_the_form() -> None:
    body = pain_of(a_file(1))

    assert schema().is_valid(io.BytesIO(body))
    for right, wrong in ((b'Ccy="CNY"', b'Ccy="cny"'), (b"<PmtMtd>TRF<", b"<PmtMtd>XXX<"), (b">0.01<", b">0.010001<")):
        assert right in body
        assert not schema().is_valid(io.BytesIO(body.replace(right, wrong)))


def test_everything_the_bank_needs_stands_where_the_standard_has_it() -> None:
    counter = a_counter()
    payee = counter.payee("示例社会服务中心")
    counter.has_account(payee, an_account("1102 0208", bic="ICBKCNBJSZU", holder=payee.name))
    payment = counter.orders(payee, 12_345)
    file = counter.file(payment)
    root = fromstring(pain_of(file))
    order = "CstmrCdtTrfInitn/PmtInf"

    assert texts(root, "CstmrCdtTrfInitn/GrpHdr/MsgId") == [file.message_id]
    assert texts(root, "CstmrCdtTrfInitn/GrpHdr/CreDtTm") == ["2026-03-02T12:00:00+08:00"]
    assert texts(root, "CstmrCdtTrfInitn/GrpHdr/InitgPty/Id/OrgId/Othr/Id") == [FOUNDATION_CODE]
    assert texts(root, f"{order}/BtchBookg") == ["false"]
    assert texts(root, f"{order}/ReqdExctnDt/Dt") == ["2026-03-02"]
    assert texts(root, f"{order}/Dbtr/Nm") == [counter.foundation.name]
    assert texts(root, f"{order}/DbtrAcct/Id/Othr/Id") == ["3201000000007788"]
    assert texts(root, f"{order}/CdtTrfTxInf/PmtId/EndToEndId") == [payment.reference]
    assert texts(root, f"{order}/CdtTrfTxInf/Amt/InstdAmt") == ["123.45"]
    agent = f"{order}/CdtTrfTxInf/CdtrAgt/FinInstnId"
    assert texts(root, f"{agent}/BICFI") == ["ICBKCNBJSZU"]
    assert texts(root, f"{agent}/ClrSysMmbId/ClrSysId/Cd") == ["CNAPS"]
    assert texts(root, f"{agent}/ClrSysMmbId/MmbId") == [CNAPS]
    assert texts(root, f"{order}/CdtTrfTxInf/Cdtr/Nm") == ["示例社会服务中心"]
    assert texts(root, f"{order}/CdtTrfTxInf/CdtrAcct/Id/Othr/Id") == ["11020208"]
    assert texts(root, f"{order}/CdtTrfTxInf/RmtInf/Ustrd") == [f"{payment.reference} 第1期 为老助餐"]


@pytest.mark.parametrize(
    ("fen", "said"), [(1, "0.01"), (10, "0.10"), (100, "1.00"), (199_999_999_99, "199999999.99"), (29, "0.29")]
)
def test_fen_become_yuan_exactly(fen: int, said: str) -> None:
    file = a_file(fen)

    assert f'<InstdAmt Ccy="CNY">{said}</InstdAmt>'.encode() in pain_of(file)
    assert rows(file)[1][5] == said


def test_names_with_the_marks_of_xml_and_of_spreadsheets_stay_names() -> None:
    counter = a_counter()
    payee = counter.payee('=示例<&>"中心]]>')
    counter.has_account(payee, an_account(holder=payee.name, bank="+银行 & 支行"))
    file = counter.file(counter.orders(payee, title='<!-- & \u0001 𠮷 ]]>"'))

    schema().validate(io.BytesIO(pain_of(file)))
    root = fromstring(pain_of(file))
    assert texts(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Cdtr/Nm") == [payee.name]
    (words,) = texts(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/RmtInf/Ustrd")
    assert words is not None
    assert words.endswith('第1期 <!-- & 𠮷 ]]>"')
    assert [row[2:4] for row in rows(file)[1:]] == [[f"'{payee.name}", "'+银行 & 支行"]]


def test_the_longest_names_and_titles_fit_and_the_number_is_never_cut() -> None:
    counter = a_counter()
    payee = counter.payee("长" * 140)
    counter.has_account(payee, an_account("9" * 34, holder=payee.name, bank="行" * 140))
    payment = counter.orders(payee, title="题" * 200)
    file = counter.file(payment)

    schema().validate(io.BytesIO(pain_of(file)))
    (words,) = texts(fromstring(pain_of(file)), "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/RmtInf/Ustrd")
    postscript = rows(file)[1][6]
    assert words is not None
    for said, most in ((words, MOST_REMITTANCE), (postscript, MOST_POSTSCRIPT)):
        assert len(said) == most
        assert said.startswith(f"{payment.reference} 第1期 题")
        assert said.endswith("题…")


@pytest.mark.parametrize("most", range(20, 60))
def test_a_text_is_cut_between_characters_and_never_within_one(most: int) -> None:
    family = "👩\u200d👧"
    text = purpose("ZFAAAABBBBCCCCDDDD", 1, "e\u0301" * 10 + family * 10, most + 40)
    whole = purpose("ZFAAAABBBBCCCCDDDD", 1, "e\u0301" * 10 + family * 10, 1000)

    cut = text.removesuffix("…")
    rest = whole[len(cut) :]
    assert len(text) <= most + 40
    assert whole.startswith(cut)
    assert not cut.endswith("\u200d")
    assert not rest.startswith("\u200d")
    assert not rest or not unicodedata.combining(rest[0])
    assert fitted(text, len(text)) == text


def test_the_columns_are_those_of_a_batch_payment_in_utf_8_or_gb_18030() -> None:
    file = a_file(12_345)
    (credit,) = file.credits

    plain, gb = csv_of(file), csv_of(file, CsvEncoding.GB18030)

    assert plain.startswith(b"\xef\xbb\xbf")
    assert gb.decode("gb18030") == plain.decode("utf-8-sig")
    head, row = rows(file)
    assert tuple(head) == HEAD
    assert row == [
        "1",
        "620000000000",
        "示例社会服务中心0",
        "示例银行苏州姑苏支行",
        CNAPS,
        "123.45",
        f"{credit.reference} 第1期 为老助餐",
        credit.reference,
    ]


def test_the_same_payments_are_the_same_file_whenever_and_in_whatever_order_they_are_named() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    first, second = counter.orders(payee), counter.orders(payee, 7)
    file = counter.file(first, second)
    before = pain_of(file), csv_of(file)
    counter.story.at += timedelta(days=3)
    counter.has_account(payee, an_account("9999 8888 7777"))

    said = counter.files(second, first, first)
    again = counter.file(second, first)

    assert said == []
    assert (pain_of(again), csv_of(again)) == before
    assert again.made_at == NOON


def test_payments_stand_in_the_order_of_their_references() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    payments = sorted((counter.orders(payee) for _ in range(3)), key=lambda payment: payment.reference)

    file = counter.file(*reversed(payments))

    assert [credit.reference for credit in file.credits] == [payment.reference for payment in payments]


def test_a_payment_is_in_one_file_at_most() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    first, second = counter.orders(payee), counter.orders(payee)
    file = counter.file(first)

    with refused("payment_in_a_file") as caught:
        counter.files(first, second)

    assert caught.value.details["file"] == file.message_id
    assert counter.story.world.get(Payment, second.id).instructed is None


def test_another_payment_makes_another_message() -> None:
    one, other = uuid4(), uuid4()

    assert message_of([one, other]) == message_of([other, one, one])
    assert len({message_of([one]), message_of([other]), message_of([one, other])}) == 3


def test_each_payments_project_tells_to_which_account_it_went_and_never_the_number() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee, an_account("1102 0208 0900 3456"))
    payment = counter.orders(payee)

    (told, _) = counter.files(payment)

    assert isinstance(told, PaymentInstructed)
    file = counter.file(payment)
    assert (told.project_id, told.payment_id, told.payee_id) == (payment.project_id, payment.id, payee.id)
    assert (told.message_id, told.account_ending) == (file.message_id, "3456")
    assert (told.pain_digest, told.csv_digest) == digests(file)
    assert "1102020809003456" not in told.model_dump_json()
    instructed = counter.story.world.get(Payment, payment.id).instructed
    assert instructed is not None
    assert (instructed.file_id, instructed.ending) == (file.id, "3456")


def test_without_a_confirmed_account_there_is_no_file_and_the_refusal_says_what_is_missing() -> None:
    counter = Counter()
    payee = counter.payee()
    payment = counter.orders(payee)
    with refused("no_account_to_pay_from"):
        counter.files(payment)
    counter.has_account(counter.foundation, an_account(OWN, holder=counter.foundation.name))
    with refused("payee_account_not_stated") as caught:
        counter.files(payment)
    assert caught.value.details == {"reference": payment.reference, "payee": payee.name}

    counter.states(an_actor(Role.PROVIDER, payee.id))
    with refused("payee_account_not_confirmed"):
        counter.files(payment)
    counter.confirms(an_actor(Role.PROVIDER, payee.id), payee.id, an_account().number)

    assert counter.file(payment).credits[0].account == an_account()


def test_a_withdrawn_account_is_paid_to_no_more() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    account = counter.accounts(payee.id).in_force
    assert account is not None
    counter.withdraws(an_actor(Role.PROVIDER, payee.id), account.id)

    with refused("payee_account_not_stated"):
        counter.files(counter.orders(payee))


def test_what_is_not_approved_paid_or_sent_back_is_in_no_file() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    drawn_up = counter.orders(payee, has_left=False)
    declined = counter.orders(payee, has_left=False, declined=Declined(by=uuid4(), at=NOON, reason="科目有误"))
    paid = counter.orders(payee, receipt_digest="0" * 64)
    back = counter.orders(payee, returned_on=NOON.date())

    for payment in (drawn_up, declined):
        with refused("payment_has_not_left"):
            counter.files(payment)
    for payment in (paid, back):
        with refused("payment_not_awaited"):
            counter.files(payment)


def test_budget_money_leaves_by_the_treasury_and_gifts_by_the_bank() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)

    with refused("budget_money_by_treasury"):
        counter.files(counter.orders(payee, source_type=SourceType.BUDGET))
    assert counter.files(counter.orders(payee, source_type=SourceType.COMMUNITY_FOUNDATION))


@pytest.mark.parametrize("code", [None, "11320508MB1234567X"])
def test_only_a_foundation_pays_by_files_for_a_bank(code: str | None) -> None:
    counter = Counter()
    counter.story.world.loaded(replace(counter.foundation, uscc=code))
    with refused("not_a_foundation"):
        counter.files(counter.orders(counter.payee()))


def test_nobody_makes_a_file_of_another_funders_payments() -> None:
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    own = counter.orders(payee)
    foreign = a_payment(uuid4(), payee)
    counter.story.world.loaded(foreign)

    with refused("not_your_party", status=403):
        counter.files(own, foreign)
    with refused("not_your_party", status=403):
        counter.files(own, by=an_actor(Role.FINANCE))


def test_a_file_has_its_limits() -> None:
    funder = PartyId(uuid4())
    for number in (0, MOST_PAYMENTS + 1):
        with pytest.raises(ValidationError):
            MakeBankFile(funder_id=funder, payments=tuple(PaymentId(uuid4()) for _ in range(number)))
    counter = a_counter()
    payee = counter.payee()
    counter.has_account(payee)
    with refused("bank_file_too_large", status=422) as caught:
        counter.files(counter.orders(payee, MOST_FEN), counter.orders(payee, 1))
    assert caught.value.details["most"] == Money(MOST_FEN)


def test_a_foundation_that_is_paid_is_no_payer_by_its_name_alone() -> None:
    counter = Counter()
    counter.story.world.loaded(
        a_party(PartyKind.ORGANIZATION, "示例基金会", counter.foundation.id, uscc=FOUNDATION_CODE)
    )

    with refused("not_a_foundation"):
        counter.files(counter.orders(counter.payee()))
