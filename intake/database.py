"""The intake service's SQLite file: opened durably, brought to the newest tables, locked when written."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url

MIGRATIONS = Path(__file__).parent / "migrations"
PATIENCE = 30  # seconds to wait for another writer, in this process or in another


def open_database(url: str) -> Engine:
    """An engine on the SQLite file at `url`, created if missing and migrated to the newest tables."""
    Path(make_url(url).database).parent.mkdir(parents=True, exist_ok=True)
    # hide_parameters keeps values out of error messages, and so out of the logs
    engine = create_engine(url, connect_args={"timeout": PATIENCE}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    migrate(engine)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine, whose transactions take the write lock before they read.

    What such a transaction has read (is the reference new? which number is next?) therefore still
    holds when it writes.
    """
    return engine.execution_options(begin="BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    """Bring the tables up to date; two processes that start together do it one after the other."""
    with writing(engine).begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for running the migrations on an open connection."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _prepare(connection, _record) -> None:
    connection.isolation_level = None  # sqlite3 must not begin transactions on its own; _begin does
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a receipt once given survives a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
