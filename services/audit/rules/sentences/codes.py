"""What the codes in facts of a tender mean; the tenders service says the same in its own words at its doors."""

VOIDED = {
    "too_few_bids": ("截止时标书不足规定数量", "too few bids were in at the deadline"),
    "too_few_qualified": ("合格标书不足规定数量", "too few bids were qualified"),
    "none_opened": ("没有一份标书能够有效开启", "none of the bids could be opened"),
    "reservation_lapsed": ("预留资金到期退回", "the reserved money went back"),
    "tender_cancelled": ("采购人依规定情形废标", "the buyer cancelled it on a ground the rulebook admits"),
    "objection_upheld": ("质疑成立,可能影响成交结果", "an objection that may change the result was upheld"),
    "complaint_upheld": ("投诉成立,可能影响成交结果", "a complaint that may change the result was upheld"),
    "money_not_set_aside_again": ("撤销协议后未能重新预留资金", "its money could not be set aside again"),
    "no_candidate_left": ("排名中没有可以确定的候选人", "nobody in the ranking was left to choose"),
}
SPOILED = {
    "envelope_altered": ("密文与递交时的摘要不符", "its ciphertext is not what was handed in"),
    "envelope_unreadable": ("公布的密钥打不开", "the released key does not open it"),
    "content_malformed": ("内容不是规定的格式", "what was inside has another form"),
    "content_of_another": ("内容写的是其他项目或投标人", "what was inside names another project or bidder"),
    "bid_digest_differs": ("内容与密封时的摘要不符", "what was inside is not what its digest says"),
    "proposal_not_public": ("方案中含有个人号码,不能公布", "its proposal holds a personal number"),
}
"""by code: in Chinese, in English"""
