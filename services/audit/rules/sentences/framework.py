"""Framework agreements, the users' choices among the suppliers, and what was called off."""

from schemas.fact import Fact
from schemas.framework import (
    FrameworkApproved,
    FrameworkCalledOff,
    FrameworkConcluded,
    SuppliersChosen,
    UsersListed,
)
from services.audit.rules.told import Names, Stage, Told, yuan


def tell_framework(fact: Fact, names: Names) -> Told | None:
    match fact:
        case FrameworkApproved():
            return Told(
                Stage.PROPOSAL,
                f"框架协议采购获批准,最高限价 {fact.ceiling},不预留资金;起草与批准为不同的人",
                f"The framework was approved up to {yuan(fact.ceiling)}, and reserves no money; another had drafted it",
                fact.ceiling,
            )
        case FrameworkConcluded():
            zh = "、".join(f"{names.zh(one.provider_id)}({one.price})" for one in fact.suppliers)
            en = ", ".join(f"{names.en(one.provider_id)} ({yuan(one.price)})" for one in fact.suppliers)
            return Told(
                Stage.AWARD,
                f"订立框架协议,有效至 {fact.valid_until},入围:{zh};淘汰 {fact.eliminated} 家",
                f"A framework until {fact.valid_until} was concluded with {en}; {fact.eliminated} were eliminated",
            )
        case UsersListed():
            return Told(
                Stage.AWARD,
                f"社区登记服务对象,共 {fact.users} 人",
                f"The community listed service users, {fact.users} by now",
            )
        case SuppliersChosen():
            zh = "、".join(f"{names.zh(one.provider_id)} {one.users} 人" for one in fact.chosen)
            en = ", ".join(f"{names.en(one.provider_id)} by {one.users}" for one in fact.chosen)
            return Told(
                Stage.AWARD,
                f"服务对象 {fact.users} 人选择供应商:{zh}",
                f"Of {fact.users} service users suppliers were chosen: {en}",
            )
        case FrameworkCalledOff():
            sum = f"{fact.offered} × {fact.users} ÷ {fact.of_users} = {fact.price}"
            return Told(
                Stage.AWARD,
                f"按框架协议 {fact.framework_id} 向{names.zh(fact.provider_id)}订购:{sum}",
                f"Called off from framework {fact.framework_id}, supplier {names.en(fact.provider_id)}: {sum}",
                fact.price,
            )
        case _:
            return None
