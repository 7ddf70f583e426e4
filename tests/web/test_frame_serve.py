"""`outcomes serve` as a person starts it: a process of its own."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from outcomes.errors import FileError, OutcomesError
from outcomes.web import serve as serve_module
from outcomes.web.serve import Serving, bound, check_certificate, check_proxy, greeting, phone_hosts

STOP = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])


@contextmanager
def started(study, *options):
    """The command, running; gives back what it prints until it stops."""
    command = [sys.executable, "-c", "from outcomes.cli.main import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--study", str(study.root), "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    watch = threading.Timer(60, process.kill)
    watch.start()
    try:
        yield process
    finally:
        watch.cancel()
        process.kill()
        process.communicate()


def lines_until(process, pattern):
    told = ""
    for line in process.stdout:
        told += line
        if found := re.search(pattern, line):
            return told, found
    raise AssertionError(told + process.stderr.read())


def fetch(url, **options):
    try:
        with urllib.request.urlopen(url, timeout=10, **options) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


@STOP
def test_it_says_where_the_desk_is_serves_it_logs_nobody_and_stops_in_order(study, number):
    with started(study) as process:
        _, found = lines_until(process, r"(http://127\.0\.0\.1:\d+)/desk/set-up#([0-9a-f]{16})")
        status, text = fetch(f"{found[1]}/desk/set-up")
        assert status == 200
        assert "Set up the desk" in text
        assert found[2] not in text
        assert fetch(f"{found[1]}/nowhere?code=SECRET")[0] == 404
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Stopped. What was sent is stored." in out
    assert err == ""


def test_a_port_in_use_is_one_sentence(study):
    with bound("127.0.0.1", 0) as door:
        port = str(door.getsockname()[1])
        with started(study, "--port", port) as process:
            out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert out == ""
    assert re.fullmatch(rf"Error: 127\.0\.0\.1, port {port}: cannot be served .*--port \d+\n", err)


def test_a_folder_without_a_study_is_one_sentence(study, tmp_path):
    (tmp_path / "empty").mkdir()
    with started(study, "--study", str(tmp_path / "empty")) as process:
        out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "there is no study.toml" in err
    assert "Traceback" not in out + err


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    files = [folder / "cert.pem", folder / "key.pem", folder / "other.pem", folder / "locked.pem"]
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    try:
        for cert, key in ((files[0], files[1]), (folder / "other-cert.pem", files[2])):
            subprocess.run(
                [*new, "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                 "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
                check=True, capture_output=True,
            )  # fmt: skip
        subprocess.run(
            ["openssl", "ec", "-in", files[1], "-aes256", "-passout", "pass:x", "-out", files[3]],
            check=True, capture_output=True,
        )  # fmt: skip
    except FileNotFoundError:
        pytest.skip("openssl is missing, which makes a certificate for this test")
    return files


def test_with_a_certificate_it_speaks_https(study, certificate):
    cert, key, *_ = certificate
    options = ("--certificate", str(cert), "--certificate-key", str(key))
    with started(study, *options) as process:
        _, found = lines_until(process, r"(https://127\.0\.0\.1:\d+)/desk/set-up#")
        trusted = ssl.create_default_context(cafile=cert)
        status, _ = fetch(f"{found[1]}/desk/set-up", context=trusted)
        assert status == 200
        process.terminate()
        assert process.wait(timeout=30) == 0


@pytest.mark.parametrize("which", ["missing", "no PEM", "another key", "a key with a passphrase"])
def test_a_bad_certificate_is_one_sentence(certificate, tmp_path, which):
    cert, _, other, locked = certificate
    (tmp_path / "text.pem").write_text("no certificate")
    pairs = {
        "missing": (tmp_path / "gone.pem", None),
        "no PEM": (tmp_path / "text.pem", None),
        "another key": (cert, other),
        "a key with a passphrase": (cert, locked),
    }
    certificate_file, key = pairs[which]
    with pytest.raises(FileError, match="cannot be used"):
        check_certificate(Serving(certificate=certificate_file, certificate_key=key))


def test_a_key_without_a_certificate_is_half_of_it(certificate):
    with pytest.raises(OutcomesError, match="Name both"):
        check_certificate(Serving(certificate_key=certificate[1]))


def test_nobody_can_go_around_the_proxy_that_does_the_https():
    with pytest.raises(OutcomesError, match="go around the proxy"):
        check_proxy(Serving(host="192.168.1.5", behind_https=True))
    check_proxy(Serving(behind_https=True))
    check_proxy(Serving(host="192.168.1.5", behind_https=True, trusted_network=True))


def test_the_greeting_is_honest_about_what_is_not_protected(desk):
    alone = "\n".join(greeting(desk, Serving(), port=8080))
    assert "http://127.0.0.1:8080/desk" in alone
    assert "Phones cannot reach it" in alone
    desk.addresses = ("http://192.168.1.5:8080",)
    network = "\n".join(greeting(desk, Serving(host="0.0.0.0"), port=8080))
    assert "For phones and tablets: http://192.168.1.5:8080" in network
    assert "on this computer only" in network
    trusted = Serving(host="0.0.0.0", trusted_network=True)
    assert "passwords on the way" in "\n".join(greeting(desk, trusted, port=8080))


def test_the_greeting_shows_no_set_up_code_once_somebody_is_a_user(desk, web):
    web.session_of(desk, "administrator", name="Boss")
    told = "\n".join(greeting(desk, Serving(), port=8080))
    assert "set-up" not in told
    assert desk.set_up_token not in told


def test_phones_are_told_addresses_of_the_network_never_of_this_computer(monkeypatch):
    assert phone_hosts("127.0.0.1") == phone_hosts("localhost") == phone_hosts("::1") == []
    assert phone_hosts("192.168.1.5") == ["192.168.1.5"]
    found = [(socket.AF_INET, 1, 6, "", (host, 0)) for host in ("127.0.1.1", "10.1.2.3")]
    monkeypatch.setattr(serve_module.socket, "getaddrinfo", lambda *_: found)
    hosts = phone_hosts("0.0.0.0")
    assert "10.1.2.3" in hosts
    assert not [host for host in hosts if host.startswith("127.")]
