"""What is published: event schemas that never change, and documents that say what the code says."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from deploy import schemas
from deploy.schemas import HASHES, event_name, event_schema, generated, stale
from events.catalogue import CATALOGUE, Catalogue
from schemas.fact import Fact
from schemas.fund import TranchePaid
from tests.services.audit.stories import Told
from tests.support.telling import event_bytes

FILES = generated()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    schemas.write(tmp_path, FILES)
    return tmp_path


def test_what_is_written_is_not_stale_and_written_again_is_the_same(folder: Path) -> None:
    assert stale(folder, generated()) == []

    (folder / "openapi.json").write_text("{}")
    (folder / "events" / "left.over.1.json").write_text("{}")

    assert stale(folder, FILES) == ["events/left.over.1.json", "openapi.json"]
    schemas.write(folder, FILES)
    assert stale(folder, FILES) == []


@pytest.mark.parametrize("arguments", [[], ["--check"]])
def test_a_published_version_that_changed_is_refused_and_nothing_is_written(folder: Path, arguments: list[str]) -> None:
    hashes = json.loads((folder / HASHES).read_text())
    hashes["tranche.paid.1"] = "0" * 64
    (folder / HASHES).write_text(json.dumps(hashes))

    with pytest.raises(SystemExit, match=r"tranche\.paid\.1 is published.*next `version`"):
        schemas.main([*arguments, "--folder", str(folder)])

    assert json.loads((folder / HASHES).read_text()) == hashes
    schemas.main(["--fresh", "--folder", str(folder)])
    assert stale(folder, FILES) == []


def test_a_published_event_that_is_gone_is_refused(folder: Path) -> None:
    hashes = json.loads((folder / HASHES).read_text()) | {"coin.dropped.1": "0" * 64}
    (folder / HASHES).write_text(json.dumps(hashes))

    with pytest.raises(SystemExit, match=r"coin\.dropped\.1"):
        schemas.main(["--folder", str(folder)])


def test_a_better_description_is_no_new_version_and_another_field_is() -> None:
    schema = event_schema(CATALOGUE.facts["tranche.paid", 1])
    data = schema["properties"]["data"]["properties"]
    before = schemas.meaning(schema)

    schema["description"] = "better words"
    data["number"]["description"] = "counted from 1"
    assert schemas.meaning(schema) == before

    data["note"] = {"type": "string"}
    assert schemas.meaning(schema) != before


def test_the_class_of_an_older_version_may_take_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the newest version keeps the plain one, and its readers need no change."""

    class TranchePaid1(TranchePaid):
        pass

    before = schemas.meaning(event_schema(TranchePaid))
    monkeypatch.setattr(schemas, "CATALOGUE", Catalogue([TranchePaid1]))

    assert schemas.meaning(event_schema(TranchePaid1)) == before


@pytest.mark.parametrize("fact", Told().facts, ids=lambda fact: fact.type)
def test_an_event_as_it_lies_in_the_log_fits_its_published_schema(fact: Fact) -> None:
    body = event_bytes(fact, 1)
    schema = FILES[f"events/{event_name(type(fact))}.json"]

    jsonschema_rs.validate(schema, json.loads(body))
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validate(schema, json.loads(body) | {"sequence": 0})


def test_every_event_is_a_message_of_one_stream() -> None:
    asyncapi = FILES["asyncapi.json"]
    listed = [name for channel in asyncapi["channels"].values() for name in channel["messages"]]

    assert (
        sorted(listed)
        == sorted(asyncapi["components"]["messages"])
        == sorted(map(event_name, CATALOGUE.facts.values()))
    )
    for message in asyncapi["components"]["messages"].values():
        assert message["payload"]["$ref"].removeprefix("./") in FILES
