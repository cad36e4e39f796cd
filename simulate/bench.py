"""`make bench`: how fast a turn is, end to end, and beside the same bot on Rasa as it comes. Every answer is checked.

Both houses are started in turn on ports of their own and told the same words; an answer that differs from the first
one's ends the run, for a dialogue server that answers nothing would look twice as fast.
"""

import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from settings import Settings
from simulate.hall import Hall, Person, opened

TALKERS = 16
ROUNDS = {"本项目": 8, "原样的 Rasa": 1}  # consultations of one talker in a row
WISH = "我想在学校边上租个六十平的门面卖奶茶，要办啥"
QUESTION = "要多少钱"
LONG = 200  # turns of one talk


def main() -> int:
    """Prints both sides: one talker, sixteen at once, a long talk, memory and start."""
    models = Settings().var / "models"
    spoken, rates, costs = None, {}, {}
    for side, stock in (("本项目", None), ("原样的 Rasa", models / "stock.tar.gz")):
        with tempfile.TemporaryDirectory() as folder, opened(Path(folder), stock) as hall:
            _consultation(hall)  # warms up
            alone = [_consultation(hall) for _ in range(ROUNDS[side])]
            spoken = spoken or alone[0][1]
            _checked(spoken, alone)
            times = sorted(seconds * 1000 for each, _ in alone for seconds in each)
            print(f"{side}，一个人说，{len(times)} 句：p50 {statistics.median(times):.0f} 毫秒，p95 {_at(times, 0.95):.0f}，p99 {_at(times, 0.99):.0f}", flush=True)
            rates[side], costs[side] = _together(hall, spoken, max(ROUNDS[side] // 3, 1))
            print(f"{side}，{TALKERS} 个人同时说：每秒 {rates[side]:.0f} 句，其中对话服务每句占处理器 {costs[side]:.1f} 毫秒", flush=True)
            print(f"{side}，同一个人说到第 {LONG} 句：{_long(hall)}", flush=True)
            print(f"{side}，对话服务内存 {_megabytes(hall):.0f} MB，{hall.took[hall.dialogue.name]:.0f} 秒起好", flush=True)
    ours, stock = rates.values()
    own, stock_own = costs.values()
    print(f"{TALKERS} 个人同时说，连应用、收件和数据库都挤在这台机器上，每秒的句数是原样 Rasa 的 {ours / stock:.1f} 倍；只看对话服务，同样的处理器能说 {stock_own / own:.1f} 倍的句数")
    return 0


def _consultation(hall: Hall) -> tuple[list[float], list[str]]:
    """The seconds of every turn from a wish to the receipt, and what was answered each time."""
    times, spoken = [], []
    with closing(hall.person()) as person:
        for text in _said(person):
            started = time.perf_counter()
            person.say(text)
            times.append(time.perf_counter() - started)
            question = person.reply("question")
            spoken.append(f"{person.last['status']} {question['data']['id'] if question else ''}")
    return times, spoken


def _said(person: Person):
    """What this person says, one message after the other, with a question in between.

    No remark (「为什么问这个」) is among it: after one, Rasa as it comes, which keeps the whole history, answers nothing more.
    """
    yield WISH
    yield QUESTION
    while not person.reply("receipt"):
        yield person.next_word()


def _checked(spoken: list[str], talks: list[tuple[list[float], list[str]]]) -> None:
    for _, answers in talks:
        if answers != spoken:
            sys.exit(f"答得不一样：{answers}\n应当是：{spoken}")


def _together(hall: Hall, spoken: list[str], rounds: int) -> tuple[float, float]:
    """Messages a second with everybody talking at once, and the processor milliseconds that a message costs the dialogue server."""
    started, spent = time.perf_counter(), _processor_seconds(hall)
    with ThreadPoolExecutor(TALKERS) as pool:
        talks = list(pool.map(lambda _: _consultation(hall), range(TALKERS * rounds)))
    seconds, spent = time.perf_counter() - started, _processor_seconds(hall) - spent
    _checked(spoken, talks)
    messages = sum(len(times) for times, _ in talks)
    return messages / seconds, spent / messages * 1000


def _long(hall: Hall) -> str:
    """Whether a talk gets slower turn by turn."""
    times = []
    with closing(hall.person()) as person:
        person.say(WISH)
        for _ in range(LONG):
            started = time.perf_counter()
            person.say(QUESTION)
            times.append((time.perf_counter() - started) * 1000)
            if person.last["status"] != "answer":
                sys.exit(f"答得不对：{person.words}")
    return f"开头 {statistics.median(times[:10]):.0f} 毫秒，末尾 {statistics.median(times[-10:]):.0f} 毫秒"


def _at(times: list[float], share: float) -> float:
    return times[min(int(len(times) * share), len(times) - 1)]


def _processor_seconds(hall: Hall) -> float:
    """What the dialogue server has used of the processor so far."""
    fields = Path(f"/proc/{hall.dialogue.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # utime and stime, proc(5)


def _megabytes(hall: Hall) -> float:
    """Resident memory of the dialogue server."""
    status = Path(f"/proc/{hall.dialogue.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(main())
