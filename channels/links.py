"""Links to a person's own pages (告知单、表单): with a signature, so that nobody finds one by guessing."""

import hmac
from urllib.parse import quote

LENGTH = 22  # hexadecimal digits of a signature: 88 bits


class Links:
    """Makes links under the address that phones reach us at, and knows its own."""

    def __init__(self, base: str, secret: str):
        self._base, self._key = base.rstrip("/"), hmac.digest(secret.encode(), b"links", "sha256")

    def notice(self, number: str) -> str:
        """Where the notice of that number can be read."""
        return self._link("n", number)

    def form(self, code: str) -> str:
        """Where the form of the consultation with that code can be filled in."""
        return self._link("f", code)

    def holds(self, kind: str, name: str, signature: str) -> bool:
        """Whether a signature is ours; `kind` is "n" for a notice, "f" for a form."""
        return hmac.compare_digest(self._signature(kind, name).encode(), signature.encode())

    def _link(self, kind: str, name: str) -> str:
        return f"{self._base}/{kind}/{quote(name)}?k={self._signature(kind, name)}"

    def _signature(self, kind: str, name: str) -> str:
        return hmac.digest(self._key, f"{kind}\0{name}".encode(), "sha256").hex()[:LENGTH]
