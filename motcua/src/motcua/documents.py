"""Generates what is checked in: JSON Schemas, the AsyncAPI and OpenAPI documents, the picture of the statuses."""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from contracts.catalogue import EVENTS, TOPICS
from contracts.package import Manifest
from kit.objects import Objects
from kit.tx import Database
from motcua.programs import SERVICES, service_of
from motcua.states import states

Documents = dict[str, str]
NOT_REAL = {
    "environment": "test",
    "database_url": "postgresql://nobody@127.0.0.1:9/nothing",
    "kafka_bootstrap": "127.0.0.1:9",
    "public_url": "http://localhost:8080",
    "issuer": "http://localhost:8080/id",
    "client_id": "document",
    "client_secret": "document",
    "session_secret": "document",
    "office": "demo-dost",
    "listen_port": 0,
    "mail_from": "document@motcua.example",
}


def documents(scratch: Path) -> Documents:
    """Every generated document by its path in the repository. `scratch` is a folder that may be written in."""
    found = {f"contracts/schemas/{name}.json": as_json(cls.model_json_schema()) for name, cls in EVENTS.items()}
    found["contracts/schemas/package_manifest.json"] = as_json(Manifest.model_json_schema())
    found["contracts/asyncapi.json"] = as_json(asyncapi())
    for name in SERVICES:
        found[f"contracts/openapi/{name}.json"] = as_json(openapi(name, scratch))
    return found | states()


def as_json(value: Any) -> str:
    """As the repository keeps it."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def openapi(name: str, scratch: Path) -> dict[str, Any]:
    """A service's OpenAPI document."""
    return application(name, scratch).openapi()


def application(name: str, scratch: Path) -> FastAPI:
    """A service's application, built without any outside part: to be read, not to be called."""
    service = service_of(name)
    needed = {field: made_up(field) for field, info in service.settings.model_fields.items() if info.is_required()}
    objects_url = f"file://{scratch / 'objects'}"
    settings = service.settings.model_validate({**needed, **NOT_REAL, "objects_url": objects_url})
    return service.build_app(settings, Database("postgresql://nobody@127.0.0.1:9/nothing", Objects(objects_url)))


def made_up(field: str) -> str:
    """A value that fits any setting a document needs to be made."""
    return "9" if field.endswith("port") else "http://localhost:9"


def asyncapi() -> dict[str, Any]:
    """Who says what on which topic and who hears it, as AsyncAPI 3."""
    operations: dict[str, Any] = {}
    for name in SERVICES:
        said = [event for event, cls in EVENTS.items() if cls.topic() == f"{name}.events"]
        operations[f"{name}.says"] = operation("send", f"{name}.events", said)
        consumer = service_of(name).build_consumer()
        for topic in consumer.topics():
            heard = [event for event, cls in EVENTS.items() if cls.topic() == topic and consumer.handlers(event)]
            operations[f"{name}.hears.{topic}"] = operation("receive", topic, heard)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Motcua events",
            "version": "1",
            "description": "CloudEvents 1.0 over Kafka, binary binding; key = subject; `ce_sequence` is dense per "
            "(topic, subject), starting at 1. No personal data: names and contacts are objects that events refer to.",
        },
        "defaultContentType": "application/json",
        "channels": {topic: channel(topic) for topic in TOPICS},
        "operations": operations,
        "components": {"messages": {event: message(event) for event in EVENTS}},
    }


def channel(topic: str) -> dict[str, Any]:
    """A topic and the messages on it."""
    events = [event for event, cls in EVENTS.items() if cls.topic() == topic]
    return {"address": topic, "messages": {event: {"$ref": f"#/components/messages/{event}"} for event in events}}


def operation(action: str, topic: str, events: list[str]) -> dict[str, Any]:
    """What a service does with a topic."""
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic}"},
        "messages": [{"$ref": f"#/channels/{topic}/messages/{event}"} for event in events],
    }


def message(event: str) -> dict[str, Any]:
    """One event: its envelope as headers, its data as payload."""
    names = ("id", "source", "type", "subject", "time", "sequence", "traceparent", "specversion")
    headers = {f"ce_{name}": {"type": "string"} for name in names}
    required = [f"ce_{name}" for name in names if name != "traceparent"]
    return {
        "name": event,
        "summary": (EVENTS[event].__doc__ or "").strip().splitlines()[0],
        "headers": {"type": "object", "required": required, "properties": headers},
        "payload": {"$ref": f"schemas/{event}.json"},
    }
