"""The addresses that tablets know."""

from starlette.routing import BaseRoute, Route

from outcomes.web.openrosa.listing import form_list, form_xml, manifest
from outcomes.web.openrosa.replies import PREFIX
from outcomes.web.openrosa.submission import SubmissionEndpoint

_ROOTS = (PREFIX, f"{PREFIX}/key/{{key}}", "")  # "": for those who type the bare server
ROUTES: list[BaseRoute] = [
    route
    for root in _ROOTS
    for route in (
        Route(f"{root}/submission", SubmissionEndpoint()),
        Route(f"{root}/formList", form_list),
        Route(f"{root}/xformsList", form_list),
        *(
            (
                Route(f"{root}/forms/{{form_id}}.xml", form_xml),
                Route(f"{root}/forms/{{form_id}}/manifest", manifest),
            )
            if root
            else ()
        ),
    )
]
