"""People who write in another language are told in it that this service speaks Chinese, and whom to call."""

import re

from index.words import is_pinyin, normalise

_ENGLISH = "Sorry, I can only help in Chinese. For any government service please call 12345; in an emergency call 110 (police), 119 (fire) or 120 (ambulance)."
_BY_SCRIPT = {
    r"[\u3041-\u30ff]": "申し訳ありません、ここでは中国語だけのご案内です。行政サービスは 12345、緊急の時は 110（警察）、119（消防）、120（救急）へお電話ください。",
    r"[\uac00-\ud7af]": "죄송합니다. 여기서는 중국어로만 안내합니다. 행정 서비스는 12345, 긴급한 일은 110(경찰), 119(소방), 120(구급)으로 전화하십시오.",
    r"[\u0400-\u04ff]": "Извините, здесь отвечают только по-китайски. По государственным услугам звоните 12345; в экстренных случаях: 110 (полиция), 119 (пожарные), 120 (скорая помощь).",
    r"[\u0600-\u06ff]": "عذرًا، الخدمة هنا باللغة الصينية فقط. للخدمات الحكومية اتصلوا بالرقم 12345، وفي الطوارئ: 110 للشرطة، 119 للإطفاء، 120 للإسعاف.",
    r"[\u0e00-\u0e7f]": "ขออภัย บริการนี้ใช้ภาษาจีนเท่านั้น ติดต่อบริการของรัฐโทร 12345 เหตุฉุกเฉินโทร 110 (ตำรวจ) 119 (ดับเพลิง) 120 (รถพยาบาล)",
}
_WORDS = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff]")


def reply(text: str) -> str | None:
    """The sentence in the writer's language; None if the text is Chinese, spelt in pinyin, or no language at all."""
    for script, sentence in _BY_SCRIPT.items():
        if re.search(script, text):
            return sentence
    if _HAN.search(text) or len(_WORDS.findall(text)) < 3 or is_pinyin(normalise(text)):
        return None
    return _ENGLISH
