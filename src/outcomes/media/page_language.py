"""Which language a text is in, told by its commonest small words."""

import re
from typing import Any

_WORDS = {
    "en": "the of and to in that is was for on with he his at by from they had said who which",
    "es": "el de que los las una por con para del se su más como fue pero según este está sus",
    "fr": "le les des une dans est pour qui sur par pas avec au sont plus cette ses été ce aux",
    "pt": "o os da do das dos uma em não com para que foi mais pelo pela como são ao seu",
    "de": "der die und das den von ist mit dem des nicht ein eine auf sich für im auch wurde",
    "it": "il di che della per una con del non sono gli dei nel alla più le anche è dalla si",
    "nl": "het een van en dat niet op aan met voor zijn er ook naar door werd bij om uit",
    "ht": "yo ki nan te pou li ak sou pa gen fè moun tou men lan an epi kote lapolis",
    "vi": "và của là có được cho không trong người một những các với đã này khi đến từ",
    "tl": "ang ng mga sa na at ay ito hindi kay para niya siya nang ni ayon kung isang",
    "pl": "w nie się na i z do że jest to przez jak od po oraz był dla",
}  # fmt: skip
_SETS = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
FEWEST = 20  # words; fewer do not tell a language


def page_language(text: str, tree: Any | None) -> str:
    """Say which language a text is in.

    Args:
        text: The text of the article.
        tree: The page, whose own word is taken where the text is short or in no known language.

    Returns:
        A code such as ``en`` or ``es``; ``und`` where neither text nor page tells.
    """
    words = [word.lower() for word in _WORD.findall(text[:8000])]
    stated = _stated(tree)
    if len(words) < FEWEST:
        return stated or "und"
    letters = re.findall(r"[^\W\d_]", text[:8000])
    if sum(bool(_LATIN.match(letter)) for letter in letters) < len(letters) / 2:
        return stated if stated not in {"", "en"} else "und"
    shares = {code: sum(word in known for word in words) for code, known in _SETS.items()}
    best = max(shares, key=lambda code: shares[code])
    if shares[best] < 0.06 * len(words):
        return stated or "und"
    return best


def _stated(tree: Any | None) -> str:
    if tree is None:
        return ""
    root = tree.getroottree().getroot()
    code = re.match(r"[a-zA-Z]{2,3}\b", root.get("lang") or root.get("xml:lang") or "")
    return code[0].lower() if code else ""
