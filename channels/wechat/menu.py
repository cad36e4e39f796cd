"""The menu at the foot of the account: 我要办事 by parts of life, 查进度, 联系人工."""

from collections.abc import Iterable

from knowledge.schema import Matter

MOST = 5  # buttons under one, the platform's limit


def menu(matters: Iterable[Matter]) -> dict:
    """The menu as the platform wants it."""
    lives = list(dict.fromkeys(matter.life for matter in matters))
    if len(lives) > MOST:
        raise ValueError(f"matters.yml 里的 life 有 {len(lives)} 种，微信菜单一栏最多 {MOST} 项，请合并：{'、'.join(lives)}")
    parts = [{"type": "click", "name": life, "key": life} for life in lives]
    return {"button": [
        {"name": "我要办事", "sub_button": parts},
        {"type": "click", "name": "查进度", "key": "progress"},
        {"type": "click", "name": "联系人工", "key": "human"},
    ]}
