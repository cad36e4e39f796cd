"""The whole house, started for real on ports and databases of its own, and somebody to talk to it."""

import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import urllib3

import serve
from settings import Settings


class Hall:
    """The running services, to be stopped and started at will, and a way to talk to them."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.services = {service.health: service for service in serve.services(settings)}
        self.dialogue, self.intake, self.app, *rest = self.services.values()
        self.wechat = rest[0] if rest else None
        self.address = f"http://127.0.0.1:{settings.port}"
        self.took: dict[str, float] = {}

    def start(self, *services: serve.Service) -> None:
        """Starts services and waits until they are well."""
        started = time.monotonic()
        for service in services:
            serve.start(service, self.settings)
        for service in services:
            assert serve.healthy(service), service.log.read_text("utf-8", "replace")[-2000:]
            self.took[service.name] = time.monotonic() - started

    def stop(self, *services: serve.Service) -> None:
        """Stops services."""
        serve.stop(list(services))

    def person(self, name: str | None = None) -> "Person":
        """Somebody new."""
        return Person(self.address, name)


@contextmanager
def opened(folder: Path, stock: Path | None = None, wechat: bool = False) -> Iterator[Hall]:
    """The house with the built index and model, and fresh databases under `folder`.

    With `stock`, on Rasa as it comes with that model; with `wechat`, with an official account of the platform's stand-in.
    """
    for name, port in zip(("PORT", "DIALOGUE_PORT", "INTAKE_PORT", "WECHAT_SIM_PORT"), _free_ports(4)):
        os.environ[f"YICIBAN_{name}"] = str(port)
    if wechat:
        os.environ.update(serve.standin())
    os.environ["YICIBAN_DATABASE_URL"] = f"sqlite:///{folder / 'yiciban.db'}"
    os.environ["YICIBAN_INTAKE_DATABASE_URL"] = f"sqlite:///{folder / 'intake.db'}"
    running = Hall(Settings())
    if stock:
        running.dialogue.command = _as_it_comes(running.dialogue.command, stock)
    try:
        running.start(*running.services.values())
        yield running
    finally:
        running.stop(*running.services.values())


class Person:
    """Somebody who talks to the application over the chat contract and drives a consultation from its data alone."""

    def __init__(self, address: str, name: str | None = None):
        self.address, self.client = address, urllib3.PoolManager(timeout=60)  # the lightest there is: it shares two cores with what it measures
        self.session = name or f"test-{uuid.uuid4()}"
        self.last: dict = {}

    def say(self, text: str) -> dict:
        """One message; returns the response."""
        response = self.client.request("POST", f"{self.address}/api/chat", json={"session": self.session, "text": text}, retries=False)
        assert response.status == 200, response.data.decode()
        self.last = response.json()
        return self.last

    def reply(self, kind: str) -> dict | None:
        """The last response's reply of a kind."""
        return next((reply for reply in self.last["replies"] if reply["kind"] == kind), None)

    @property
    def words(self) -> str:
        """Everything the last response said."""
        return "\n".join(reply["text"] for reply in self.last["replies"])

    def close(self) -> None:
        """Goes away."""
        self.client.clear()

    def go_on_until(self, status: str, most: int = 80) -> dict:
        """Takes the first option, or types the example, until a turn has that status."""
        for _ in range(most):
            if self.last["status"] == status:
                return self.last
            self.say(self.next_word())
        raise AssertionError(f"never came to {status}: {self.words[-500:]}")

    def next_word(self) -> str:
        """What takes the consultation one step on: the first option, or the example."""
        if question := self.reply("question"):
            data = question["data"]
            assert not data.get("error"), f"{self.last}"
            if data["type"] == "list" and data.get("options"):
                return "都齐了"
            return str(data["options"][0]["value"]) if data.get("options") else data["example"]
        return str(self.reply("choices")["data"]["options"][0]["value"])


def _as_it_comes(command: list[str], model: Path) -> list[str]:
    """The command line of an unmended Rasa with its own memory, and another model."""
    stock = [word.replace("bot/endpoints.yml", "bot/stock/endpoints.yml") for word in command]
    stock[stock.index("bot")] = "rasa"
    stock[stock.index("--model") + 1] = str(model)
    return stock


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
