"""The questions of `verify` in Chinese, and what they answer as a finding."""

import re

from schemas.finding import Finding

_WORDS = """\
debits and credits differ over all accounts
全部账户的借贷不平
an account's balances are not the sum of its transfers
账户余额不等于其变动之和
an account is beyond its limit
账户透支
a pending transfer is open by another amount than its resolutions leave
待定变动的未了金额与其兑现、撤销所余不符
a commitment is not the sum of what is pending for it
承诺金额不等于为其待定的金额之和
a transfer's allocations do not add up to its amount
账户变动按批次的分配之和不等于其金额
what resolves a pending transfer takes more of a lot than was set aside
兑现待定变动时动用某批次的金额多于预留
a lot's balances are not the sum of its allocations
批次余额不等于其分配之和
a fund account does not hold what its lots say
资金账户余额与其各批次不符
a transfer is corrected beyond its amount, not by its mirror, or by who recorded it
账户变动的更正超过其金额、方向不是相反,或由记账人自己更正
a payment left without the second person it waited for, or stands in the books before it left
支付申请未经第二人审核即已发出,或未发出即已入账
what came back is not what the refunds of the project say
退回的金额与项目的退款记录不符
a lot got more back of a project than it paid
批次从项目收回的多于支付的
a restricted lot was set aside for another purpose
限定用途的批次被预留作他用
a payment is paid without a receipt of its amount, or has one and is not paid
支付申请没有等额回单却已付讫,或有回单却未付讫
a payment is paid or sent back by a line from before it was ordered, or from after the day the line came in
付款或退票的回单日期早于支付申请日,或晚于回单入账日
a line pays or sends back another sum than its own
回单支付或退回的金额与其自身不符
a payment that was sent back is not void, or has no line that says so
退票的支付申请没有作废,或没有说明退票的回单
a transfer is in the books of another funder than its accounts
账户变动记入的账簿与其账户不属于同一出资方
a closed period is not what it was when it was closed
已结账期间与结账时不同
costs by head are not the sum of their lines, or an invoice counts twice
科目支出不等于其明细之和,或一张发票被计入两次
a settled project still has money pending or unpaid
已结清的项目仍有待定或未付的款项
""".splitlines()
IN_CHINESE = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
"""each question, and below it the same in Chinese"""

_LABELS = {
    "account": "账户",
    "books": "账簿",
    "head": "费用科目",
    "invoice": "发票",
    "lot": "批次",
    "pending": "待定",
    "posted": "已入账",
    "project": "项目",
    "through": "截至",
    "transfer": "账户变动",
}
"""what an answer calls the things it names, each before its id or number"""
_LABEL = re.compile(rf"(?:^|(?<=, ))(?:{'|'.join(_LABELS)})(?= )")


def finding(question: str, answer: str) -> Finding:
    return Finding(
        zh=f"资金:{IN_CHINESE[question]}:{_LABEL.sub(lambda label: _LABELS[label[0]], answer)}",
        en=f"funds: {question}: {answer}",
    )
