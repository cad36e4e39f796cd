"""How the platform says no: HTTP 200 with an errcode.

全局返回码, developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
"""

from fastapi import Request
from fastapi.responses import JSONResponse


class Refused(Exception):
    """An errcode with its errmsg."""

    def __init__(self, code: int, message: str):
        super().__init__(code, message)
        self.code, self.message = code, message


def answer_refusal(_: Request, refused: Refused) -> JSONResponse:
    """The JSON of a refusal."""
    return JSONResponse({"errcode": refused.code, "errmsg": refused.message})
