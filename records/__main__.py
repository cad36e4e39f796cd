"""`python -m records NUMBER`: prints a 一次告知单 exactly as it was told, for the window or a dispute."""

import sys

from records.notices import replay
from records.store import Store
from settings import Settings


def main(number: str) -> int:
    """Prints the notice; 1 when there is none of that number."""
    settings = Settings()
    store = Store(settings.database, settings.data_key.get_secret_value())
    with store.begin() as db:
        notice = replay(db, number.strip().upper())
    if notice is None:
        print(f"没有编号为 {number} 的告知单。编号印在告知单最上面，形如 MQGZ20261121-0001。", file=sys.stderr)
        return 1
    print(notice.told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
