"""Languages of forms made in other tools: their codes, and the few texts that an import adds."""

import re
from collections.abc import Sequence

from outcomes.surveys.exchange.form_words import english, word_in
from outcomes.surveys.parts import Texts

_CODES = {
    "amharic": "am",
    "arabic": "ar",
    "bengali": "bn",
    "burmese": "my",
    "chinese": "zh",
    "dutch": "nl",
    "english": "en",
    "español": "es",
    "espanol": "es",
    "farsi": "fa",
    "french": "fr",
    "français": "fr",
    "german": "de",
    "deutsch": "de",
    "haitian creole": "ht",
    "hindi": "hi",
    "hmong": "hmn",
    "indonesian": "id",
    "italian": "it",
    "japanese": "ja",
    "khmer": "km",
    "korean": "ko",
    "macedonian": "mk",
    "nepali": "ne",
    "persian": "fa",
    "polish": "pl",
    "portuguese": "pt",
    "punjabi": "pa",
    "romanian": "ro",
    "russian": "ru",
    "somali": "so",
    "spanish": "es",
    "swahili": "sw",
    "tagalog": "tl",
    "tamil": "ta",
    "thai": "th",
    "turkish": "tr",
    "ukrainian": "uk",
    "urdu": "ur",
    "vietnamese": "vi",
}
NOTICE = {
    "en": "Taking part in this survey is voluntary.",
    "es": "La participación en esta encuesta es voluntaria.",
}
NONE = {"en": "None of these", "es": "Ninguno de estos"}
REFUSED = {"en": "Prefer not to say", "es": "Prefiero no decirlo"}
NOT_KNOWN = {"en": "Do not know", "es": "No sé"}


def language_code(name: str) -> str:
    """Find the code of a language: ``English (en)`` and ``english`` are ``en``."""
    words = " ".join(name.split())
    if found := re.search(r"\(([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\)$", words):
        return found[1].lower().replace("_", "-")
    if words.lower() in _CODES:
        return _CODES[words.lower()]
    return re.sub(r"[^\w-]+", "-", words.lower()).strip("-_") or "en"


def added_text(texts: Texts, languages: Sequence[str]) -> Texts:
    """Give a text of ours in each language of a form; English where it is not translated."""
    return {language: texts.get(language.partition("-")[0], texts["en"]) for language in languages}


def added_word(word: str, languages: Sequence[str]) -> Texts:
    """Give a word of ``form_words`` in each language of a form; English where it is not known."""
    return {language: word_in(word, language) or english(word) for language in languages}
