"""`make bench`: how long a turn takes, over HTTP, against the running services. Every answer is checked."""

import statistics
import sys
import time
import uuid

import httpx

from settings import Settings

ROUNDS = 20
WISH = "我想在学校边上租个六十平的门面卖奶茶，要办啥"


def main() -> int:
    """Runs whole consultations and prints p50 and p95 of their turns, in milliseconds."""
    times: list[float] = []
    with httpx.Client(base_url=f"http://127.0.0.1:{Settings().port}", timeout=60, trust_env=False) as client:
        for _ in range(ROUNDS):
            times += _consultation(client)
    times.sort()
    print(f"{len(times)} 轮：p50 {statistics.median(times):.0f} 毫秒，p95 {times[int(len(times) * 0.95)]:.0f} 毫秒")
    return 0


def _consultation(client: httpx.Client) -> list[float]:
    """The times of the turns from a wish to its notice, always taking the first option."""
    session, said, times = f"bench-{uuid.uuid4()}", WISH, []
    while True:
        started = time.perf_counter()
        answer = client.post("/api/chat", json={"session": session, "text": said}).json()
        times.append((time.perf_counter() - started) * 1000)
        if answer["status"] == "notice":
            return times
        if answer["status"] != "question" or len(times) > 30:
            sys.exit(f"问到一半停了：{answer}")
        question = next(reply for reply in answer["replies"] if reply["kind"] == "question")
        said = question["data"]["options"][0]["value"]


if __name__ == "__main__":
    sys.exit(main())
