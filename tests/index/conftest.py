"""A small real index: five matters, some facts, one rule in two regions, other business; trained and saved for real."""

import pytest

from index.build import build
from index.search import Index
from knowledge.entries import Entry, Source
from knowledge.schema import Elsewhere

ASKS = {
    (11, "我要开火锅店"): "想开个涮羊肉店 串串香店办证 火锅店消防怎么办 自助小火锅要啥证 俺想弄个涮锅店 毛肚火锅加盟 铜锅涮肉馆 牛油锅底的店 鱼火锅店 一人一锅那种店",
    (13, "离婚登记一件事"): "离婚登记怎么办 协议离婚流程 离婚冷静期 俺不跟他过了 过不下去了想分开 离婚协议书怎么写 想跟老公离了 绿本咋办 离婚带什么证件 两口子散伙",
    (22, "我要开奶茶店"): "想卖奶茶 饮品店办什么证 开个咖啡店 柠檬水店手续 蜜雪冰城加盟 卖珍珠奶绿果茶 鲜榨果汁店 茶饮店证件 俺想开个冷饮店 现制饮品许可",
    (46, "我要开网吧"): "开个网咖要啥证 让人上网打游戏的店 网吧文化许可证 电竞馆 摆五十台电脑按小时上网 上网服务营业场所 网吧加盟 通宵包夜上网 电脑房 上机收费",
    (49, "我要开KTV"): "想开歌厅 唱歌的地方要办啥证 娱乐经营许可证 弄个包厢唱歌 量贩歌城 卡拉OK 自助K歌房 歌舞厅 KTV消防 点歌机话筒都买了",
}
OTHERS = {
    "护照": "护照怎么办 办护照要什么材料 出国护照在哪办 护照丢了补办 护照换发 小孩护照 签证 港澳通行证 出入境预约 护照过期",
    "驾驶证": "驾照怎么换 驾驶证到期 考驾照 学车 科目一预约 驾照扣分 驾照丢了 增驾 驾驶证体检 摩托车驾照",
    "闲谈": "你是谁 讲个笑话 今天天气怎么样 你几岁了 唱首歌 早上好 在吗 陪我聊天 你是机器人吗 哈哈哈哈",
    "社保卡": "社保卡补办 社保卡丢了 社保卡激活 换社保卡 社保卡密码 社保卡挂失 电子社保卡 社保卡在哪领 三代社保卡 社保卡坏了",
    "低保": "低保怎么申请 吃低保条件 临时救助 困难补助 低保金 农村低保 贫困户 低收入认定 低保取消 家里穷救助",
}


def _source(title: str, region: str | None) -> tuple[Source, ...]:
    return (Source(title, None, region, "2026-11-21-1", None),)


def _fact(number: int, name: str, aspect: str | None, title: str, text: str, asks: tuple[str, ...] = ()) -> Entry:
    return Entry(f"m{number}/{name}", "fact", number, aspect, title, text, asks, "民权县", _source(title, "民权县"))


def _rule(region: str, days: str) -> Entry:
    title = f"{region}操作规程 第十四条 受理"
    text = f"受理。各联办部门收到办事要件后，应在{days}个工作日内作出受理或不予受理决定。"
    return Entry(f"rule_{region}/14", "rule", None, None, title, text, ("联办部门多久给受理的回话",), region, _source(title, region), shelf="规程")


@pytest.fixture(scope="session")
def entries() -> list[Entry]:
    found = []
    for (number, title), asks in ASKS.items():
        found.append(Entry(f"m{number}", "guide", number, None, title, f"{title}的指南。", tuple(asks.split()), "民权县", _source(title, "民权县")))
        found += [_fact(number, aspect, aspect, f"{title}：{aspect}", f"{title}的{aspect}。") for aspect in ("fee", "time", "materials")]
    found.append(_fact(22, "school", "conditions", "学校门口能开奶茶店吗？", "开在门面里可以。", ("学校旁边卖奶茶行吗", "挨着学校能卖喝的不")))
    found.append(_fact(46, "school", "conditions", "网吧离学校要多远？", "中学、小学周围200米内不能开。", ("学校200米内能开网吧吗", "离中学一百八十米给批不")))
    return [*found, _rule("民权县", "1"), _rule("平顶山市", "2")]


@pytest.fixture(scope="session")
def elsewhere() -> list[Elsewhere]:
    return [Elsewhere(title=title, where=f"{title}请到别处办。", asks=tuple(asks.split())) for title, asks in OTHERS.items()]


@pytest.fixture(scope="session")
def folder(entries, elsewhere, tmp_path_factory):
    place = tmp_path_factory.mktemp("var") / "index"
    build(entries, elsewhere, (), place, say=lambda _: None)
    return place


@pytest.fixture(scope="session")
def index(folder, entries, elsewhere) -> Index:
    return Index.load(folder, entries, elsewhere)
