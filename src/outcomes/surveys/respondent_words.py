"""What the respondent's page itself says, beside the instrument's own words: English, Spanish."""

from collections.abc import Mapping
from datetime import date

from outcomes.surveys.wording import language_tag

_ENGLISH = {
    "language": "Language",
    "skip_to": "Go to the main part of the page",
    "begin": "Begin",
    "begin_new": "Start a new form",
    "go_on": "Go on",
    "next": "Save and go on",
    "back": "Back",
    "progress": "Page {number} of {total}",
    "saved_each": "Each page is saved when you press “Save and go on”. You can stop at any time.",
    "closes": "You can answer until {day}.",
    "have_card": "You need the code on your card",
    "card_hint": "Seven letters and numbers, such as 7KM2-9Q4.",
    "code_label": "Type your code",
    "code_go": "Use this code",
    "came_back": "Did you begin before? Use your code",
    "came_back_text": "If you have a code from a card, or from an earlier form, use it. "
    "Then your answers are kept together. You do not need one to begin.",
    "code_wrong": "This does not look like a code. Check each letter and number, and try again.",
    "code_unknown": "We do not know this code here. Check each letter and number, and try again.",
    "code_finished": "The answers with this code have arrived already. You are done.",
    "error": "Error",
    "summary": "Please check this page",
    "new_question": "New question",
    "new_summary": "There is one more thing to answer on this page",
    "your_code": "Your code",
    "your_code_text": "Write this code down, or take a photo of it. It is shown only now.",
    "your_code_why": "With it you can stop and come back, on this phone or on another one. "
    "If we ask you again later, type the same code. It does not hold your name.",
    "code_page": "A code that you make",
    "code_given": "You have made your code already. You can go on.",
    "code_given_why": "We do not show it again. To change a part, write that part again.",
    "element_letter": "One letter",
    "element_number": "A number",
    "element_letter_wrong": "Please write one letter, A to Z.",
    "element_number_wrong": "Please write a number from {low} to {high}.",
    "element_number_any": "Please write a whole number.",
    "not_say": "I prefer not to answer",
    "no_names": "Please do not write names, addresses or phone numbers.",
    "choose_many": "Choose all that fit.",
    "needed": "needs an answer",
    "send_title": "Send your answers",
    "send_text": "All pages are saved. Press “Send my answers” to finish. "
    "After that, you can no longer change them here.",
    "send": "Send my answers",
    "look_again": "Look at your pages again",
    "answered_of": "{answered} of {asked} answered",
    "answered_code": "made",
    "empty_code": "left empty",
    "part_of_form": "Page {number}",
    "thanks": "Thank you",
    "arrived": "Your answers have arrived.",
    "receipt": "Your receipt",
    "receipt_text": "It shows that your answers arrived. With it you can take them back, "
    "at least until {day}. Write it down, or take a photo of it.",
    "withdraw_link": "Take my answers back",
    "done": "I am done. Clear this screen",
    "done_text": "If other people use this phone or computer, clear the screen now.",
    "already": "This form is finished. Your answers arrived, and they stay as you sent them.",
    "late_page": "You sent this form before. What you just entered was not added.",
    "planned_title": "This survey is not open yet",
    "planned": "It opens on {day}. Please come back then.",
    "closed_title": "This survey is closed",
    "closed": "It was open until {day}. No new answers can be taken. Thank you for your interest.",
    "no_survey_title": "There is no survey at this address",
    "no_survey": "Check the address on the poster or card, letter by letter.",
    "not_now_title": "This survey cannot be shown just now",
    "not_now": "Nothing that you saved is lost. Please wait a few minutes and try again, "
    "or tell the people who run the survey.",
    "taken_back_title": "These answers were taken back",
    "taken_back": "Nothing is kept of them, and nothing can be added to them.",
    "lost_title": "We do not know where you were",
    "lost": "What you just entered was not saved. Your earlier pages are kept. "
    "Use your code to go on, or start a new form.",
    "unfinished_title": "Somebody began this form here",
    "unfinished": "A form was begun on this phone or computer and is not finished. Was it you?",
    "unfinished_mine": "Yes, go on with it",
    "unfinished_new": "No, start a new form",
    "changed": "This survey was changed while you answered. Please answer this page again.",
    "not_saved_title": "Not saved",
    "not_saved": "We could not save this page just now. Keep it open, wait a minute, "
    "and press the button again. What you entered is still here.",
    "withdraw_title": "Take your answers back",
    "withdraw_text": "Type the receipt that you saw after you sent your answers. "
    "Your answers will then be erased.",
    "withdraw_label": "Your receipt",
    "withdraw_hint": "It begins with R, such as R7KM2-9Q4.",
    "withdraw_go": "Go on",
    "withdraw_wrong": "This does not look like a receipt. Check each letter and number.",
    "withdraw_sure_title": "Are you sure?",
    "withdraw_sure": "If you go on, the answers with the receipt {receipt} are erased. "
    "This cannot be undone.",
    "withdraw_yes": "Yes, erase my answers",
    "withdraw_no": "No, keep my answers",
    "withdraw_done_title": "We are done",
    "withdraw_done": "If we had answers with this receipt, they are erased now. "
    "Answers stay only where the results of a survey have been worked out already; "
    "ask the survey team about those.",
    "withdraw_kept_title": "Nothing was erased",
    "withdraw_kept": "Your answers stay as you sent them.",
    "there_title": "Are you still there?",
    "there": "If you do nothing, this form will close soon. The pages that you saved are kept.",
    "there_yes": "Yes, go on",
    "too_often": "Too many tries. Please wait a few minutes and try again.",
    "staff": "Staff: leave this mode",
    "generated": "Example with made-up data",
}  # fmt: skip
_SPANISH = {
    "language": "Idioma",
    "skip_to": "Ir a la parte principal de la página",
    "begin": "Empezar",
    "begin_new": "Empezar un formulario nuevo",
    "go_on": "Seguir",
    "next": "Guardar y seguir",
    "back": "Atrás",
    "progress": "Página {number} de {total}",
    "saved_each": "Cada página se guarda cuando toca “Guardar y seguir”. "
    "Puede parar cuando quiera.",
    "closes": "Puede contestar hasta el {day}.",
    "have_card": "Necesita el código de su tarjeta",
    "card_hint": "Siete letras y números, como 7KM2-9Q4.",
    "code_label": "Escriba su código",
    "code_go": "Usar este código",
    "came_back": "¿Ya había empezado? Use su código",
    "came_back_text": "Si tiene un código de una tarjeta o de un formulario anterior, úselo. "
    "Así sus respuestas quedan juntas. Para empezar no lo necesita.",
    "code_wrong": "Esto no parece un código. Revise cada letra y número e intente otra vez.",
    "code_unknown": "Aquí no conocemos este código. Revise cada letra y número e intente otra vez.",
    "code_finished": "Las respuestas con este código ya llegaron. No falta nada.",
    "error": "Error",
    "summary": "Por favor, revise esta página",
    "new_question": "Pregunta nueva",
    "new_summary": "Hay algo más que contestar en esta página",
    "your_code": "Su código",
    "your_code_text": "Anote este código o tómele una foto. Solo se muestra ahora.",
    "your_code_why": "Con él puede parar y volver, en este teléfono o en otro. "
    "Si más adelante le preguntamos otra vez, escriba el mismo código. No contiene su nombre.",
    "code_page": "Un código que usted forma",
    "code_given": "Ya formó su código. Puede seguir.",
    "code_given_why": "No lo mostramos otra vez. Para cambiar una parte, escríbala de nuevo.",
    "element_letter": "Una letra",
    "element_number": "Un número",
    "element_letter_wrong": "Por favor, escriba una letra, de la A a la Z.",
    "element_number_wrong": "Por favor, escriba un número del {low} al {high}.",
    "element_number_any": "Por favor, escriba un número entero.",
    "not_say": "Prefiero no contestar",
    "no_names": "Por favor, no escriba nombres, direcciones ni teléfonos.",
    "choose_many": "Elija todas las que correspondan.",
    "needed": "hace falta una respuesta",
    "send_title": "Envíe sus respuestas",
    "send_text": "Todas las páginas están guardadas. Toque “Enviar mis respuestas” para terminar. "
    "Después ya no podrá cambiarlas aquí.",
    "send": "Enviar mis respuestas",
    "look_again": "Vea otra vez sus páginas",
    "answered_of": "{answered} de {asked} contestadas",
    "answered_code": "formado",
    "empty_code": "en blanco",
    "part_of_form": "Página {number}",
    "thanks": "Gracias",
    "arrived": "Sus respuestas llegaron.",
    "receipt": "Su recibo",
    "receipt_text": "Muestra que sus respuestas llegaron. "
    "Con él puede retirarlas, al menos hasta el {day}. Anótelo o tómele una foto.",
    "withdraw_link": "Retirar mis respuestas",
    "done": "Ya terminé. Borrar la pantalla",
    "done_text": "Si otras personas usan este teléfono o computadora, borre la pantalla ahora.",
    "already": "Este formulario está terminado. Sus respuestas llegaron y quedan como las envió.",
    "late_page": "Usted ya envió este formulario. Lo que acaba de escribir no se agregó.",
    "planned_title": "Esta encuesta todavía no está abierta",
    "planned": "Se abre el {day}. Vuelva entonces, por favor.",
    "closed_title": "Esta encuesta está cerrada",
    "closed": "Estuvo abierta hasta el {day}. Ya no se reciben respuestas. "
    "Gracias por su interés.",
    "no_survey_title": "No hay ninguna encuesta en esta dirección",
    "no_survey": "Revise la dirección del cartel o de la tarjeta, letra por letra.",
    "not_now_title": "Esta encuesta no se puede mostrar ahora",
    "not_now": "No se pierde nada de lo que guardó. Espere unos minutos e intente otra vez, "
    "o avise a quienes hacen la encuesta.",
    "taken_back_title": "Estas respuestas se retiraron",
    "taken_back": "No queda nada de ellas y no se les puede agregar nada.",
    "lost_title": "No sabemos en qué parte estaba",
    "lost": "Lo que acaba de escribir no se guardó. Sus páginas anteriores están guardadas. "
    "Use su código para seguir, o empiece un formulario nuevo.",
    "unfinished_title": "Alguien empezó este formulario aquí",
    "unfinished": "En este teléfono o computadora hay un formulario sin terminar. "
    "¿Lo empezó usted?",
    "unfinished_mine": "Sí, seguir con él",
    "unfinished_new": "No, empezar uno nuevo",
    "changed": "La encuesta cambió mientras usted contestaba. "
    "Por favor, conteste otra vez esta página.",
    "not_saved_title": "No se guardó",
    "not_saved": "No pudimos guardar esta página. Déjela abierta, espere un minuto "
    "y toque el botón otra vez. Lo que escribió sigue aquí.",
    "withdraw_title": "Retire sus respuestas",
    "withdraw_text": "Escriba el recibo que vio al enviar sus respuestas. "
    "Entonces se borrarán sus respuestas.",
    "withdraw_label": "Su recibo",
    "withdraw_hint": "Empieza con R, como R7KM2-9Q4.",
    "withdraw_go": "Seguir",
    "withdraw_wrong": "Esto no parece un recibo. Revise cada letra y número.",
    "withdraw_sure_title": "¿Lo quiere hacer?",
    "withdraw_sure": "Si sigue, se borran las respuestas con el recibo {receipt}. "
    "Esto no se puede deshacer.",
    "withdraw_yes": "Sí, borrar mis respuestas",
    "withdraw_no": "No, dejar mis respuestas",
    "withdraw_done_title": "Listo",
    "withdraw_done": "Si teníamos respuestas con este recibo, ya se borraron. "
    "Solo quedan las de encuestas cuyos resultados ya se calcularon; "
    "pregunte por ellas al equipo de la encuesta.",
    "withdraw_kept_title": "No se borró nada",
    "withdraw_kept": "Sus respuestas quedan como las envió.",
    "there_title": "¿Sigue usted ahí?",
    "there": "Si no hace nada, este formulario se cerrará pronto. "
    "Las páginas que guardó quedan guardadas.",
    "there_yes": "Sí, seguir",
    "too_often": "Demasiados intentos. Espere unos minutos e intente otra vez, por favor.",
    "staff": "Personal: salir de este modo",
    "generated": "Ejemplo con datos inventados",
}  # fmt: skip
_WORDS: dict[str, Mapping[str, str]] = {"en": _ENGLISH, "es": _SPANISH}
_NAMES = {"en": "English", "es": "Español"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "ku", "sd", "ug"})


def respondent_words(language: str) -> Mapping[str, str]:
    """Find what the page says of itself; in English where there is no translation."""
    return _WORDS.get(language_tag(language), _ENGLISH)


def words_tag(language: str) -> str:
    """Say in which language the page's own words stand, for a ``lang`` attribute."""
    tag = language_tag(language)
    return tag if tag in _WORDS else "en"


def own_name(language: str) -> str:
    """Name a language in its own words; as the instrument does where those are unknown."""
    return _NAMES.get(language_tag(language), language)


def direction(language: str) -> str:
    """Say which way a language is written: ``ltr`` or ``rtl``."""
    return "rtl" if language_tag(language) in _RIGHT_TO_LEFT else "ltr"


def day_words(day: date, language: str) -> str:
    """Write a day out: April 14, 2025, or 14 de abril de 2025."""
    if words_tag(language) == "es":
        return f"{day.day} de {_SPANISH_MONTHS[day.month - 1]} de {day.year}"
    return f"{_ENGLISH_MONTHS[day.month - 1]} {day.day}, {day.year}"


_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
    "octubre", "noviembre", "diciembre",
)  # fmt: skip
