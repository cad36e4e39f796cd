"""`python -m index build | search | evaluate`."""

import argparse
import json
import logging
import sys

from index.build import build
from index.evaluate import evaluate
from index.lexicon import LexiconError
from index.search import Index, StaleIndex
from knowledge import catalogue
from knowledge.entries import entries
from knowledge.problem import CatalogueError
from settings import Settings


def main() -> int:
    """Run one command; returns the exit status."""
    settings = Settings()
    arguments = _arguments(settings.region)
    try:
        known = catalogue.load()
        found, folder = entries(known), settings.var / "index"
        if arguments.command == "build":
            build(found, known.elsewhere, folder, settings.embed_model, _say)
        elif arguments.command == "evaluate":
            report = evaluate(found, known.elsewhere, settings.embed_model, _say)
            print(*(report.missed if arguments.missed else ()), report, sep="\n")
        else:
            index = Index.load(folder, found, settings.embed_model)
            for line in sys.stdin:
                result = index.search(line.rstrip("\r\n"), arguments.k, arguments.region)
                print(json.dumps(result.line(), ensure_ascii=False), flush=True)
    except (CatalogueError, LexiconError, StaleIndex) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _arguments(region: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m index", description="搜索索引：生成、查询、评估")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    commands.add_parser("build", help="按 knowledge/ 生成索引")
    search = commands.add_parser("search", help="从标准输入一行读一个问题，一行写一个 JSON 答案")
    search.add_argument("--k", type=int, default=3, choices=range(1, 51), metavar="条数", help="最多给几条，默认 3")
    search.add_argument("--region", default=region, metavar="地区", help=f"没说地方的问题算哪里的，默认 {region}")
    commands.add_parser("evaluate", help="留出五分之一的说法，量一量认得准不准").add_argument("--missed", action="store_true", help="列出没认对的")
    return parser.parse_args()


def _say(progress: str) -> None:
    """Progress goes to standard error: standard output is for results."""
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    sys.exit(main())
