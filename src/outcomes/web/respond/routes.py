"""The addresses of the respondent's pages."""

from starlette.routing import Route

from outcomes.web.respond.entry import enter, notice
from outcomes.web.respond.form_pages import show_step, take_step
from outcomes.web.respond.kiosk import show_kiosk, show_stop, start_kiosk, stop_kiosk
from outcomes.web.respond.leaving import begin_again, still_there
from outcomes.web.respond.sending import show_end, show_send, take_send
from outcomes.web.respond.withdraw import ask_receipt, take_receipt

_FORM = "/s/{wave}/{place}"

ROUTES = [
    Route("/s/withdraw", ask_receipt, methods=["GET"]),
    Route("/s/withdraw", take_receipt, methods=["POST"]),
    Route("/s/{wave}", notice, methods=["GET"]),
    Route("/s/{wave}", enter, methods=["POST"]),
    Route(_FORM, notice, methods=["GET"]),
    Route(_FORM, enter, methods=["POST"]),
    Route(f"{_FORM}/send", show_send, methods=["GET"]),
    Route(f"{_FORM}/send", take_send, methods=["POST"]),
    Route(f"{_FORM}/end", show_end, methods=["GET"]),
    Route(f"{_FORM}/there", still_there, methods=["GET"]),
    Route(f"{_FORM}/again", begin_again, methods=["GET"]),
    Route(f"{_FORM}/{{number:int}}", show_step, methods=["GET"]),
    Route(f"{_FORM}/{{number:int}}", take_step, methods=["POST"]),
    Route("/kiosk/stop", show_stop, methods=["GET"]),
    Route("/kiosk/stop", stop_kiosk, methods=["POST"]),
    Route("/kiosk/{wave}", show_kiosk, methods=["GET"]),
    Route("/kiosk/{wave}", start_kiosk, methods=["POST"]),
    Route("/kiosk/{wave}/{place}", show_kiosk, methods=["GET"]),
    Route("/kiosk/{wave}/{place}", start_kiosk, methods=["POST"]),
]
