"""Who asks an outlet for its pages, as the outlet sees it."""

from unicodedata import normalize

from outcomes.errors import DataError
from outcomes.media.fetch import user_agent
from outcomes.study import Study


def asking_agent(study: Study) -> str:
    """Say who asks: the program, the study, and by whom it can be reached.

    Raises:
        DataError: [news] of study.toml names no contact, or one that is none.
    """
    contact = study.settings.news.contact
    if not contact.strip():
        raise DataError(
            "study.toml names no contact, and outlets must be able to reach whoever reads their "
            'feeds. Write, below [news]: contact = "name@agency.example"'
        )
    name = normalize("NFKD", study.settings.study.name)
    plain = "".join(sign for sign in name if sign.isascii() and sign.isprintable())
    return user_agent(project=plain.strip() or "a study", contact=contact)
