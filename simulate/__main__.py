"""`make simulate` (模拟办件): every guide from the first sentence to the receipt, a thousand times, by people who never were.

The same seed gives the same people. Whatever goes wrong is printed with the whole conversation.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from consult.choose import Unreadable
from intake import register
from intake.cipher import make_cipher
from intake.database import open_database
from knowledge.catalogue import Catalogue, load
from simulate.check import checker
from simulate.citizen import Citizen, Odd
from simulate.hall import Hall, opened


@dataclass(frozen=True)
class Ended:
    """How one consultation ended: after how many turns, with which conclusions, and what went wrong, if anything."""

    guide: str
    turns: int
    verdicts: tuple[str, ...]
    fault: str | None
    transcript: tuple[str, ...]


def run(hall: Hall, catalogue: Catalogue, count: int, seed: int, talkers: int = 4) -> Iterator[Ended]:
    """So many consultations, guide by guide, several at a time."""
    guides = list(catalogue.guides.values())
    engine, cipher = open_database(hall.settings.intake_database), make_cipher(hall.settings.data_key.get_secret_value())
    check = checker(lambda number: register.draft(engine, cipher, number))

    def one(number: int) -> Ended:
        person = hall.person(f"simulated-{seed}-{number}")
        citizen = Citizen(person, guides[number % len(guides)], catalogue, Random(f"{seed}-{number}"), catalogue.day, check)
        fault = None
        try:
            citizen.arrive()
        except (Odd, Unreadable) as error:
            fault = str(error)
        finally:
            person.close()
        return Ended(citizen.guide.title, len(citizen.said), tuple(citizen.verdicts), fault, tuple(citizen.transcript))

    with ThreadPoolExecutor(talkers) as pool:
        yield from pool.map(one, range(count))
    engine.dispose()


def main() -> int:
    """Prints every fault with its conversation, and a summary; 1 if there was a fault."""
    wanted = argparse.ArgumentParser(prog="make simulate", description="模拟办件：编出来的办事人，从第一句话一直办到收件编号")
    wanted.add_argument("--count", type=int, default=1000, help="办多少件")
    wanted.add_argument("--seed", type=int, default=1, help="种子，同一个种子是同一批人")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the services are stopped too
    chosen, started = wanted.parse_args(), time.monotonic()
    turns, verdicts, faults = 0, Counter(), 0
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as hall:
        for number, ended in enumerate(run(hall, load().on(datetime.now(register.CHINA).date()), chosen.count, chosen.seed), 1):
            turns, faults = turns + ended.turns, faults + bool(ended.fault)
            verdicts.update(ended.verdicts)
            if ended.fault:
                print(f"—— 第 {number} 件「{ended.guide}」：{ended.fault}\n" + "\n".join(ended.transcript) + "\n", flush=True)
            elif number % 100 == 0:
                print(f"办了 {number} 件，{faults} 件有毛病", flush=True)
    told = "，".join(f"{words} {verdicts[verdict]} 份" for verdict, words in (("ok", "可以办"), ("unsure", "有待确认"), ("unmet", "有不符合"), ("done", "不用再办")))
    print(f"{chosen.count} 件，{turns} 句话，{faults} 件有毛病；告知单 {verdicts.total()} 份（{told}），每份和每张草稿都和规则引擎算的对过。种子 {chosen.seed}，{time.monotonic() - started:.0f} 秒。")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
