"""The embedded model: a sentence-transformers model that learns from the project's own knowledge.

A text is the weighted sum of the vectors of its terms. Training pulls the phrasings of one target towards
that target's prototype and away from all others, with half of the terms hidden at each step, so that no single
word decides. It is built at set-up and needs nothing from outside.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path

import numpy as np
import torch
from scipy import sparse
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from torch import Tensor, nn
from torch.nn import functional as F

from index.vocabulary import Vocabulary
from index.words import known_terms, terms

DIMENSION = 160
EPOCHS = 6
BATCH = 128
RATE = 1.0
TEMPERATURE = 0.1
HIDDEN = 0.5
SEED = 20221015


class Terms(InputModule):
    """A bag of terms: one learned vector and one learned weight for each term heard in training."""

    config_keys = ["dimension"]

    def __init__(self, vocabulary: Vocabulary, dimension: int = DIMENSION):
        super().__init__()
        self.vocabulary, self.dimension = vocabulary, dimension
        self.vectors = nn.EmbeddingBag(len(vocabulary), dimension, mode="sum", sparse=True)
        self.weights = nn.Embedding(len(vocabulary), 1, sparse=True)
        nn.init.normal_(self.vectors.weight, std=0.01)
        nn.init.zeros_(self.weights.weight)

    def preprocess(self, inputs: Sequence[str], prompt: str | None = None, **_: object) -> dict[str, Tensor]:
        """Turn texts into the places of their terms and the point where each text begins; the unheard are left out."""
        return self.gather([self.known(terms((prompt or "") + text)) for text in inputs])

    def known(self, told: Sequence[str]) -> Tensor:
        """The places of those terms that were heard in training."""
        return torch.tensor(self.vocabulary.places(told), dtype=torch.long)

    @staticmethod
    def gather(bags: Sequence[Tensor]) -> dict[str, Tensor]:
        """Several bags in one, as EmbeddingBag wants them."""
        starts = torch.tensor([0] + [len(bag) for bag in bags[:-1]]).cumsum(0)
        return {"terms": torch.cat(list(bags)), "starts": starts}

    def forward(self, features: dict[str, Tensor], **_: object) -> dict[str, Tensor]:
        weights = self.weights(features["terms"]).squeeze(1).exp()
        if self.training:
            weights = weights * (torch.rand_like(weights) >= HIDDEN)
        summed = self.vectors(features["terms"], features["starts"], per_sample_weights=weights)
        return {**features, "sentence_embedding": F.normalize(summed, dim=1)}

    def vector(self, told: Sequence[str]) -> np.ndarray:
        """What forward() makes of one text, without the framework around it: a thousandth of a second matters."""
        vectors, weights = self._arrays
        places = self.vocabulary.places(told)
        summed = weights[places] @ vectors[places]
        return summed / max(float(np.linalg.norm(summed)), 1e-12)

    def rows(self, told: Sequence[Sequence[str]]) -> np.ndarray:
        """The same for many texts at once, a row each."""
        vectors, weights = self._arrays
        places = [self.vocabulary.places(some) for some in told]
        columns = np.fromiter(chain.from_iterable(places), np.int32)
        bags = sparse.csr_matrix((weights[columns], columns, np.cumsum([0, *map(len, places)])), shape=(len(told), len(vectors)))
        summed = bags @ vectors
        return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-12)

    @cached_property
    def _arrays(self) -> tuple[np.ndarray, np.ndarray]:
        return self.vectors.weight.detach().numpy(), self.weights.weight.detach().squeeze(1).exp().numpy()

    def get_embedding_dimension(self) -> int:
        return self.dimension

    def save(self, output_path: str, *args: object, safe_serialization: bool = True, **kwargs: object) -> None:
        self.save_config(output_path)
        self.save_torch_weights(output_path, safe_serialization=safe_serialization)
        self.vocabulary.save(Path(output_path) / "terms.txt")

    @classmethod
    def load(cls, model_name_or_path: str, **kwargs: object) -> "Terms":
        place = {key: kwargs[key] for key in ("subfolder", "token", "cache_folder", "revision", "local_files_only") if key in kwargs}
        vocabulary = Vocabulary.load(Path(model_name_or_path, place.get("subfolder") or "", "terms.txt"))
        module = cls(vocabulary, **cls.load_config(model_name_or_path, **place))
        return cls.load_torch_weights(model_name_or_path, model=module, **place)


def train(texts: Sequence[str], labels: Sequence[Hashable], say: Callable[[str], None] = print) -> SentenceTransformer:
    """Train the embedded model on texts and the target that each belongs to.

    The same texts in the same order always give the same model.
    """
    torch.manual_seed(SEED)
    counted = Counter(term for text in texts for term in known_terms(text))
    module = Terms(Vocabulary(sorted(counted)))
    # A weight starts from how rare its term is: its inverse document frequency.
    rarity = 1 + torch.log((1 + len(texts)) / (1 + torch.tensor([counted[term] for term in module.vocabulary.terms])))
    module.weights.weight.data[:, 0] = rarity.log()
    bags = [module.known(known_terms(text)) for text in texts]
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
    embedded = modules.is_file() and {module["type"] for module in json.loads(modules.read_text("utf-8"))} == {"index.embed.Terms"}
    return SentenceTransformer(str(model), device="cpu", trust_remote_code=embedded)


def encode(model: SentenceTransformer, texts: Sequence[str]) -> np.ndarray:
    """Unit vectors of texts of the knowledge, one row each, whatever the model. The terms of those are known already to the embedded one."""
    if isinstance(model[0], Terms):
        return model[0].rows([known_terms(text) for text in texts])
    return model.encode(list(texts), batch_size=256, normalize_embeddings=True, show_progress_bar=False).astype(np.float32)


def encode_one(model: SentenceTransformer, text: str, told: Sequence[str]) -> np.ndarray:
    """The unit vector of one text whose terms are known already: the embedded model needs no more than those."""
    if not isinstance(model[0], Terms):
        return encode(model, [text])[0]
    return model[0].vector(told)
