"""A sound draft, a service on a real SQLite file, and a client that speaks ASGI to it."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from intake.app import create_app

SOUND = json.loads((Path(__file__).parent / "draft.json").read_text(encoding="utf-8"))


@pytest.fixture
def draft() -> dict:
    """A sound draft, to change at will."""
    return deepcopy(SOUND)


@pytest.fixture
def start(tmp_path) -> Callable[[], FastAPI]:
    """Starts the service, each time anew on the same database."""
    return lambda key="only for tests, long enough to do": create_app(f"sqlite:///{tmp_path}/var/intake.db", key)


@pytest.fixture
def client(start) -> TestClient:
    """A client of a service that has just been set up."""
    return TestClient(start(), raise_server_exceptions=False)


@pytest.fixture
def hand_in() -> Callable:
    """Hands a draft in, under its own reference unless another key is given."""

    def send(client: TestClient, draft: dict, key: str | None = None):
        return client.post("/drafts", json=draft, headers={"Idempotency-Key": key or draft["reference"]})

    return send
