"""A community registers residents and issues them tokens of a ballot, through the public doors."""

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

from deploy.demo.story import choosing
from deploy.demo.story.registering import give_key, known
from schemas.days import day_of
from schemas.ids import BallotId, project_of
from schemas.role import Role
from services.needs.api.intake import VotesTaken
from services.needs.api.resident_file import COLUMNS
from services.needs.api.resident_imports import ResidentImportConfirmed, ResidentImportDone, ResidentImportPreview
from services.needs.api.residents import RegisteredAnswer, ResidentStep
from services.needs.api.tokens import IssuedAnswer, RatingTokenReissued, RatingTokensIssued, ReissuedAnswer, TokensPage
from tests.journey.deliberated import open_by_roll
from tests.journey.town import Players, Town, a_need

RESIDENT = {"document": "passport", "born_on": "1960-01-02", "ground": "registered", "since": "2000-01-01"}


async def whole_residents(town: Town, of: Players) -> BallotId:
    """Two entered, corrected, confirmed; one token is lost, another votes; one moves away, and is erased."""
    api, staff = town.api, of.community
    home = f"/v1/communities/{staff.party_id}/residents"
    entries = [RESIDENT | {"name": f"居民{number}", "number": number} for number in ("E00000001", "E00000002")]
    one, other = (await api.post(home, RegisteredAnswer, {"residents": entries}, staff)).residents
    corrected = entries[0] | {"number": "E00000003"}
    await api.post(f"{home}/{one}/correction", ResidentStep, corrected, staff)
    colleague = await give_key(api, await town.clerks(), staff.party_id, Role.COMMUNITY, "另一名社区工作者")
    await known(api, colleague)
    for id in (one, other):
        await api.post(f"{home}/{id}/confirmation", ResidentStep, {}, colleague)
    (need,) = await choosing.post_needs(api, staff, [a_need("凭证投票")])
    ballot = await open_by_roll(town, of, need)
    door = f"/v1/ballots/{ballot.id}/tokens"
    await api.post(door, IssuedAnswer, {"residents": [one, other]}, staff)
    await api.post(f"{door}/reissue", ReissuedAnswer, {"resident_id": one}, staff)
    rating = f"/v1/communities/{staff.party_id}/projects/{project_of(ballot.id, need)}/tokens"
    until = (day_of(await town.now()) + timedelta(days=30)).isoformat()
    await api.post(rating, RatingTokensIssued, {"residents": [one], "until": until}, staff)
    lost = {"resident_id": str(one), "reason": "lost"}
    await api.post(f"{rating}/reissue", RatingTokenReissued, lost, staff)
    page = await api.get(door, TokensPage, staff)
    votes = [{"token": sha256(held.token.encode()).hexdigest(), "choices": [need]} for held in page.tokens]
    await api.post(f"/v1/ballots/{ballot.id}/votes", VotesTaken, {"votes": votes}, staff)
    today = day_of(await town.now()).isoformat()
    await api.post(f"{home}/{other}/departure", ResidentStep, {"on": today}, staff)
    await api.post(f"{home}/{other}/erasure", ResidentStep, {}, staff)
    return ballot.id


async def residents_from_a_file(town: Town, of: Players) -> None:
    """One looks at it and sends it, another confirms all that it entered."""
    colleague = await give_key(town.api, await town.clerks(), of.community.party_id, Role.COMMUNITY, "第三名社区工作者")
    await known(town.api, colleague)
    home = f"/v1/communities/{of.community.party_id}"
    row = "居民3,passport,E00000009,1960-01-02,registered,2000-01-01"
    text = "\n".join((",".join(column.heading for column in COLUMNS.values()), row))
    body = {"format": "csv", "content": b64encode(text.encode()).decode()}
    await town.api.post(f"{home}/resident-import-previews", ResidentImportPreview, body, of.community)
    done = await town.api.post(f"{home}/resident-imports", ResidentImportDone, body, of.community)
    path = f"{home}/resident-imports/{done.import_id}/confirmation"
    await town.api.post(path, ResidentImportConfirmed, {}, colleague)
