"""What the books hold is shown under its name in words: balances of an account, transfers, the money of a project."""

from services import funds
from services.funds.api.answers import Balance
from services.funds.rules.ledger import TransferState
from services.funds.rules.project import Phase
from services.kit import reasons
from tests.services.funds.test_api import a_scene
from tests.support.fixtures import Running


def test_every_figure_state_and_phase_has_words_in_both_languages() -> None:
    for kind in (Balance, TransferState, Phase):
        assert set(kind) <= reasons.words(kind.__name__)


async def test_pending_money_is_called_so_in_chinese_wherever_it_is_shown(running: Running) -> None:
    async with running(funds.SERVICE) as system:
        scene = await a_scene(system)
        at = f"/v1/funds/{scene.accounts[0]}"

        account = (await system.get(at, scene.finance)).json
        transfers = (await system.get(f"{at}/transfers", scene.finance)).json["transfers"]
        money = (await system.get(f"/v1/projects/{scene.project}/money", scene.provider)).json

        assert [(one["code"], one["zh"]) for one in account["balances"]] == [
            ("appropriated", "累计到账"),
            ("reserved", "已预留或已承诺,尚未拨付(待结)"),
            ("spent", "已拨付项目"),
            ("free", "可用余额"),
        ]
        assert [one["amount"] for one in account["balances"]] == [account[one["code"]] for one in account["balances"]]
        assert account["reserved"]["fen"] > 0
        pending = [one for one in transfers if one["state"] == "pending"]
        assert [(one["reason"], one["state_zh"]) for one in pending] == [("reservation", "预留(待结,尚未拨付)")]
        assert {one["state_zh"] for one in transfers} == {"预留(待结,尚未拨付)", "已入账"}
        assert (money["phase"], money["phase_zh"], money["phase_en"]) == ("committed", "已承诺支付", "committed")
