"""What the system refuses is told in the reader's language."""

from __future__ import annotations

import errno
import http.client
import os
import re
import socket
import ssl
from pathlib import Path

import pytest

from govcloud.country.reader import read_file
from govcloud.refusal import refusal
from govcloud_base.errors import GovCloudError, Text


@pytest.mark.parametrize("number", [errno.EACCES, errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EISDIR])
def test_a_common_refusal_has_vietnamese_words(number: int) -> None:
    said = refusal(OSError(number, os.strerror(number)))
    assert said.en == os.strerror(number)
    assert os.strerror(number) not in said.vi
    assert not said.vi.isascii()


def test_an_uncommon_one_keeps_its_number_and_is_quoted() -> None:
    own = os.strerror(errno.EXDEV)
    said = refusal(OSError(errno.EXDEV, own))
    assert (said.en, said.vi) == (own, f"lỗi hệ thống EXDEV (18): '{own}'")


def connection_to_nowhere() -> OSError:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses every connection
        with pytest.raises(OSError) as caught:
            socket.create_connection(taken.getsockname())
    return caught.value


def certificate_of_nobody() -> OSError:
    return ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed")


@pytest.mark.parametrize(
    ("error", "english", "vietnamese"),
    [
        (connection_to_nowhere(), "Connection refused", "kết nối bị từ chối"),
        (TimeoutError(), "timed out", "quá thời gian chờ"),
        (TimeoutError("timed out"), "timed out", "quá thời gian chờ"),
        (socket.gaierror(-2, "Name or service not known"), "host's name is not known", "không phân giải được tên máy"),
        (certificate_of_nobody(), "not trusted", "chứng thư không được tin cậy"),
        (http.client.RemoteDisconnected("Remote end closed"), "without an answer", "đã ngắt mà không trả lời"),
        (ValueError("odd\nlines"), "odd lines", "'odd lines'"),
        (KeyError(), "KeyError", "'KeyError'"),
    ],
)
def test_what_does_not_answer_is_told_in_words(error: Exception, english: str, vietnamese: str) -> None:
    said = refusal(error)
    assert english in said.en
    assert vietnamese in said.vi


def test_an_error_that_follows_from_one_of_the_system_has_its_reason() -> None:
    with pytest.raises(ValueError, match="layer") as caught:
        try:
            raise connection_to_nowhere()
        except OSError as error:
            raise ValueError("a layer above") from error
    assert refusal(caught.value) == Text("Connection refused", "kết nối bị từ chối")


def test_a_file_that_is_not_there_is_told_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(GovCloudError) as caught:
        read_file(tmp_path / "none.yaml", "none.yaml")
    (problem,) = caught.value.problems
    assert "No such file" in problem.message.en
    assert "không có tệp" in problem.message.vi
    assert "No such file" not in problem.message.vi


def test_nobody_else_says_what_the_system_said() -> None:
    """Programs without a reader write into logs; the plugin for Kubernetes speaks as the official one does."""
    modules = Path(__file__).parents[2] / "modules" / "govcloud"
    logged = {"local/node/init.py", "local/log_keeper.py", "local/relay.py", "local/offline"}
    saying = {
        str(path.relative_to(modules))
        for path in modules.rglob("*.py")
        if re.search(r"\{[^{}]*strerror[^{}]*\}|reason = error\.strerror", path.read_text(encoding="utf-8"))
    }
    assert {path for path in saying if not any(map(path.startswith, logged))} == set()
