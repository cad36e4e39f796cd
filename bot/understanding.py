"""What people do with a sentence (want, answer, ask why, step back, complain …): a linear classifier over words and runs of characters.

The same thing as Rasa's JiebaTokenizer, CountVectorsFeaturizer and LogisticRegressionClassifier in a row, in one piece
that keeps the weights of each in a table, so that a sentence costs a few look-ups. Linear, so what nobody has trained
on carries no weight and stays uncertain. It only says what a person does; what about is the search index's business.
"""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Text

import jieba
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

_SHOWN = 5  # intents in the ranking


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Understanding(GraphComponent, IntentClassifier):
    """An intent classifier for the pipeline in config.yml."""

    def __init__(self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._rows: Dict[str, int] = {}
        self._weights, self._bias, self._intents = np.zeros((0, 0)), np.zeros(0), []

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """`longest`: characters in a run; `heard`: sentences that a sign must stand in to count; `regularisation`: scikit-learn's C."""
        return {"longest": 4, "heard": 3, "regularisation": 4.0}

    @classmethod
    def create(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext) -> Understanding:
        """A classifier that knows nothing yet."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the sentences in bot/nlu; the same sentences give the same classifier."""
        said = [(example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples if example.get(TEXT)]
        counter = CountVectorizer(analyzer=self._signs, min_df=self._config["heard"])
        counts = counter.fit_transform([text for text, _ in said])
        machine = LogisticRegression(C=self._config["regularisation"], class_weight="balanced", max_iter=300, random_state=7)
        machine.fit(counts, [intent for _, intent in said])
        self._rows, self._weights = {sign: int(row) for sign, row in counter.vocabulary_.items()}, machine.coef_.T
        self._bias, self._intents = machine.intercept_, [str(intent) for intent in machine.classes_]
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias)
            (folder / "words.json").write_text(json.dumps({"rows": self._rows, "intents": self._intents}, ensure_ascii=False), "utf-8")
        return self._resource

    @classmethod
    def load(cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any) -> Understanding:
        """The classifier as it was trained."""
        found = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / "words.json").read_text("utf-8"))
            with np.load(folder / "weights.npz") as stored:
                found._weights, found._bias = stored["weights"], stored["bias"]
        found._rows, found._intents = words["rows"], words["intents"]
        return found

    def _signs(self, text: str) -> List[str]:
        """The words of a text, and its runs of up to so many characters; where it begins and ends counts too."""
        said = re.sub(r"\s+", " ", text.lower())
        whole = f"^{said}$"
        runs = (whole[begin : begin + length] for length in range(1, self._config["longest"] + 1) for begin in range(len(whole) - length + 1))
        return [*(f"{word}/" for word in jieba.cut(said)), *runs]

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the likeliest intent and the ranking."""
        for message in messages:
            rows = [row for sign in self._signs(message.get(TEXT) or "") if (row := self._rows.get(sign)) is not None]
            scores = self._weights[rows].sum(axis=0) + self._bias
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            ranking = [{"name": self._intents[place], "confidence": float(chances[place])} for place in np.argsort(-chances)[:_SHOWN]]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
