"""`python -m channels.wechat menu` makes the account's menu; `python -m channels.wechat check` says whether the settings work.

https://developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
"""

import argparse
import sys
from datetime import datetime

import requests
from wechatpy.exceptions import WeChatClientException

from channels.wechat.account import Account
from channels.wechat.menu import menu
from knowledge.catalogue import load
from records.store import Store, migrate
from settings import CHINA, Settings


def main() -> int:
    """Does what was asked; 1 with the reason when the platform refuses."""
    wanted = argparse.ArgumentParser(prog="python -m channels.wechat", description="公众号：建菜单，查设置")
    wanted.add_argument("what", choices=["menu", "check"], help="menu 建（或更新）自定义菜单；check 换一次 access_token，看 AppID、AppSecret 和 IP 白名单对不对")
    what, settings = wanted.parse_args().what, Settings()
    if not settings.wechat_app_id:
        print("还没有填 YICIBAN_WECHAT_APP_ID，见 README「接公众号」。", file=sys.stderr)
        return 1
    migrate(settings.database)
    store = Store(settings.database, settings.data_key.get_secret_value())
    account = Account(settings.wechat_app_id, settings.wechat_app_secret.get_secret_value(), settings.wechat_api, store, lambda: datetime.now(CHINA))
    try:
        if what == "menu":
            account.menu.create(menu(load().matters.values()))
            print("菜单建好了。手机上要过几分钟，或者重新关注，才看得到。")
        else:
            account.check()
            print("换到了 access_token：AppID、AppSecret 和 IP 白名单都对。")
    except WeChatClientException as error:
        print(f"微信不答应：{error.errcode} {error.errmsg}。{REMEDIES.get(error.errcode, '错误码的意思见微信公众平台文档「全局返回码」。')}", file=sys.stderr)
        return 1
    except requests.RequestException as error:
        print(f"连不上微信（{type(error).__name__}）。请看这台机器能不能访问 {settings.wechat_api}。", file=sys.stderr)
        return 1
    return 0


REMEDIES = {
    40001: "AppSecret 不对，请到公众平台「基本配置」核对，重置过的要改这里。", 40125: "AppSecret 不对，请到公众平台「基本配置」核对，重置过的要改这里。",
    40013: "AppID 不对。", 40164: "这台机器的公网 IP 不在「IP 白名单」里，请到「基本配置」加上。", 48001: "这个公众号没有这项权限，要认证的服务号才有。",
}

if __name__ == "__main__":
    sys.exit(main())
