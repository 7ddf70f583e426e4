"""Words that other tools put on a form by themselves, such as Yes and No, in some languages."""

_WORDS = {
    "en": {
        "yes": "Yes",
        "no": "No",
        "uncertain": "Uncertain",
        "increase": "Increase",
        "same": "Same",
        "decrease": "Decrease",
        "female": "Female",
        "male": "Male",
        "other": "Other",
        "other_text": "Other: please specify",
        "comment": "Comment",
        "true": "True",
        "false": "False",
        "check": "Please check this answer.",
        "notice": "Taking part is voluntary. You can skip any question.",
    },
    "es": {
        "yes": "Sí",
        "no": "No",
        "uncertain": "No sé",
        "increase": "Aumentó",
        "same": "Igual",
        "decrease": "Disminuyó",
        "female": "Mujer",
        "male": "Hombre",
        "other": "Otro",
        "other_text": "Otro: especifique por favor",
        "comment": "Comentario",
        "true": "Verdadero",
        "false": "Falso",
        "check": "Por favor, revise esta respuesta.",
        "notice": "Su participación es voluntaria. Puede omitir cualquier pregunta.",
    },
    "fr": {
        "yes": "Oui",
        "no": "Non",
        "uncertain": "Incertain",
        "increase": "Augmentation",
        "same": "Sans changement",
        "decrease": "Diminution",
        "female": "Femme",
        "male": "Homme",
        "other": "Autre",
        "other_text": "Autre : veuillez préciser",
        "comment": "Commentaire",
        "true": "Vrai",
        "false": "Faux",
        "check": "Veuillez vérifier cette réponse.",
        "notice": "La participation est volontaire. Vous pouvez passer toute question.",
    },
    "de": {
        "yes": "Ja",
        "no": "Nein",
        "uncertain": "Unsicher",
        "increase": "Zunahme",
        "same": "Gleich",
        "decrease": "Abnahme",
        "female": "Weiblich",
        "male": "Männlich",
        "other": "Sonstiges",
        "other_text": "Sonstiges: bitte angeben",
        "comment": "Kommentar",
        "true": "Wahr",
        "false": "Falsch",
        "check": "Bitte prüfen Sie diese Antwort.",
        "notice": "Die Teilnahme ist freiwillig. Sie können jede Frage auslassen.",
    },
}


def word_in(word: str, language: str) -> str | None:
    """Say a word in a language (``es``, ``es-MX``), or None where it is not known."""
    return _WORDS.get(language.lower().replace("_", "-").partition("-")[0], {}).get(word)


def english(word: str) -> str:
    """Say a word in English."""
    return _WORDS["en"][word]
