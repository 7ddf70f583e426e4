"""Coding at the desk: blind, one article at a time, each code stored once and before the reply."""

import os
import re
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest
from coding_work import BODY, PROBABILITY, STRATUM, give_tasks, gold, keep_articles
from sqlalchemy import select, update

from outcomes.media.codebook import Code, read_codebook
from outcomes.pipeline.audit import read_audit
from outcomes.pipeline.coding_tasks import adjudication_queue, save_code
from outcomes.pipeline.coding_training import draw_training_sample
from outcomes.store import read_facts
from outcomes.store.coding_tables import ADJUDICATED, CODING_SAMPLES, CODING_TASKS, TRAINING_CODES
from outcomes.store.schema import CODES
from outcomes.web.desk.coding import seconds_on_screen
from outcomes.web.desk.coding_adjudication import deciding_rules
from outcomes.web.desk.coding_form import keys_of
from outcomes.web.desk.coding_text import paragraphs
from outcomes.web.forms import Form

HERE = "/desk/coding"
SERVER = Path(__file__).with_name("crashing_server.py")
NEGATIVE = {"relevant": "1", "tone": "-1", "confidence": "2"}
DAY = date(2025, 2, 4)


@pytest.fixture
def work(study):
    """Three articles to code for Cody and Ben."""
    urls = keep_articles(study, 3)
    give_tasks(study, urls, coders=["Cody", "Ben"])
    return study


@pytest.fixture
def cody(work, signed_in):
    return signed_in("coder", name="Cody")


def task_on(text):
    return re.search(r'name="task" value="([0-9a-f]{20})"', text)[1]


def send_code(browser, web, fields, *, task="", text=""):
    """Send the form of the page that is shown next, or of one that was loaded before."""
    text = text or browser.get(HERE).text
    sent = {"csrf": web.token_on(text), "task": task or task_on(text), **fields}
    return browser.post(HERE, data=sent)


def versions(study):
    with study.store.connect() as connection:
        return connection.execute(select(CODES).order_by(CODES.c.id)).all()


def test_only_coders_code_and_only_analysts_settle(work, signed_in, client) -> None:
    for url, roles in (
        (HERE, ("coder", "administrator")),
        (f"{HERE}/codebook", ("coder", "analyst", "administrator")),
        (f"{HERE}/samples", ("coder", "analyst", "administrator")),
        (f"{HERE}/adjudicate", ("analyst", "administrator")),
    ):
        assert client.get(url).headers["location"].startswith("/desk/sign-in?next=")
        for role in ("coder", "analyst", "administrator", "coordinator", "interviewer"):
            status = signed_in(role).get(url).status_code
            expected = 200 if role in roles else 303 if (role, url) == ("analyst", HERE) else 403
            assert status == expected, (role, url)
    assert signed_in("analyst").get(HERE).headers["location"] == f"{HERE}/samples"
    assert f'href="{HERE}"' in signed_in("coder").get("/desk").text
    assert f'href="{HERE}"' not in signed_in("interviewer").get("/desk").text


def test_nothing_on_a_page_tells_the_model_the_other_coder_or_the_draw(work, cody) -> None:
    url = "https://courier.example/news/0"
    said = Code(relevant=1, tone=1, note="A remark by somebody", target="Harbor Patrol")
    save_code(work, coder="Ben", sample="march", url=url, code=said, seconds=98765, day=DAY)
    row = {"url": url, "tone": -1, "p_negative": 0.918273, "relevant": 1, "model": "lexicon-9"}
    work.write_table("articles", pd.DataFrame([row]))
    shown = [cody.get(path).text for path in (HERE, f"{HERE}/samples", f"{HERE}/codebook")]
    assert "Mill Street 0" in shown[0]
    for secret in (
        STRATUM, "likely-negative", str(PROBABILITY), "0.918273", "lexicon-9", "model-assisted",
        "courier.example", "Marlow Falls Courier", "A remark by somebody", "Harbor Patrol", "Ben",
        "98765",
    ):  # fmt: skip
        for text in shown:
            assert secret not in text, secret
    tone = re.search(r'<fieldset class="asked" id="q-tone">.*?</fieldset>', shown[0], re.S)[0]
    assert "checked" not in tone


