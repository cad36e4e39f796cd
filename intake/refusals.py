"""What the service refuses: the answer's HTTP status, and a sentence that says what to do.

    Refused
    ├── MissingKey, NotJson      400
    ├── UnknownNumber            404
    ├── AlreadyTaken             409
    ├── TooLarge                 413
    ├── Faulty                   422, with every fault
    ├── Unavailable              503
    └── StorageFull              507
"""

from typing import TypedDict


class Fault(TypedDict):
    """One thing wrong with a draft: where, and what to do about it."""

    place: str
    message: str


class Refused(Exception):
    """The service does not do what was asked."""

    status: int
    sentence: str
    faults: tuple[Fault, ...] = ()


class MissingKey(Refused):
    status = 400
    sentence = "缺少请求头 Idempotency-Key，请填上草稿的 reference 再送。"


class NotJson(Refused):
    status = 400
    sentence = "内容不是有效的 JSON，请按 draft.schema.json 的格式用 UTF-8 编码再送。"


class UnknownNumber(Refused):
    status = 404
    sentence = "没有这个收件编号，请对照回执核对后再查。"


class AlreadyTaken(Refused):
    status = 409
    sentence = "这个 Idempotency-Key 已经收过一份内容不同的草稿。要改内容，请换一个新的 reference 再送。"


class TooLarge(Refused):
    status = 413
    sentence = "草稿超过 1 MB，请精简内容后再送；附件不要放进草稿。"


class Faulty(Refused):
    """The draft has faults; all of them are named at once."""

    status = 422

    def __init__(self, faults: list[Fault]):
        super().__init__()
        self.sentence = f"草稿有 {len(faults)} 处问题，请全部改好后再送。"
        self.faults = tuple(faults)


class Unavailable(Refused):
    status = 503
    sentence = "收件平台暂时不能读写数据，草稿没有收下，请过几分钟原样再送。"


class StorageFull(Refused):
    status = 507
    sentence = "收件平台的存储空间已满，这份草稿没有收下，已经收下的都还在。请联系平台管理员清理空间，之后原样再送。"
