"""How many years of school a text asks of its reader, in English and in Spanish.

English: Flesch-Kincaid grade (Kincaid and others, 1975, Research Branch Report 8-75).
Spanish: Crawford's grade (Crawford, 1984, Bilingual Education Paper Series 7(8)), made for the
first years of school, and beside it Fernández Huerta's ease (1959, Consigna 214: 29-32) in the
form that Law (2011) put right, with the sentence's mean length in words; 60 to 70 is grade 7 to 8.
"""

import re
from collections.abc import Sequence

_ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SPANISH = re.compile(r"[a-záéíóúüñ]+")
_VOWELS = re.compile(r"[aeiouáéíóúü]+")
_STRONG = set("aeoáéíóú")  # each is a syllable; i and u beside them are not


def english_syllables(word: str) -> int:
    """Count the groups of vowels, without the e that is not spoken."""
    word = word.lower().replace("'", "")
    spoken = re.sub(r"(?<=[^aeiouy])e$", "", word) if not re.search(r"[^aeiouy]le$", word) else word
    spoken = re.sub(r"(?<=[^aeiouytd])ed$", "d", spoken)
    spoken = re.sub(r"(?<=[^aeiouysxzlcg])es$", "s", spoken)
    spoken = re.sub(r"(?<=[a-z])(io|ia)(?=[a-z])", _two_or_one, spoken)
    return max(len(re.findall(r"[aeiouy]+", spoken)), 1)


def _two_or_one(found: re.Match[str]) -> str:
    """Say i-o as one after t, s, c, g (nation, special) and as two elsewhere (violent)."""
    before = found.string[found.start() - 1]
    return "o" if before in "tscg" else "i-o"


def spanish_syllables(word: str) -> int:
    """Count the strong vowels, and the groups that have none (ui, iu)."""
    word = re.sub(r"qu(?=[eiéí])", "q", word.lower())
    word = re.sub(r"gu(?=[eiéí])", "g", word).replace("ü", "u")
    word = re.sub(r"(?<=[aeou])y$|^y$", "i", word)
    word = re.sub(r"y$", "i", word)
    groups = _VOWELS.findall(word)
    return max(sum(max(sum(v in _STRONG for v in group), 1) for group in groups), 1)


def counts(texts: Sequence[str], language: str) -> tuple[int, int, int]:
    """Count sentences, words and syllables; a text without a full stop is one sentence."""
    pattern, syllables = (
        (_ENGLISH, english_syllables) if language == "en" else (_SPANISH, spanish_syllables)
    )
    texts = [text.replace("(a)", "") for text in texts]
    sentences = sum(max(len(re.findall(r"[.?!]+(?=\s|$)", text)), 1) for text in texts)
    words = [word for text in texts for word in pattern.findall(text.lower())]
    return sentences, len(words), sum(syllables(word) for word in words)


def flesch_kincaid(sentences: int, words: int, syllables: int) -> float:
    """Give the grade of an English text."""
    return 0.39 * words / sentences + 11.8 * syllables / words - 15.59


def crawford(sentences: int, words: int, syllables: int) -> float:
    """Give the grade of a Spanish text."""
    return -0.205 * 100 * sentences / words + 0.049 * 100 * syllables / words - 3.407


def fernandez_huerta(sentences: int, words: int, syllables: int) -> float:
    """Give the ease of a Spanish text: 60 to 70 is grade 7 to 8, above is easier."""
    return 206.84 - 60 * syllables / words - 1.02 * words / sentences
