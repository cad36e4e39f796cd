"""How well the dialogue server understands sentences it was not trained on; runs in its own environment.

`.venv-rasa/bin/python -m bot.evaluate MODEL SENTENCES.yml` prints a report, and as its last line
`合计 RIGHT/TOTAL = SHARE`.
"""

import asyncio
import logging
import sys
from collections import Counter
from pathlib import Path

from rasa.core.agent import Agent
from rasa.utils.log_utils import configure_structlog
from ruamel.yaml import YAML


def main(model: str, sentences: str) -> None:
    """Prints the confusion matrix, a row for each intent that leaves out the zeros, and the share understood."""
    configure_structlog(logging.WARNING)
    agent = Agent.load(model)
    right: Counter = Counter()
    wrong: Counter = Counter()
    total: Counter = Counter()
    for intent, said in YAML(typ="safe", pure=True).load(Path(sentences)).items():
        for sentence in said:
            heard = asyncio.run(_heard(agent, sentence))
            total[intent] += 1
            right[intent] += heard == intent
            wrong[intent, heard] += heard != intent
    for intent, count in total.items():
        misheard = "，".join(f"{heard} {often}" for (meant, heard), often in (+wrong).most_common() if meant == intent)
        print(f"{intent:<12} {right[intent]}/{count}{f'  听成 {misheard}' if misheard else ''}")
    share = sum(right.values()) / sum(total.values())
    print(f"合计 {sum(right.values())}/{sum(total.values())} = {share:.1%}")


async def _heard(agent: Agent, sentence: str) -> str:
    """The intent the dialogue server hears; what it is unsure of counts as content."""
    heard = (await agent.parse_message(sentence))["intent"]["name"]
    return "tell" if heard == "nlu_fallback" else heard


if __name__ == "__main__":
    main(*sys.argv[1:])
