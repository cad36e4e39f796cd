"""The client of the dialogue server (Rasa's REST channel)."""

import aiohttp


class DialogueUnavailable(Exception):
    """The dialogue server is down, too slow, or said nothing."""


class DialogueGone(DialogueUnavailable):
    """The dialogue server is not there, or went away in the middle: nothing of it is still at work on the message."""


class Dialogue:
    """Sends one message, returns what the actions answered."""

    def __init__(self, url: str, timeout: float):
        self._url, self._timeout = url, timeout
        self._session: aiohttp.ClientSession | None = None

    async def say(self, key: str, message: str, patience: float = 0.0) -> list[dict]:
        """The replies ({kind, text, data, status, consultation}) to a message of the talk under `key`, waited for no less than `patience` seconds."""
        limit = aiohttp.ClientTimeout(total=max(patience, self._timeout))
        try:
            async with self._open().post(f"{self._url}/webhooks/rest/webhook", json={"sender": key, "message": message}, timeout=limit) as response:
                response.raise_for_status()
                replies = [reply["custom"] for reply in await response.json() if "custom" in reply]
        except aiohttp.ClientConnectionError as error:
            raise DialogueGone(type(error).__name__) from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise DialogueUnavailable(type(error).__name__) from error
        if not replies:
            raise DialogueUnavailable("没有回话")
        return replies

    async def healthy(self) -> bool:
        """Whether it is up with a trained model."""
        try:
            async with self._open().get(f"{self._url}/", timeout=aiohttp.ClientTimeout(total=3)) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Ends the connections."""
        if self._session:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """Opened at the first call, inside the server's event loop; a line unused for three seconds is hung up before Rasa does it after five."""
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=3))
        return self._session
