"""The database: opened, brought up to date, and with the seal for what is personal."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock

from alembic import command
from alembic.config import Config
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

MIGRATIONS = Path(__file__).parent / "migrations"


class StorageUnavailable(Exception):
    """The database cannot be written just now (full disk, locked, gone); nothing was changed."""


class Store:
    """Sessions on one database, and the seal (Fernet: AES-128-CBC with HMAC) for personal data."""

    def __init__(self, url: str, key: str):
        self.engine = create_engine(url, connect_args={"timeout": 10} if url.startswith("sqlite") else {}, hide_parameters=True)
        # SQLite lets one write at a time and lets the others sleep and try again; waiting in a row is quicker and fair.
        self._turnstile = Lock() if url.startswith("sqlite") else nullcontext()
        if url.startswith("sqlite"):
            event.listen(self.engine, "connect", _sqlite_settings)
            event.listen(self.engine, "begin", _begin)
        self._reading = self.engine.execution_options(begin="BEGIN")
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()))
        self._names = hashlib.sha256(b"names\0" + key.encode()).digest()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction: all or nothing. Raises StorageUnavailable where the database cannot keep it."""
        try:
            with self._turnstile, Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except OperationalError as error:
            raise StorageUnavailable(str(error.orig)) from error

    @contextmanager
    def look(self) -> Iterator[Session]:
        """A transaction that only reads, and waits for nobody. Raises StorageUnavailable."""
        try:
            with Session(self._reading, expire_on_commit=False) as session:
                yield session
        except OperationalError as error:
            raise StorageUnavailable(str(error.orig)) from error

    def pseudonym(self, name: str) -> str:
        """The same other name for the same outside name, which nobody without the key can make or trace back."""
        return hmac.digest(self._names, name.encode(), "sha256").hex()

    def seal(self, data: dict) -> bytes:
        """Personal data as it may lie on a disk."""
        return self.seal_bytes(json.dumps(data, ensure_ascii=False).encode())

    def unseal(self, sealed: bytes) -> dict:
        """What `seal` closed."""
        return json.loads(self.unseal_bytes(sealed))

    def seal_bytes(self, content: bytes) -> bytes:
        """A personal file as it may lie on a disk."""
        return self._fernet.encrypt(content)

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """What `seal_bytes` closed."""
        return self._fernet.decrypt(sealed)


def migrate(url: str) -> None:
    """Brings the database at `url` to the newest shape; safe to call at every start."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


def _begin(connection) -> None:
    """SQLite's write lock is taken before anything is read, unless nothing is going to be written."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN IMMEDIATE"))


def _sqlite_settings(connection, record) -> None:
    """Readers do not wait for the writer; a turn takes the write lock before it reads, so two never mix."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
