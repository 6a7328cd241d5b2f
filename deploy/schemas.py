"""`python -m deploy.schemas [--check]`: what other programs read, generated into `schemas/published/`.

One JSON Schema per event and version, `hashes.json` over them, `openapi.json` and `asyncapi.json`. A published
version never changes: when its hash would, nothing is written and the sentence says to make a new version.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deploy.clock_document import with_clock
from deploy.installed import SERVICES, TITLES
from events.catalogue import CATALOGUE
from events.envelope import schema_name
from schemas.canonical import digest_of
from schemas.fact import Fact
from services.kit.openapi import document

PUBLISHED = Path(__file__).parent.parent / "schemas" / "published"
HASHES = "hashes.json"
VERSION = version("sanshe")
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Document = dict[str, Any]


def event_name(fact: type[Fact]) -> str:
    return f"{fact.type}.{fact.version}"


def event_schema(fact: type[Fact]) -> Document:
    """The whole record as it lies in the log: the envelope with this fact in it, whatever its class is called."""
    schema = CATALOGUE.envelope_model(fact).model_json_schema(mode="serialization")
    place = schema["properties"]["data"]["$ref"].rpartition("/")[2]
    schema["properties"]["data"] = schema["$defs"].pop(place)
    fixed = {"type": fact.type, "dataschema": schema_name(fact.type, fact.version)}
    for name, value in fixed.items():
        schema["properties"][name] = {"const": value}
    about = (fact.__doc__ or "").strip()
    return {"$schema": DIALECT, "$id": fixed["dataschema"]} | schema | {"title": fact.type, "description": about}


def asyncapi() -> Document:
    """AsyncAPI 3.0: the streams and what is said on them."""
    facts = list(CATALOGUE.facts.values())
    streams = sorted({fact.stream for fact in facts})
    messages = {
        event_name(fact): {
            "name": fact.type,
            "contentType": "application/cloudevents+json",
            "payload": {"$ref": f"./events/{event_name(fact)}.json"},
            "bindings": {"kafka": {"key": {"type": "string", "description": f"the fact's `{fact.key_field}`"}}},
        }
        for fact in facts
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Sanshe 三社", "version": VERSION, "description": "Facts in the order of their key."},
        "defaultContentType": "application/cloudevents+json",
        "channels": {
            stream: {
                "address": stream,
                "messages": {
                    event_name(fact): {"$ref": f"#/components/messages/{event_name(fact)}"}
                    for fact in facts
                    if fact.stream == stream
                },
            }
            for stream in streams
        },
        "operations": {
            f"say.{stream}": {"action": "send", "channel": {"$ref": f"#/channels/{stream}"}} for stream in streams
        },
        "components": {"messages": messages},
    }


def generated() -> dict[str, Document]:
    """File name → content; the same code gives the same files."""
    events = {event_name(fact): event_schema(fact) for fact in CATALOGUE.facts.values()}
    files = {f"events/{name}.json": schema for name, schema in events.items()}
    files[HASHES] = {name: digest_of(meaning(schema)) for name, schema in events.items()}
    files["openapi.json"] = with_clock(document(SERVICES, VERSION, TITLES))
    files["asyncapi.json"] = asyncapi()
    return files


def meaning(schema: Any) -> Any:
    """The schema less its words: a better description is no new version."""
    if isinstance(schema, dict):
        words = ("description", "examples", "title")
        return {
            name: {key: meaning(value) for key, value in part.items()}
            if name in ("properties", "$defs")
            else meaning(part)
            for name, part in schema.items()
            if name not in words
        }
    return [meaning(part) for part in schema] if isinstance(schema, list) else schema


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Published versions that are gone or another now."""
    return [name for name, digest in before.items() if after.get(name) != digest]


def text_of(content: Document) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def refuse_changes(folder: Path, files: Mapping[str, Document]) -> None:
    before = json.loads((folder / HASHES).read_text("utf-8")) if (folder / HASHES).exists() else {}
    for name in changed(before, files[HASHES]):
        sys.exit(
            f"The event {name} is published and its schema is another now. A published version never changes: leave "
            f"its model as it was, add one with the next `version`, and an upcaster in events/catalogue.py. (Before a "
            f"first release: --fresh.)"
        )


def stale(folder: Path, files: Mapping[str, Document]) -> list[str]:
    """Files that are missing, left over or not what the code says."""
    wanted = {name: text_of(content) for name, content in files.items()}
    there = {str(path.relative_to(folder)): path for path in folder.rglob("*.json")}
    wrong = [name for name, text in wanted.items() if name not in there or there[name].read_text("utf-8") != text]
    return sorted([*wrong, *(name for name in there if name not in wanted)])


def write(folder: Path, files: Mapping[str, Document]) -> None:
    for path in folder.rglob("*.json"):
        if str(path.relative_to(folder)) not in files:
            path.unlink()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text_of(content), "utf-8")


def main(arguments: list[str] | None = None) -> None:
    """Exit status 1 with a sentence when a published version changed, or with --check when a file is stale."""
    options = argparse.ArgumentParser(prog="python -m deploy.schemas", description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    options.add_argument("--fresh", action="store_true", help="before a first release: forget what was published")
    options.add_argument("--folder", type=Path, default=PUBLISHED, help="(%(default)s)")
    chosen = options.parse_args(arguments)
    files = generated()
    if not chosen.fresh:
        refuse_changes(chosen.folder, files)
    if not chosen.check:
        write(chosen.folder, files)
    elif wrong := stale(chosen.folder, files):
        sys.exit(f"Run `make schemas` and commit: {', '.join(wrong)} in {chosen.folder} are not what the code says.")


if __name__ == "__main__":
    main()
