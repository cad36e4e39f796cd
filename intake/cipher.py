"""How drafts are encrypted at rest."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def make_cipher(data_key: str) -> Fernet:
    """A cipher (encrypting and authenticating) from the installation's data key.

    The key is derived for this purpose alone, so the same data key may serve elsewhere too.
    """
    derived = HKDF(SHA256(), length=32, salt=None, info=b"intake drafts").derive(data_key.encode())
    return Fernet(urlsafe_b64encode(derived))
