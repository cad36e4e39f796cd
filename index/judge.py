"""Weighs the evidence: how likely each candidate is what was meant, and how likely none of them is.

One score for each candidate from a network of one small hidden layer, one score for 「none of these」 from the text
as a whole, and a softmax over both: the chances add up to one, so that they can be compared, added and calibrated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from index.evidence import Evidence

_HIDDEN = 24
_ROUNDS = 30
_BATCH = 256
_RATE, _DECAY = 1e-2, 5e-3
_SEED = 7


@dataclass(frozen=True)
class Case:
    """Evidence with the truth: `right[i]` for every candidate that would be a good answer, the last one for none of them."""

    evidence: Evidence
    right: np.ndarray
    weight: float


@dataclass(frozen=True)
class Judge:
    """The weights, by name."""

    weights: dict[str, np.ndarray]

    def chances(self, evidence: Evidence) -> np.ndarray:
        """The chance of each candidate, and last that of none. They add up to one."""
        w = self.weights
        hidden = np.tanh((evidence.facts - w["mean"]) / w["spread"] @ w["layer.weight"].T + w["layer.bias"])
        scores = hidden @ w["score.weight"][0] + w["score.bias"]
        whole = np.tanh((evidence.whole - w["whole_mean"]) / w["whole_spread"] @ w["none.0.weight"].T + w["none.0.bias"])
        none = whole @ w["none.2.weight"][0] + w["none.2.bias"]
        scores = np.append(scores, none)
        found = np.exp(scores - scores.max())
        return found / found.sum()

    def save(self, path: Path) -> None:
        np.savez(path, **self.weights)

    @classmethod
    def load(cls, path: Path) -> "Judge":
        with np.load(path) as stored:
            return cls(dict(stored))


class _Network(nn.Module):
    def __init__(self, facts: int, whole: int):
        super().__init__()
        self.layer, self.score = nn.Linear(facts, _HIDDEN), nn.Linear(_HIDDEN, 1)
        self.none = nn.Sequential(nn.Linear(whole, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, facts: torch.Tensor, whole: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        scores = self.score(torch.tanh(self.layer(facts)))[..., 0].masked_fill(~there, -1e4)
        return torch.cat([scores, self.none(whole)], dim=1)


def fit(cases: Sequence[Case]) -> Judge:
    """Learn to judge; the same cases in the same order always give the same judge. Cases without a right answer teach nothing."""
    torch.manual_seed(_SEED)
    cases = [case for case in cases if case.right.any()]
    facts, whole, there, right, weight = _padded(cases)
    flat = facts[there]
    scale = {"mean": flat.mean(0), "spread": flat.std(0) + 1e-6, "whole_mean": whole.mean(0), "whole_spread": whole.std(0) + 1e-6}
    facts, whole = (facts - scale["mean"]) / scale["spread"], (whole - scale["whole_mean"]) / scale["whole_spread"]
    network = _Network(facts.shape[2], whole.shape[1])
    optimiser = torch.optim.Adam(network.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, _ROUNDS)
    for _ in range(_ROUNDS):
        for chosen in torch.randperm(len(cases)).split(_BATCH):
            scores = network(facts[chosen], whole[chosen], there[chosen])
            missed = torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~right[chosen], -1e4), 1)
            optimiser.zero_grad()
            (missed * weight[chosen]).mean().backward()
            optimiser.step()
        schedule.step()
    return Judge({**{name: value.numpy() for name, value in network.state_dict().items()}, **{name: value.numpy() for name, value in scale.items()}})


def _padded(cases: Sequence[Case]) -> tuple[torch.Tensor, ...]:
    """The cases as tensors, short ones filled up."""
    most, wide = max(len(case.evidence.candidates) for case in cases), cases[0].evidence.facts.shape[1]
    facts = torch.zeros(len(cases), most, wide)
    there, right = torch.zeros(len(cases), most, dtype=torch.bool), torch.zeros(len(cases), most + 1, dtype=torch.bool)
    for number, case in enumerate(cases):
        count = len(case.evidence.candidates)
        facts[number, :count] = torch.from_numpy(case.evidence.facts)
        there[number, :count] = True
        right[number, :count], right[number, -1] = torch.from_numpy(case.right[:-1]), bool(case.right[-1])
    whole = torch.from_numpy(np.stack([case.evidence.whole for case in cases]))
    return facts, whole, there, right, torch.tensor([case.weight for case in cases], dtype=torch.float32)