def test_a_code_is_stored_with_its_day_and_time_and_the_next_article_comes(work, cody, web) -> None:
    fields = {**NEGATIVE, "mixed": "1", "confidence": "3", "prompted": "0", "seconds": "41",
              "target": " Marlow  Falls PD ", "note": "see line 2"}  # fmt: skip
    reply = send_code(cody, web, fields)
    assert (reply.status_code, reply.headers["location"]) == (303, HERE)
    (row,) = versions(work)
    assert (row.coder, row.relevant, row.tone, row.mixed, row.confidence) == ("Cody", 1, -1, 1, 3)
    assert (row.prompted, row.target, row.note) == (0, "Marlow Falls PD", "see line 2")
    assert (row.seconds, row.coded_on, row.probability) == (41, "2025-02-04", PROBABILITY)
    text = cody.get(HERE).text
    assert "1 of 3 done" in text
    assert "Mill Street 1" in text


def test_the_sentences_on_law_enforcement_are_marked_and_text_is_escaped(study, signed_in) -> None:
    give_tasks(study, keep_articles(study, 1, text=BODY + "\n<b>Sheriff</b> & co"), coders=["Cody"])
    text = signed_in("coder", name="Cody").get(HERE).text
    assert "<mark>Police closed two lanes of Mill Street on Friday until noon.</mark>" in text
    assert "<p>The council then turned to parking fees" in text
    assert "there. <mark>Officer Dana Reed thanked her.</mark>" in text
    assert "<b>Sheriff" not in text
    assert "&lt;b&gt;Sheriff" in text
    assert "5 March 2025" in text


def test_no_character_of_a_text_is_lost_between_marks() -> None:
    from outcomes.media.relevance import find_law_enforcement

    text = f"\n  {BODY}\n\n{BODY}  end"
    lines = paragraphs(text, find_law_enforcement(text))
    joined = "\n".join("".join(piece.text for piece in line) for line in lines)
    assert joined == text.lstrip("\n").replace("\n\n", "\n")
    assert sum(piece.marked for line in lines for piece in line) == 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"tone": "1"}, "Say first whether law enforcement is part of this article"),
        ({"relevant": "1"}, "A relevant article needs a tone"),
        ({"relevant": "0", "tone": "1"}, "has no tone"),
        ({"relevant": "0", "mixed": "1"}, "Mixed and self-credit are for articles about"),
        ({"relevant": "7", "tone": "1"}, "relevant is 99"),
        ({"relevant": "1", "tone": "1", "confidence": "x"}, "confidence is 99"),
        ({"relevant": "1", "tone": "1", "note": "n" * 1001}, "at most 1000"),
    ],
)
def test_a_code_that_breaks_a_rule_comes_back_with_what_was_entered(
    work, cody, web, fields, said
) -> None:
    reply = send_code(cody, web, {**fields, "target": "Harbor Patrol"})
    assert reply.status_code == 400
    assert said in reply.text
    assert 'value="Harbor Patrol"' in reply.text
    assert "Mill Street 0" in reply.text
    assert versions(work) == []


def test_the_same_form_sent_twice_is_stored_once(work, cody, web) -> None:
    text = cody.get(HERE).text
    for seconds in ("12", "13"):
        assert send_code(cody, web, {**NEGATIVE, "seconds": seconds}, text=text).status_code == 303
    assert len(versions(work)) == 1


def test_an_article_in_two_tabs_gets_a_second_version_and_no_second_code(work, cody, web) -> None:
    text = cody.get(HERE).text
    send_code(cody, web, NEGATIVE, text=text)
    send_code(cody, web, {**NEGATIVE, "tone": "0"}, text=text)
    assert [(row.version, row.tone) for row in versions(work)] == [(1, -1), (2, 0)]
    assert read_facts(work.store, "codes")["tone"].tolist() == [0]
    assert "1 of 3 done" in cody.get(HERE).text


def test_what_is_sent_after_the_session_ended_goes_to_sign_in_and_says_what_was_lost(
    work, cody, web, another
) -> None:
    text = cody.get(HERE).text
    cody.cookies.clear()
    reply = send_code(cody, web, NEGATIVE, text=text)
    assert reply.headers["location"] == f"/desk/sign-in?next={HERE}"
    cody.cookies.update(reply.cookies)
    assert "your answers on the last article were not saved" in cody.get("/desk/sign-in").text
    assert versions(work) == []


