"""A made-up citizen: tells one situation in many ways, digresses, makes mistakes, changes their mind, and arrives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random

from consult.answer import overhear, read_field, read_question
from consult.form import Form, combine
from consult.notice import Notice, make_notice
from consult.situation import Answer, Situation, assess
from index.words import simple
from knowledge.catalogue import Catalogue
from knowledge.condition import UNSURE
from knowledge.schema import Guide, Question
from simulate import made_up
from simulate.hall import Person

MOST_TURNS = 200
# What people say in between, and what the turn's status must then be (None: anything goes).
ASIDES = (
    ("要多少钱", "answer"), ("几天能办好", "answer"), ("在哪办", "answer"), ("为什么问这个", None), ("再说一遍", None), ("谢谢", None),
    ("你好", None), ("转人工", "handoff"), ("办到哪一步了", "progress"), ("月亮是圆的", None),
)
SENTENCES = ("{}", "嗯，{}", "{}的", "俺这是{}", "{}吧", "应该是{}")
DIGRESSES, UNSURES, BACKS, STOPS, MISTAKES, CHANGES, CHECKS = 0.06, 0.06, 0.03, 0.02, 0.1, 0.2, 0.15


class Odd(Exception):
    """Something that must not happen; the message says what."""


@dataclass
class Citizen:
    """`answers` and `fields` are what this person means; what the bot made of it is checked against them."""

    person: Person
    guide: Guide
    catalogue: Catalogue
    draw: Random
    today: date
    check: Callable[["Citizen"], None]
    answers: dict[str, Answer] = field(default_factory=dict)
    fields: dict[str, object] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    verdicts: list[str] = field(default_factory=list)
    transcript: list[str] = field(default_factory=list)

    def arrive(self) -> None:
        """The whole way from the first sentence to the receipt; raises Odd."""
        self.say(self.draw.choice((self.guide.title, *self.guide.asks)))
        for _ in range(MOST_TURNS):
            if self.person.reply("receipt"):
                return
            self._go_on()
        raise Odd(f"{MOST_TURNS} 句还没有办完")

    def say(self, text: str) -> None:
        """One message; every answer is checked for what must hold of any."""
        self.said.append(text)
        last = self.person.say(text)
        self.transcript += [f"> {text}", f"[{last['status']}] {self.person.words}"]
        if last["status"] == "error":
            raise Odd("出错了")
        self.check(self)

    @property
    def situation(self) -> Situation:
        """The situation that this person is in."""
        return assess(self.guide, self.answers)

    @property
    def notice(self) -> Notice:
        """What this person must be told."""
        return make_notice(self.situation, self.catalogue, self.today)

    @property
    def form(self) -> Form:
        """The form as it must look by now."""
        return combine(self.situation, self.catalogue.fields, self.fields, self.notice.to_bring)

    def own_up(self, told: list[dict]) -> None:
        """Takes for meant what the bot heard without asking, if it was said; raises Odd if it was not."""
        for row in told:
            if row["id"] not in self.answers:
                question = next(question for question in self.guide.questions if question.id == row["id"])
                readings = [reading for text in self.said if (reading := overhear(question, simple(text)))]
                if not readings:
                    raise Odd(f"「{row['topic']}」没有问过，也没有说过，却记成了「{row['answer']}」")
                self.answers[question.id] = Answer(readings[0].value, readings[0].said)

    def _go_on(self) -> None:
        question = self.person.reply("question")
        if question is None:
            self._choose(self._offered())
        elif not question["data"]["error"] and self._happens(DIGRESSES):
            self._digress(question["data"])
        elif not question["data"]["error"] and self._happens(BACKS):
            self.say("上一步")
        elif "example" in question["data"]:
            self._fill(question["data"])
        else:
            self._tell(next(known for known in self.guide.questions if known.id == question["data"]["id"]))

    def _offered(self) -> list[str]:
        choices = self.person.reply("choices")
        if choices is None:
            raise Odd("没有问，也没有给选的，不知道往下怎么走")
        return [option["value"] for option in choices["data"]["options"]]

    def _choose(self, values: list[str]) -> None:
        """Forward, as a rule; now and then another look at the papers, or another answer."""
        wish = f"matter_{self.guide.number}"
        ways = {"change": CHANGES, "papers": CHECKS, "stop": STOPS}
        detour = next((way for way, chance in ways.items() if way in values and self._happens(chance)), None)
        if detour == "change":
            self.say(detour)
            self.say(self.draw.choice(self._offered()))
        else:
            self.say(wish if wish in values else "resume" if "resume" in values else detour or values[0])

    def _digress(self, asked: dict) -> None:
        """Something else in between; the question must come again."""
        text, status = self.draw.choice(ASIDES[:-1] if asked["type"] in ("text", "address", "list") else ASIDES)
        self.say(text)
        again = self.person.reply("question")
        if again is None or again["data"]["id"] != asked["id"]:
            raise Odd(f"插了一句「{text}」，没有回到原来那一题")
        if status and self.person.last["status"] != status:
            raise Odd(f"「{text}」应当是 {status}")

    def _tell(self, question: Question) -> None:
        for use in self.guide.fields:
            if use.from_question == question.id:
                self.fields.pop(use.field, None)
        if self._happens(UNSURES):
            self.answers[question.id] = Answer(UNSURE)
            self.say(self.draw.choice(("不清楚", "不知道", "说不准")))
            return
        option = self.draw.choice(question.options)
        if question.type == "number" and self._happens(0.5):
            words = self._figure(question, option.value)
        else:
            words = self._in_words(question, option)
        said = read_question(question, words).said if question.type == "number" else option.label
        self.answers[question.id] = Answer(option.value, said)
        self.say(words)

    def _in_words(self, question: Question, option) -> str:
        """An option by its number, name, or own words, bare or in a sentence; only words that cannot mean another one."""
        plain = [option.value, option.label, str(question.options.index(option) + 1), f"第{question.options.index(option) + 1}个"]
        sentences = [self.draw.choice(SENTENCES).format(words) for words in (option.label, *option.says)]
        clear = [text for text in sentences if (heard := overhear(question, text)) and heard.value == option.value]
        return self.draw.choice([*plain, *option.says, *clear])

    def _figure(self, question: Question, value: str) -> str:
        """A number within a band, with its unit."""
        place = next(n for n, option in enumerate(question.options) if option.value == value)
        low = question.options[place - 1].upto if place else 0
        high = question.options[place].upto or low * 2
        return f"{self.draw.randint(int(low) + 1, int(high))}{question.unit}"

    def _fill(self, data: dict) -> None:
        bad = made_up.wrong(data["type"], self.draw)
        if bad and not data["error"] and self._happens(MISTAKES):
            self.say(bad)
            again = self.person.reply("question")
            if again is None or again["data"]["id"] != data["id"] or not again["data"]["error"]:
                raise Odd(f"「{bad}」应当被指出来")
            return
        entry = next((entry for entry in self.form.entries if entry.field.id == data["id"]), None)
        if entry is None:
            raise Odd(f"表上没有「{data['ask']}」这一项")
        text = made_up.value(data, self.draw, self.today)
        self.fields[data["id"]] = read_field(entry.field, text, entry.options, self.today).value
        self.say(text)

    def _happens(self, chance: float) -> bool:
        return self.draw.random() < chance
