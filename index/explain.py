"""Why a line won: every part's say about the best candidates, and the words that they share with the question."""

from collections.abc import Iterable

import numpy as np

from index.evidence import PARTS, Evidence
from index.search import Index, Query
from index.words import FAMILIES, terms

_SHOWN = 6  # candidates
_WORDS = 8  # shared terms of each


def explain(index: Index, query: Query) -> str:
    """The best candidates, best first, each with its chance, what each part says of it, and what it shares with the text."""
    evidence = index.evidence(query)
    chances = index.judge.chances(evidence)
    seen = index.opinion(query)
    head = f"「{query.q}」听成「{query.said}」，地方：{'、'.join(sorted(query.places))}，问的方面：{query.aspect or '没说'}"
    verdict = (f"是我们的事的可能 {seen.ours:.3f}（低于 {index.limits.refuse_below:.3f} 就回绝），"
               f"像来办事的话 {float(evidence.whole[3]):.1f}（0 以上是），最像的一件的把握 {seen.sure:.3f}（到 {index.limits.answer_from:.2f} 才直接答），哪一样都不是的可能 {chances[-1]:.3f}")
    best = np.argsort(-chances[:-1])[:_SHOWN]
    if evidence.other is not None:
        verdict += f"\n更像不归我们的「{index.elsewhere[index.parts.targets[evidence.other].number].title}」"
    return "\n".join([head, verdict, *(line for place in best for line in _candidate(index, query, evidence, chances, int(place)))])


def _candidate(index: Index, query: Query, evidence: Evidence, chances: np.ndarray, place: int) -> Iterable[str]:
    number = int(evidence.candidates[place])
    yield f"{chances[place]:.3f} {index.entry(number).id}「{index.entry(number).title}」"
    yield "      " + "，".join(f"{part} {fact:.2f}" for part, fact in zip(PARTS, evidence.facts[place]))
    shared = index.parts.lexical.shared(terms(query.said), number)
    for family, name in zip(FAMILIES, PARTS):
        mine = [f"{term[1:]} {worth:.1f}" for term, worth in shared.items() if term[0] == family][:_WORDS]
        if mine:
            yield f"      共同的{name}：{'，'.join(mine)}"