def test_nobody_codes_what_somebody_else_was_given(work, cody, signed_in, web) -> None:
    ben = signed_in("coder", name="Ben")
    reply = send_code(ben, web, NEGATIVE, task=task_on(cody.get(HERE).text))
    assert reply.status_code == 400
    assert "nothing was saved" in reply.text
    assert ben.get(f"{HERE}?task=../../etc").status_code == 400
    assert versions(work) == []


def test_a_closed_sample_takes_no_code(work, cody, web) -> None:
    text = cody.get(HERE).text
    with work.store.begin() as connection:
        connection.execute(update(CODING_SAMPLES).values(closed_on="2025-02-03"))
    reply = send_code(cody, web, NEGATIVE, text=text)
    assert reply.status_code == 400
    assert "was closed on 2025-02-03" in reply.text
    assert "Nothing is left to code" in cody.get(HERE).text


def test_an_article_is_skipped_for_a_reason_only(work, cody, web) -> None:
    text = cody.get(HERE).text
    sent = {"csrf": web.token_on(text), "task": task_on(text)}
    for reason in ("", "because"):
        reply = cody.post(f"{HERE}/skip", data={**sent, "reason": reason})
        assert reply.status_code == 400
        assert "Choose why" in reply.text
    assert cody.post(f"{HERE}/skip", data={**sent, "reason": "Something else"}).status_code == 303
    assert "Mill Street 1" in cody.get(HERE).text
    with work.store.connect() as connection:
        query = select(CODING_TASKS.c.reason).where(CODING_TASKS.c.state == "skipped")
        assert connection.execute(query).scalars().all() == ["Something else"]


def test_going_back_opens_the_last_article_with_what_was_said_of_it(work, cody, web) -> None:
    text = cody.get(HERE).text
    sent = {"csrf": web.token_on(text)}
    nothing = cody.post(f"{HERE}/back", data=sent)
    assert nothing.headers["location"] == HERE
    send_code(cody, web, {**NEGATIVE, "note": "mark me"})
    back = cody.post(f"{HERE}/back", data=sent).headers["location"]
    text = cody.get(back).text
    assert "Mill Street 0" in text
    assert "You coded this article before" in text
    assert 'value="mark me"' in text
    assert re.search(r'name="tone" value="-1"[^>]* checked', text)
    send_code(cody, web, {**NEGATIVE, "tone": "1"}, text=text)
    assert [row.tone for row in versions(work)] == [-1, 1]


def test_an_article_whose_text_was_let_go_can_be_skipped(study, signed_in) -> None:
    give_tasks(study, ["https://courier.example/gone"], coders=["Cody"])
    text = signed_in("coder", name="Cody").get(HERE).text
    assert "It can only be skipped" in text


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        ({"seconds": "41"}, 41),
        ({"seconds": "99999"}, 1800),
        ({"seconds": "-5", "shown": "900"}, 100),
        ({"seconds": "", "shown": "970"}, 30),
        ({"shown": "2000"}, 0),
        ({"shown": "1e9"}, 0),
        ({}, 0),
    ],
)
def test_the_time_on_the_screen_is_counted_and_bounded(sent, seconds) -> None:
    assert seconds_on_screen(Form(tuple(sent.items())), now=1000.0) == seconds


def train(study, number=10, *, right=8):
    urls = keep_articles(study, number)
    golds = {
        url: gold(-1 if k < right else 0, "A payment over an arrest (T6), not routine (T2).")
        for k, url in enumerate(urls)
    }
    give_tasks(study, urls, coders=["Cody"], name="first-steps", golds=golds)


def test_training_shows_the_right_code_its_rule_and_how_it_goes(study, signed_in, web) -> None:
    train(study)
    cody = signed_in("coder", name="Cody")
    for k in range(10):
        text = cody.get(HERE).text
        assert "Training." in text
        assert "A payment over" not in text
        named = task_on(text)
        early = cody.get(f"{HERE}/feedback?task={named}")
        assert early.status_code == 400
        assert "Code it first" in early.text
        reply = send_code(cody, web, NEGATIVE, text=text)
        assert reply.headers["location"] == f"{HERE}/feedback?task={named}"
        told = cody.get(reply.headers["location"]).text
        assert f"{min(k + 1, 8)} of {k + 1} as in the gold set" in told
        assert ("<h1>Right</h1>" in told) == (k < 8)
        assert "T6. Blame, and accusations" in told
        assert "T1. How grim" not in told
        assert ("you are ready to code" in told) == (k == 9)
    assert versions(study) == []


