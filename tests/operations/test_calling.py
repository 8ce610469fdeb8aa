"""How a command calls the API: over HTTP, at a pace, again where that is right; and how it shows how far it is."""

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path

import pytest
from calling.client import HttpTransport, NoReplyError, Reply
from calling.errors import OperationError
from calling.outside import Outside
from calling.pace import Pace
from calling.progress import Progress, duration
from calling.stack import local_stack
from pytest_socket import enable_socket
from sandbox.stripe.clock import ManualClock


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


class Page(BaseHTTPRequestHandler):
    """Answers what the path says: JSON, no JSON, a redirect, or nothing at all."""

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/breaks":
            self.close_connection = True
            return
        self.send_response(307 if self.path == "/elsewhere" else 200)
        self.send_header("Retry-After", "3")
        self.send_header("Location", "/json")
        content = b"<html>" if self.path == "/html" else sent
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    enable_socket()
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class TestTheTransport:
    def test_sends_and_reads_json(self, url: str) -> None:
        reply = HttpTransport(1)("POST", f"{url}/json", b'{"a": 1}', {"X": "y"})

        assert (reply.status, reply.body, reply.headers["retry-after"]) == (200, {"a": 1}, "3")

    def test_reads_a_page_as_nothing(self, url: str) -> None:
        assert HttpTransport(1)("POST", f"{url}/html", b"{}", {}).body is None

    def test_does_not_follow_a_redirect_with_the_key(self, url: str) -> None:
        assert HttpTransport(1)("POST", f"{url}/elsewhere", b"{}", {}).status == 307

    @pytest.mark.parametrize("path", ["/breaks", ":1"])
    def test_says_that_there_was_no_reply(self, url: str, path: str) -> None:
        where = url + path if path.startswith("/") else "http://127.0.0.1:1"

        with pytest.raises(NoReplyError):
            HttpTransport(1)("POST", where, b"{}", {})


class TestThePace:
    def test_spaces_turns_evenly_and_is_slower_after_a_refusal_and_fast_again(self) -> None:
        clock = ManualClock(0)
        pace = Pace(10, clock=clock.now, sleep=clock.advance)

        def seconds(turns: int) -> float:
            began_at = clock.now()
            for _ in range(turns):
                pace.wait()
            return clock.now() - began_at

        assert seconds(11) == pytest.approx(1.0)
        pace.back_off(5)
        pace.back_off(5)
        assert seconds(2) == pytest.approx(5.2, abs=0.01)
        assert seconds(200) < 25
        assert seconds(11) == pytest.approx(1.1, abs=0.1)

    def test_ends_for_all_once_the_command_is_stopped(self) -> None:
        outside = Outside(environment={})
        outside.sleep(0)
        outside.stop()

        with pytest.raises(OperationError):
            outside.sleep(1000)
        assert outside.now().tzinfo is not None


def test_no_reply_is_asked_for_again() -> None:
    replies: list[Reply | None] = [None, None, Reply(200, {})]

    def send(_method: str, _url: str, _body: bytes | None, _headers: Mapping[str, str], /) -> Reply:
        reply = replies.pop(0)
        if reply is None:
            raise NoReplyError("TimeoutError")
        return reply

    clock = ManualClock(0)
    outside = Outside({"PAYSTREAM_URL": "https://a.example", "PAYSTREAM_API_KEY": "k"}, send, clock.now)
    outside.pause = clock.advance

    assert outside.client(outside.pace(25), local=False).get("customers").status == 200
    assert 3 < clock.now() < 5


class TestTheProgress:
    def test_is_a_line_that_is_written_over_on_a_terminal(self) -> None:
        clock, terminal = ManualClock(0), Terminal()
        progress = Progress(1000, "rows", to=terminal, clock=clock.now)
        progress.advance(200, is_new=False)
        for at in (300, 400):
            clock.advance(50)
            progress.advance(at)

        assert terminal.getvalue().split("\r")[-1].strip() == (
            "[#########---------------]  40%  3 rows  0.0/s  5 min 0 s left"
        )
        progress.close()
        assert terminal.getvalue().endswith("\n")

    def test_is_a_line_now_and_then_in_a_log(self) -> None:
        clock, log = ManualClock(0), StringIO()
        progress = Progress(None, "invoices", to=log, clock=clock.now)
        for at in range(100):
            clock.advance(1)
            progress.advance(at)
        progress.close()

        assert len(log.getvalue().splitlines()) == 4
        assert log.getvalue().splitlines()[-1] == "100 invoices  1.0/s"

    @pytest.mark.parametrize(
        ("seconds", "said"), [(4.4, "4 s"), (60, "1 min 0 s"), (3_599, "59 min 59 s"), (7_500, "2 h 5 min")]
    )
    def test_says_a_time_in_two_units(self, seconds: float, said: str) -> None:
        assert duration(seconds) == said


def test_a_stack_that_does_not_run_here_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("calling.stack.LOCAL_STACK", tmp_path / "stack.json")

    with pytest.raises(OperationError, match="make local"):
        local_stack()
