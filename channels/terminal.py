"""`make talk`: a chat in the terminal with the running application, over the same contract as every client."""

import sys
import uuid

import httpx

from settings import Settings


def main() -> int:
    """Reads a line, prints the replies, until the end of input."""
    address = f"http://127.0.0.1:{Settings().port}"
    session = f"terminal-{uuid.uuid4()}"
    print("想办什么事，用自己的话说。Ctrl-D 结束。")
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
        while True:
            try:
                said = input("您：")
            except (EOFError, KeyboardInterrupt):
                print()
                return 0
            try:
                answer = client.post("/api/chat", json={"session": session, "text": said}).json()
            except httpx.HTTPError:
                print(f"连不上 {address}。请先在另一个终端执行 make run。", file=sys.stderr)
                return 1
            for reply in answer["replies"]:
                print(f"\n{reply['text']}\n")


if __name__ == "__main__":
    sys.exit(main())