def test_only_the_first_try_counts_in_training_and_a_double_click_counts_once(
    study, signed_in, web
) -> None:
    train(study, 2, right=0)
    cody = signed_in("coder", name="Cody")
    text = cody.get(HERE).text
    for _ in range(2):
        send_code(cody, web, NEGATIVE, text=text)
    send_code(cody, web, {**NEGATIVE, "tone": "0"}, text=text)
    told = cody.get(f"{HERE}/feedback?task={task_on(text)}").text
    assert "<h1>Right</h1>" in told
    assert "0 of 1 as in the gold set" in told
    with study.store.connect() as connection:
        assert len(connection.execute(select(TRAINING_CODES)).all()) == 2
    send_code(cody, web, {"relevant": "0"})
    done = cody.get(HERE).text
    assert "Nothing is left to code" in done
    progress = cody.get(f"{HERE}/samples").text
    assert "0 of 2" in progress


def test_a_form_that_arrives_four_times_at_once_is_one_try(study, signed_in, web) -> None:
    train(study, 2)
    cody = signed_in("coder", name="Cody")
    text = cody.get(HERE).text
    browsers = [signed_in("coder", name="Cody") for _ in range(4)]
    for browser in browsers:
        browser.cookies = cody.cookies  # the same session, so that the form is theirs too
    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(lambda each: send_code(each, web, NEGATIVE, text=text), browsers)
        assert [reply.status_code for reply in replies] == [303] * 4
    with study.store.connect() as connection:
        assert len(connection.execute(select(TRAINING_CODES)).all()) == 1


def test_the_examples_of_the_codebook_can_be_trained_on(study, signed_in, web) -> None:
    cody = signed_in("coder", name="Cody")
    draw_training_sample(study, "first-steps", gold=None, coders=["Cody"], day=DAY)
    text = cody.get(HERE).text
    assert "No date is known" in text
    reply = send_code(cody, web, {"relevant": "0"}, text=text)
    told = cody.get(reply.headers["location"]).text
    assert "The right code" in told
    assert "of 1 as in the gold set" in told


def test_a_coder_sees_the_own_progress_and_an_analyst_everybodys(
    work, cody, signed_in, web
) -> None:
    send_code(cody, web, NEGATIVE)
    own = cody.get(f"{HERE}/samples").text
    assert own.count('<th scope="row">march') == 1
    assert "Ben" not in own
    whole = signed_in("analyst").get(f"{HERE}/samples").text
    assert whole.count('<th scope="row">march') == 2
    assert "Ben" in whole
    assert 'data-label="Done">1<' in whole


def test_the_codebook_is_shown_whole(cody) -> None:
    text = cody.get(f"{HERE}/codebook").text
    for rule in read_codebook().rules:
        assert f"{rule.id}. {rule.title}" in text
    assert text.count("<li>") >= len(read_codebook().examples)


def disagree(study, *, tones=(-1, 0), url="https://courier.example/news/0"):
    for coder, tone in zip(("Cody", "Ben"), tones, strict=True):
        code = Code(relevant=1, tone=tone, note=f"because {tone}")
        save_code(study, coder=coder, sample="march", url=url, code=code, seconds=5, day=DAY)


def test_an_analyst_settles_without_learning_who_said_what(work, signed_in, web) -> None:
    disagree(work)
    ann = signed_in("analyst", name="Ann")
    url = f"{HERE}/adjudicate"
    text = ann.get(url).text
    assert "1 article waits" in text
    assert text.index("Coder A") < text.index("Coder B")
    assert "because -1" in text
    assert "T6. Blame, and accusations" in text
    for secret in ("Cody", "Ben", STRATUM, "likely-negative", str(PROBABILITY), "courier.example"):
        assert secret not in text
    sent = {"csrf": web.token_on(text), "task": task_on(text)}
    wrong = ann.post(url, data={**sent, "relevant": "1"})
    assert wrong.status_code == 400
    assert "needs a tone" in wrong.text
    assert ann.post(url, data={**sent, **NEGATIVE}).status_code == 303
    assert "Nothing waits to be settled" in ann.get(url).text
    codes = read_facts(work.store, "codes").set_index("coder")
    assert codes.loc[ADJUDICATED, ["tone", "probability"]].tolist() == [-1, PROBABILITY]
    late = ann.post(url, data={**sent, **NEGATIVE, "tone": "1"})
    ann.cookies.update(late.cookies)
    assert "This article is settled already" in ann.get(url).text
    assert read_facts(work.store, "codes").set_index("coder").loc[ADJUDICATED, "tone"] == -1


