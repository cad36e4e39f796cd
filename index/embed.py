"""The embedded model: a sentence-transformers model that learns from the project's own knowledge.

A text is the weighted sum of the vectors of its n-grams. Training pulls the phrasings of one matter
towards that matter's prototype and away from all others, with half of the n-grams hidden at each step,
so that no single word decides. It is built at set-up and needs nothing from outside.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from torch import Tensor, nn
from torch.nn import functional as F

from index.words import grams, known_grams

DIMENSION = 96
EPOCHS = 8
BATCH = 64
RATE = 0.3
TEMPERATURE = 0.12
HIDDEN = 0.5
SEED = 20221015


class Ngrams(InputModule):
    """A bag of n-grams: one learned vector and one learned weight for each n-gram heard in training."""

    config_keys = ["size", "dimension"]

    def __init__(self, size: int, dimension: int = DIMENSION):
        super().__init__()
        self.size, self.dimension = size, dimension
        self.register_buffer("heard", torch.zeros(size, dtype=torch.long))
        self.vectors = nn.EmbeddingBag(size, dimension, mode="sum", sparse=True)
        self.weights = nn.Embedding(size, 1, sparse=True)
        nn.init.normal_(self.vectors.weight, std=0.01)
        nn.init.zeros_(self.weights.weight)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: object) -> dict[str, Tensor]:
        """Turn texts into n-gram places and the point where each text begins; the unheard are left out."""
        return self.gather([self.known(torch.tensor(grams((prompt or "") + text), dtype=torch.long)) for text in inputs])

    def known(self, bag: Tensor) -> Tensor:
        """The places of those n-grams of a bag that were heard in training."""
        places = torch.searchsorted(self.heard, bag).clamp(max=self.size - 1)
        return places[self.heard[places] == bag]

    @staticmethod
    def gather(bags: Sequence[Tensor]) -> dict[str, Tensor]:
        """Several bags in one, as EmbeddingBag wants them."""
        starts = torch.tensor([0] + [len(bag) for bag in bags[:-1]]).cumsum(0)
        return {"grams": torch.cat(list(bags)), "starts": starts}

    def forward(self, features: dict[str, Tensor], **_: object) -> dict[str, Tensor]:
        weights = self.weights(features["grams"]).squeeze(1).exp()
        if self.training:
            weights = weights * (torch.rand_like(weights) >= HIDDEN)
        summed = self.vectors(features["grams"], features["starts"], per_sample_weights=weights)
        return {**features, "sentence_embedding": F.normalize(summed, dim=1)}

    def get_embedding_dimension(self) -> int:
        return self.dimension

    def save(self, output_path: str, *args: object, safe_serialization: bool = True, **kwargs: object) -> None:
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)

    @classmethod
    def load(cls, model_name_or_path: str, **kwargs: object) -> "Ngrams":
        place = {key: kwargs[key] for key in ("subfolder", "token", "cache_folder", "revision", "local_files_only") if key in kwargs}
        module = cls(**cls.load_config(model_name_or_path, **place))
        return cls.load_torch_weights(model_name_or_path, model=module, **place)


def train(texts: Sequence[str], labels: Sequence[Hashable], say: Callable[[str], None] = print) -> SentenceTransformer:
    """Train the embedded model on texts and the matter (or other business) that each belongs to.

    The same texts in the same order always give the same model.
    """
    torch.manual_seed(SEED)
    counted = Counter(gram for text in texts for gram in known_grams(text))
    module = Ngrams(len(counted))
    module.heard.copy_(torch.tensor(sorted(counted)))
    # A weight starts from how rare its n-gram is: its inverse document frequency.
    rarity = 1 + torch.log((1 + len(texts)) / (1 + torch.tensor([counted[gram] for gram in sorted(counted)])))
    module.weights.weight.data[:, 0] = rarity.log()
    bags = [module.known(torch.tensor(known_grams(text), dtype=torch.long)) for text in texts]
    classes = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    targets = torch.tensor([classes[label] for label in labels])
    prototypes = nn.Parameter(F.normalize(torch.randn(len(classes), module.dimension), dim=1))
    optimiser = torch.optim.SGD([*module.parameters(), prototypes], lr=RATE)
    module.train()
    for epoch in range(EPOCHS):
        for chosen in torch.randperm(len(bags)).split(BATCH):
            vectors = module(module.gather([bags[number] for number in chosen]))["sentence_embedding"]
            loss = F.cross_entropy(vectors @ F.normalize(prototypes, dim=1).T / TEMPERATURE, targets[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        say(f"训练向量模型：第 {epoch + 1}/{EPOCHS} 轮")
    return SentenceTransformer(modules=[module.eval()], device="cpu")


def load(model: str | Path) -> SentenceTransformer:
    """Load any sentence-transformers model by path or hub name, the embedded one included.

    Models may bring code of their own; only the embedded one, whose code is this file, is allowed to.
    """
    modules = Path(model) / "modules.json"
    embedded = modules.is_file() and {module["type"] for module in json.loads(modules.read_text("utf-8"))} == {"index.embed.Ngrams"}
    return SentenceTransformer(str(model), device="cpu", trust_remote_code=embedded)
