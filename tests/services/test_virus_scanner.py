"""Whatever clamd does, only a file that it called clean passes (ASVS 5.4.3)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest

from pmo.cli.serve import web
from pmo.domain.errors import RuleBroken
from pmo.services import virus_scanner
from pmo.services.files import check_evidence
from pmo.services.virus_scanner import AT_ONCE, ScannerFailed, refuse_virus, signature_in, trouble_of
from tests.fakes_clamd import Clamd, ClamdOnFile, listening
from tests.services.test_files import LIMIT, PDF, picture

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The string that every scanner is tested with; it does nothing."""


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    with listening(Clamd()) as server:
        yield server


def refused(clamd: Clamd, content: bytes = PDF, patience: float = 20.0) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        refuse_virus(clamd.place, "Акт.pdf", content, patience)
    assert caught.value.field == "file"
    assert caught.value.values["name"] == "Акт.pdf"
    return caught.value


@pytest.mark.parametrize("size", [1, 64 * 1024, 64 * 1024 + 1, 1_000_000])
def test_a_clean_file_passes_and_clamd_saw_every_byte_of_it(clamd: Clamd, size: int) -> None:
    content = os.urandom(size)
    refuse_virus(clamd.place, "Акт.pdf", content)
    assert clamd.streams == [content]


@pytest.mark.parametrize("says", ["found", "found with digest"])
def test_a_virus_is_refused_with_its_name(clamd: Clamd, says: str) -> None:
    clamd.says = says
    refusal = refused(clamd)
    assert (refusal.code, refusal.values["signature"]) == ("file_infected", "Win.Test.EICAR_HDB-1")


@pytest.mark.parametrize("says", ["error", "nonsense", "half", "endless", "close"])
def test_whatever_is_no_clear_answer_lets_nothing_through(clamd: Clamd, says: str) -> None:
    clamd.says = says
    assert refused(clamd).code == "scanner_away"


def test_a_scanner_that_hangs_is_waited_for_as_long_as_was_said(clamd: Clamd) -> None:
    clamd.says = "hang"
    began = monotonic()
    assert refused(clamd, patience=0.2).code == "scanner_away"
    assert monotonic() - began < 5


def test_a_scanner_that_hangs_keeps_a_few_uploads_waiting_and_not_every_thread_of_the_pages(
    clamd: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virus_scanner, "TURN_PATIENCE", 0.05)
    clamd.says = "hang"
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(refused, clamd) for _ in range(AT_ONCE)]
        until = monotonic() + 10
        while len(clamd.streams) < AT_ONCE and monotonic() < until:
            sleep(0.01)
        began = monotonic()
        with pytest.raises(ScannerFailed, match="as many files as may be"):
            signature_in(clamd.place, PDF)
        assert monotonic() - began < 5
        assert len(clamd.streams) == AT_ONCE
        (threads,) = [option.default for option in web.params if option.name == "threads"]
        assert isinstance(threads, int)
        assert threads >= 2 * AT_ONCE
        clamd.says = "clean"
        clamd.patience.set()
        assert {refusal.result().code for refusal in waiting} == {"scanner_away"}
    refuse_virus(clamd.place, "Акт.pdf", PDF)


def test_a_file_above_the_limit_of_clamd_is_refused_and_its_words_are_kept_for_the_log(tmp_path: Path) -> None:
    with listening(ClamdOnFile(tmp_path / "clamd.ctl")) as clamd:
        clamd.most = 100_000
        with pytest.raises(ScannerFailed, match="size limit exceeded"):
            signature_in(tmp_path / "clamd.ctl", bytes(150_000))
        with pytest.raises(RuleBroken, match="scanner_away"):
            refuse_virus(tmp_path / "clamd.ctl", "Акт.pdf", bytes(5_000_000))
        assert signature_in(tmp_path / "clamd.ctl", bytes(1000)) is None


def test_a_scanner_that_is_not_there_lets_nothing_through(tmp_path: Path, clamd: Clamd) -> None:
    for nowhere in (tmp_path / "clamd.ctl", ("127.0.0.1", 1), ("::1", 1)):
        with pytest.raises(RuleBroken, match="scanner_away"):
            refuse_virus(nowhere, "Акт.pdf", PDF)
        assert "cannot be reached" in (trouble_of(nowhere) or "")


def test_a_probe_says_whether_clamd_answers(clamd: Clamd) -> None:
    assert trouble_of(clamd.place) is None
    clamd.says = "close"
    assert trouble_of(clamd.place) == "clamd gave no whole answer"
    clamd.says = "hang"
    assert trouble_of(clamd.place, 0.2) == "clamd did not answer within 0.2 s"


def test_the_checks_of_content_come_first_and_what_came_is_scanned_not_what_is_kept(clamd: Clamd) -> None:
    with pytest.raises(RuleBroken, match="file_type_refused"):
        check_evidence("a.pdf", b"<html>", LIMIT, clamd.place)
    assert clamd.commands == []
    photo = picture("JPEG") + EICAR
    kept = check_evidence("a.jpg", photo, LIMIT, clamd.place)
    assert clamd.streams == [photo]
    assert EICAR not in kept.content


CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


@pytest.fixture(scope="module")
def real_clamd() -> Iterator[Path]:
    """clamd of this machine with one signature of ours: the EICAR string anywhere in a file."""
    if CLAMD is None:
        if os.environ.get("PMO_REQUIRE_CLAMD") == "1":
            pytest.fail("PMO_REQUIRE_CLAMD=1, and there is no clamd")
        pytest.skip("clamd is not installed")
    with TemporaryDirectory(prefix="pmo-clamd-") as name:
        folder = Path(name)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "ours.ndb").write_text(f"Ours.Eicar:0:*:{EICAR.hex()}\n")
        (folder / "clamd.conf").write_text(
            f"LocalSocket {folder}/clamd.ctl\nDatabaseDirectory {folder}/signatures\nForeground yes\n"
            f"StreamMaxLength 1M\nTemporaryDirectory {folder}\n"
        )
        words = [CLAMD, "--config-file", str(folder / "clamd.conf")]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                until = monotonic() + 30
                while trouble_of(folder / "clamd.ctl") and monotonic() < until and process.poll() is None:
                    sleep(0.05)
                yield folder / "clamd.ctl"
            finally:
                process.kill()


@pytest.mark.clamd
def test_clamd_itself_tells_a_clean_file_a_virus_and_a_file_that_is_too_large(real_clamd: Path) -> None:
    assert trouble_of(real_clamd) is None
    assert signature_in(real_clamd, PDF) is None
    assert signature_in(real_clamd, PDF + EICAR) == "Ours.Eicar.UNOFFICIAL"
    with pytest.raises(RuleBroken, match="file_infected"):
        check_evidence("Акт.pdf", PDF + EICAR, LIMIT, real_clamd)
    with pytest.raises(ScannerFailed):
        signature_in(real_clamd, bytes(3_000_000))
    assert signature_in(real_clamd, bytes(900_000)) is None