def test_a_coder_settles_the_own_disagreement_only_where_nobody_else_can(
    work, signed_in, web
) -> None:
    disagree(work)
    cody = signed_in("coder", "analyst", name="Cody")
    url = f"{HERE}/adjudicate"
    text = cody.get(url).text
    assert "You coded this article yourself, and nobody else is there" in text
    sent = {"csrf": web.token_on(text), "task": task_on(text)}
    signed_in("administrator", name="Boss")
    text = cody.get(url).text
    assert "Nothing waits" in text
    assert "1 article that you coded yourself waits for somebody else" in text
    cody.post(url, data={**sent, **NEGATIVE})
    assert len(adjudication_queue(work)) == 1
    boss = signed_in("administrator", name="Boss")
    assert "1 article waits" in boss.get(url).text


def test_settling_an_own_disagreement_is_noted_in_the_audit_log(work, signed_in, web) -> None:
    disagree(work)
    cody = signed_in("coder", "analyst", name="Cody")
    text = cody.get(f"{HERE}/adjudicate").text
    sent = {"csrf": web.token_on(text), "task": task_on(text), **NEGATIVE}
    cody.post(f"{HERE}/adjudicate", data=sent)
    assert [row.action for row in read_audit(work.store)][-2:] == [
        "settled a code",
        "settled an own code",
    ]


def test_a_disagreement_can_be_left_for_later(work, signed_in) -> None:
    disagree(work)
    disagree(work, url="https://courier.example/news/1")
    ann = signed_in("analyst", name="Ann")
    text = ann.get(f"{HERE}/adjudicate").text
    later = re.search(r'href="([^"]+item=[^"]+)">Leave it', text)[1]
    assert task_on(ann.get(later).text) != task_on(text)


def test_the_rules_that_may_decide_are_those_that_tell_the_codes_apart() -> None:
    book = read_codebook()

    def found(*codes):
        return [rule.id for rule in deciding_rules(codes, book)]

    negative, neutral = Code(relevant=1, tone=-1), Code(relevant=1, tone=0)
    assert found(negative, neutral) == ["T4", "T6", "T7"]
    assert found(negative, Code(relevant=0, tone=None)) == ["R1", "R2", "R3", "R4"]
    assert set(found(negative, Code(relevant=1, tone=1))) >= {"T6", "T8"}


def test_no_key_of_a_codebook_stands_for_two_things() -> None:
    book = read_codebook()
    keys = keys_of(book)
    assert keys["relevant", 1] == "yr"
    assert (keys["tone", -1], keys["tone", 0], keys["tone", 1]) == ("1", "2", "3")
    one = book.questions[0].answers[0]
    clash = book.questions[0].model_copy(
        update={"answers": tuple(one.model_copy(update={"value": v, "key": "s"}) for v in (0, 1))}
    )
    found = keys_of(book.model_copy(update={"questions": (clash,)}))
    assert found == {("relevant", 0): "n", ("relevant", 1): "r"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_code_that_was_acknowledged_survives_kill_9(study_folder, work, web) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        command = [sys.executable, str(SERVER), str(study_folder), str(door.fileno())]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              pass_fds=[door.fileno()]) as server:  # fmt: skip
            try:
                process = int(server.stdout.readline().split()[1])
                server.stdin.write(b"never 0\n")
                server.stdin.flush()
                _save_one(work, web, door.getsockname()[1])
                os.kill(process, signal.SIGKILL)
            finally:
                server.kill()
    (row,) = versions(work)
    assert (row.coder, row.tone) == ("Cody", -1)


def _save_one(study, web, port) -> None:
    from datetime import UTC, datetime

    class Desk:
        engine = study.store

        @staticmethod
        def now():
            return datetime.now(UTC) + timedelta(seconds=1)

    session = web.session_of(Desk, "coder", name="Cody")
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"cookie": f"desk-session={session}"}
    connection.request("GET", HERE, headers=headers)
    text = connection.getresponse().read().decode()
    sent = {"csrf": web.token_on(text), "task": task_on(text), **NEGATIVE}
    kind = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", HERE, body=urlencode(sent), headers=headers | kind)
    assert connection.getresponse().status == 303
    connection.close()
