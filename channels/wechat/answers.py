"""Makes the answer to a message: most are said to the conversation, a few are ours to answer."""

import logging
import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from actions.memory import Kit, Turn, glimpse, turn
from channels.links import Links
from channels.message import Conversations, plain
from channels.wechat import wording
from channels.wechat.account import Account, Undelivered
from channels.wechat.meaning import wish
from consult.notice import BLANK
from records import attachments, followers
from records.talks import talk_key

log = logging.getLogger(__name__)

CHANNEL = "wechat"
PATIENCE = 60.0  # seconds that a message waits for a dialogue server that is away or slow
SHOWS = re.compile(r"^这张(图|图片|照片)?是[:： ]*(.+)$")
LARGEST = 10 * 1024 * 1024  # bytes in a picture; the platform takes no larger ones
WELCOME = "您好，我是{region}的「一次办」助手。您想办什么事，照平常说话的样子讲给我就行，比如「想盘个门面卖奶茶」。我问清几处情况，再把要办哪些、带什么、到哪儿去，一次讲全。"
NO_PICTURE = "图片没有取下来，麻烦再发一次。"
NOT_YET = "图片收到了，还不知道是办哪件事用的，就没有存。先说您想办什么事，一次告知以后再发材料的照片。"
TOO_MANY = "这件事的图片已经有 40 张了，存不下了。原件带到窗口就行。"
KEPT = "存好了。照片不能代替原件，原件照样要带。"
PARTS_OF_LIFE = "您要办哪一件？点一下，或者用自己的话说："


class Answers:
    """The answers of one account."""

    def __init__(self, kit: Kit, conversations: Conversations, account: Account, links: Links):
        self._kit, self._conversations, self._account, self._links = kit, conversations, account, links

    def session(self, openid: str) -> str:
        """The name under which somebody talks here: whoever knows the openid alone can talk for nobody."""
        return self._kit.store.pseudonym(openid)

    def person(self, openid: str) -> str:
        """The key of their talk."""
        return talk_key(CHANNEL, self.session(openid))

    async def make(self, content: dict) -> list[dict]:
        """The parts of the answer to what came in (channels/wechat/meaning.py)."""
        openid = content["openid"]
        match content["kind"]:
            case "said":
                shown = SHOWS.match(content["text"].strip())
                named = shown and await run_in_threadpool(self._named, openid, shown[2])
                return named or await self._said(openid, content["text"], content.get("before"))
            case "welcome":
                return await self._welcome(openid, content)
            case "left":
                return await run_in_threadpool(self._left, openid)
            case "picture":
                return await run_in_threadpool(self._picture, openid, content["media"])
            case "place":
                return wording.texts(self._hall())
            case "life":
                return wording.texts(self._matters(content["life"]))
            case _:
                return wording.texts(content["text"])

    async def _said(self, openid: str, text: str, before: str | None, greeting: str = "") -> list[dict]:
        await run_in_threadpool(self._follows, openid)
        response = await self._conversations.persist(self.session(openid), text, CHANNEL, PATIENCE, before)
        first = plain(greeting, "greeting")["replies"] if greeting else []
        return wording.parts({**response, "replies": [*first, *response["replies"]]}, self._links)

    async def _welcome(self, openid: str, content: dict) -> list[dict]:
        greeting = WELCOME.format(region=self._kit.region)
        if content.get("scene"):
            return await self._said(openid, wish(content["scene"]), content.get("before"), greeting)
        await run_in_threadpool(self._follows, openid)
        return wording.texts(greeting)

    def _follows(self, openid: str) -> None:
        with self._kit.store.begin() as db:
            followers.keep(self._kit.store, db, self.person(openid), openid, self._kit.now())

    def _left(self, openid: str) -> list[dict]:
        with self._kit.store.begin() as db, glimpse(self._kit, self.person(openid), CHANNEL, "") as current:
            followers.left(self._kit.store, db, current.talk)
        return []

    def _hall(self) -> str:
        region = self._kit.catalogue.regions[self._kit.region]
        lines = [f"能办的大厅：{region.hall}", f"地址：{region.address or BLANK}", f"上班时间：{region.hours or BLANK}", f"电话：{region.phone or BLANK}"]
        return "\n".join([*lines, f"问路、问事也可以打 {region.hotline}。"])

    def _matters(self, life: str) -> str:
        known = self._kit.catalogue
        rows = [(known.guides[matter.number].title, known.guides[matter.number].title) for matter in known.matters.values()
                if matter.life == life and matter.number in known.guides]
        return f"{life}\n{PARTS_OF_LIFE}\n{wording.rows(rows)}" if rows else "您想办什么事？用自己的话说就行。"

    def _picture(self, openid: str, media: str) -> list[dict]:
        with glimpse(self._kit, self.person(openid), CHANNEL, "") as current:
            if not _takes_pictures(current):
                return wording.texts(NOT_YET)
        try:
            media_type, picture = self._account.picture(media)
        except Undelivered as error:
            log.error("图片没有取下来：%s", error)
            return wording.texts(NO_PICTURE)
        if not media_type.startswith("image/") or len(picture) > LARGEST:
            return wording.texts(NO_PICTURE)
        return self._with_papers(openid, lambda current, papers: self._keep(current, papers, media_type, picture))

    def _named(self, openid: str, said: str) -> list[dict] | None:
        """「这张是身份证」: the picture gets its name; None where no picture waits for one."""
        def name(current: Turn, papers: dict[str, str]) -> str | None:
            material = next((material for label, material in papers.items() if said.strip("。 ") in label), None)
            if material and attachments.name_next(current.db, current.consultation.code, material):
                return KEPT
            return None
        return self._with_papers(openid, name)

    def _with_papers(self, openid: str, act: Callable[[Turn, dict[str, str]], str | None]) -> list[dict] | None:
        """What `act` says, given the papers to bring by their names; None if it says nothing, or no papers are wanted."""
        with turn(self._kit, self.person(openid), CHANNEL) as current:
            said = act(current, {paper.label: paper.value for paper in current.standing.to_bring}) if _takes_pictures(current) else None
        return wording.texts(said) if said else None

    def _keep(self, current: Turn, papers: dict[str, str], media_type: str, picture: bytes) -> str:
        only = next(iter(papers.values())) if len(papers) == 1 else None
        try:
            attachments.keep(self._kit.store, current.db, current.consultation.code, only, media_type, picture, self._kit.now())
        except attachments.TooMany:
            return TOO_MANY
        if only:
            return KEPT
        return "图片收到了。这张是哪份材料？点一下：\n" + wording.rows((label, f"这张是{label}") for label in papers)


def _takes_pictures(current: Turn) -> bool:
    """Whether it is known which papers the consultation needs, and it is not handed in yet."""
    return current.consultation is not None and current.consultation.stage in ("told", "filling", "formed", "checking") and bool(current.standing.to_bring)
