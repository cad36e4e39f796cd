"""`python -m index build | search | evaluate | bench`."""

import argparse
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from index import store
from index.build import build
from index.evaluate import SORTS, compare, evaluate, share
from index.explain import explain
from index.lexicon import LexiconError
from index.search import Index, StaleIndex
from knowledge import catalogue
from knowledge.entries import entries
from knowledge.problem import CatalogueError
from knowledge.schema import Trial
from settings import ROOT, Settings

CITY = 100_000
EXAM = ROOT / "tests" / "index" / "exam"


def main() -> int:
    """Run one command; returns the exit status."""
    settings = Settings()
    arguments = _arguments(settings.region)
    try:
        known = catalogue.load()
        folder = settings.var / "index"
        if arguments.command == "build":
            build(entries(known), known.elsewhere, known.trials, folder, settings.embed_model, _say)
            return 0
        index = Index.load(folder, entries(known), known.elsewhere, settings.embed_model)
        if arguments.command == "search":
            _search(index, arguments)
        elif arguments.command == "evaluate":
            _evaluate(index, folder, arguments)
        else:
            _bench(index, known.trials, arguments)
    except (CatalogueError, LexiconError, StaleIndex) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _search(index: Index, arguments: argparse.Namespace) -> None:
    """One question a line from standard input, one JSON a line to standard output; with --explain, the reasons to read."""
    for line in sys.stdin:
        q = line.rstrip("\r\n")
        if arguments.explain:
            print(explain(index, index.understand(q, arguments.region)), end="\n\n", flush=True)
        else:
            print(json.dumps(index.search(q, arguments.k, arguments.region).line(), ensure_ascii=False), flush=True)


def _evaluate(index: Index, folder: Path, arguments: argparse.Namespace) -> None:
    from index.picture import draw  # these two need the libraries of the extra 「measure」
    from index.rivals import WAYS

    exam = catalogue.trials(EXAM)
    report = evaluate(index, exam)
    print(*(report.missed if arguments.missed else ()), report, sep="\n")
    about = store.read(folder)
    print(f"\n有多少把握才答（试问上；现在是 {index.limits.answer_from:.2f}）：")
    print("；".join(f"{limit:.2f} 答对 {right:.1%} 误答 {false:.1%}" for limit, right, false in about.curve[::5]))
    compared = compare(index, exam, {way: make(index) for way, make in WAYS.items()})
    print("\n同一张考卷，换别的办法排（排第一 / 在前三）：")
    for way, found in compared.items():
        print(f"{way}：" + "；".join(f"{SORTS[sort]} {share(first, of)} / {three / of:.1%}" for sort, (first, three, of) in found.items()))
    draw(compared, about.curve, index.limits.answer_from, arguments.picture)
    print(f"\n画在 {arguments.picture}")


def _bench(index: Index, trials: Sequence[Trial], arguments: argparse.Namespace) -> None:
    from index import bench, picture  # these need the libraries of the extra 「measure」

    said = [trial.q for trial in catalogue.trials(EXAM)]
    bench.speed(index, said, _tell)
    if arguments.city:
        bench.city(index, trials, said, _tell, CITY)
    if arguments.million:
        picture.draw_growth(bench.million(index, _tell), arguments.million)
        _tell(f"画在 {arguments.million}")


def _arguments(region: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m index", description="搜索索引：生成、查询、评估")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    commands.add_parser("build", help="按 knowledge/ 生成索引；只改了几处时，学过的沿用，只算新的")
    search = commands.add_parser("search", help="从标准输入一行读一个问题，一行写一个 JSON 答案")
    search.add_argument("--k", type=int, default=3, choices=range(1, 51), metavar="条数", help="最多给几条，默认 3")
    search.add_argument("--region", default=region, metavar="地区", help=f"没说地方的问题算哪里的，默认 {region}")
    search.add_argument("--explain", action="store_true", help="不写 JSON，写明为什么：每一部分怎么说，共同的词是哪些")
    measure = commands.add_parser("evaluate", help="拿考卷量一量认得准不准，和别的办法比一比，画成图")
    measure.add_argument("--missed", action="store_true", help="列出没答对的")
    measure.add_argument("--picture", type=Path, default=Settings().var / "search.png", metavar="文件", help="图画到哪里")
    quick = commands.add_parser("bench", help="量一量快慢，和别的办法比一比")
    quick.add_argument("--city", action="store_true", help=f"再造出 {CITY:,} 条知识点，量一遍（约五分钟）")
    quick.add_argument("--million", type=Path, metavar="文件", help="再量向量增长到一百万时各种 FAISS 索引的快慢（约五分钟），图画到这个文件")
    return parser.parse_args()


def _tell(line: str) -> None:
    print(line, flush=True)


def _say(progress: str) -> None:
    """Progress goes to standard error: standard output is for results."""
    print(progress, file=sys.stderr, flush=True)


if __name__ == "__main__":
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    sys.exit(main())
