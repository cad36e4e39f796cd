"""What a menu of an official account may look like.

自定义菜单创建接口, developers.weixin.qq.com/doc/offiaccount/Custom_Menus/Creating_Custom-Defined_Menu.html
"""

from simulate.wechat_refusal import Refused

NEEDS = {
    "click": ("key",), "view": ("url",), "miniprogram": ("url", "appid", "pagepath"),
    **dict.fromkeys(("scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"), ("key",)),
}
MOST, MOST_SUB = 3, 5  # buttons
NAME, SUB_NAME, KEY, URL = 16, 60, 128, 1024  # bytes


def check(menu: dict) -> list[dict]:
    """The buttons of a sound menu; raises Refused with the code of the first fault."""
    buttons = menu.get("button")
    if not _are_objects(buttons) or not 1 <= len(buttons) <= MOST:
        raise Refused(40016, "invalid button size")
    for button in buttons:
        _check_size(button.get("name"), NAME, 40018, "invalid button name size")
        inner = button.get("sub_button") or []
        if not _are_objects(inner) or len(inner) > MOST_SUB:
            raise Refused(40023, "invalid sub button size")
        for each in inner:
            if each.get("sub_button"):
                raise Refused(40022, "invalid sub button level")
            _check_size(each.get("name"), SUB_NAME, 40025, "invalid sub button name size")
            _check_button(each, 40024, "sub button")
        if not inner:
            _check_button(button, 40017, "button")
    return buttons


def _are_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _check_button(button: dict, code: int, what: str) -> None:
    """What a button does; the codes for key and url follow that for the type, two and three on."""
    kind = button.get("type")
    if kind not in NEEDS:
        raise Refused(code, f"invalid {what} type")
    for need in NEEDS[kind]:
        if need == "key":
            _check_size(button.get("key"), KEY, code + 2, f"invalid {what} key size")
        else:
            _check_size(button.get(need), URL, code + 3, f"invalid {what} url size")
    if "url" in NEEDS[kind] and not button["url"].startswith(("http://", "https://")):
        raise Refused(40055 if what == "button" else 40054, f"invalid {what} url domain")


def _check_size(value: object, most: int, code: int, message: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value.encode()) <= most:
        raise Refused(code, message)


def described(buttons: list[dict]) -> dict:
    """The menu as get_current_selfmenu_info tells it: sub menus inside a `list`."""
    told = [button | ({"sub_button": {"list": button["sub_button"]}} if button.get("sub_button") else {}) for button in buttons]
    return {"is_menu_open": int(bool(buttons)), "selfmenu_info": {"button": told}}
