"""The client of the dialogue server (Rasa's REST channel)."""

import httpx


class DialogueUnavailable(Exception):
    """The dialogue server is down, too slow, or said nothing."""


class Dialogue:
    """Sends one message, returns what the actions answered."""

    def __init__(self, url: str, timeout: float, transport: httpx.AsyncBaseTransport | None = None):
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout, transport=transport, trust_env=False)

    async def say(self, key: str, message: str) -> list[dict]:
        """The replies ({kind, text, data, status, consultation}) to a message of the talk under `key`."""
        try:
            response = await self._client.post("/webhooks/rest/webhook", json={"sender": key, "message": message})
            response.raise_for_status()
            replies = [reply["custom"] for reply in response.json() if "custom" in reply]
        except (httpx.HTTPError, ValueError) as error:
            raise DialogueUnavailable(type(error).__name__) from error
        if not replies:
            raise DialogueUnavailable("没有回话")
        return replies

    async def healthy(self) -> bool:
        """Whether it is up with a trained model."""
        try:
            return (await self._client.get("/", timeout=3)).status_code == 200
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()
