"""Wapiti and sqlmap against the demonstration, as each role and as nobody, after they have found planted holes.

    python -m benchmarks.attacks --folder var/demo --out attacks.json [--role observer …] [--full analyst …]
                                 [--patience 4]

``--folder`` is a folder that ``pmo demo`` has filled; every visit gets a copy of its own, so nothing that a tool sends
touches it or the next visit. Needs Debian's ``wapiti`` and ``sqlmap``. Exit status 1 where a planted hole was missed, a
sound twin accused, a finding is not judged, the server answered 500, or a session did not live to the end.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.attacks.judged import reason_of
from benchmarks.attacks.served import ECHO, PLANTED, SAFE_ECHO, SAFE_SEARCH, SEARCH
from benchmarks.attacks.tools import FULL, QUICK, Effort, Finding, Run, sqlmap, version_of, wapiti
from benchmarks.attacks.visitors import Target, Visitor
from config import ROOT
from pmo.clock import SystemClock
from pmo.demo.portfolio import PASSWORD

NOBODY = "nobody"
ROLES = {
    "project_manager": "manager-biz-1", "department_head": "head-biz", "deputy_akim": "deputy-da1",
    "chief_of_staff": "chief-of-staff", "akim": "akim", "pmo_analyst": "analyst", "pmo_head": "pmo-head",
    "observer": "observer", "administrator": "admin", NOBODY: "",
}  # fmt: skip
THOROUGH = ("project_manager", "administrator")
START_IN = 120.0
FAULT = "5"


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of one role."""

    role: str
    effort: str
    targets: int
    requests: dict[str, int]
    answers: dict[str, int]
    faults: list[str]
    findings: list[dict[str, str]]
    open_findings: int
    seconds: int
    reached: dict[str, int]
    was_cut: list[str]
    kept_its_session: bool


def main() -> int:
    """Runs everything, writes the findings, prints the table."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started this deaf to it
    options = _options()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pmo-attacks-") as place:
        proof = _prove(options.folder, Path(place))
        print(f"planted holes found: {proof}", flush=True)
        visits = []
        for role in options.role or ROLES:
            effort = FULL if role in options.full else QUICK
            visits.append(_visit(role, effort.times(options.patience), options.folder, Path(place) / role))
            print(_line(visits[-1]), flush=True)
            _write(options.out, proof, visits, began)
    total = sum(sum(visit.requests.values()) for visit in visits)
    minutes = round((time.monotonic() - began) / 60, 1)
    print(f"{total} requests in {minutes} minutes; all of it in {options.out.name}")
    sound = all(proof.values()) and not any(v.open_findings or v.faults or not v.kept_its_session for v in visits)
    return 0 if sound else 1


def _write(out: Path, proof: dict[str, bool], visits: list[Visit], began: float) -> None:
    """What is known so far: a run that is interrupted has told something."""
    report = {
        "date": SystemClock().now().date().isoformat(),
        "versions": {tool: version_of(tool) for tool in ("wapiti", "sqlmap")},
        "planted": proof,
        "minutes": round((time.monotonic() - began) / 60, 1),
        "visits": [asdict(visit) for visit in visits],
    }
    out.write_text(json.dumps(report, indent=1, ensure_ascii=False), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo")
    parser.add_argument("--out", type=Path, default=Path("attacks.json"))
    parser.add_argument("--role", action="append", choices=ROLES, help="these roles only")
    parser.add_argument("--full", action="append", choices=ROLES, help=f"with everything; else {', '.join(THOROUGH)}")
    parser.add_argument("--patience", type=float, default=1, help="times the seconds that the tools may take")
    options = parser.parse_args()
    options.full = options.full or list(THOROUGH)
    if not (options.folder / "demo.db").exists():
        parser.error(f"{options.folder} holds no demonstration: start `make demo` once")
    return options


def _prove(folder: Path, place: Path) -> dict[str, bool]:
    """The same tools, with the same session, on planted holes and their sound twins."""
    work = place / "planted"
    with _served(folder, work, "planted") as (base, _):
        visitor = Visitor(base)
        visitor.sign_in(f"{ROLES['observer']}.alm@almaty.example", PASSWORD)
        told = wapiti(base, [f"{PLANTED}/"], visitor.cookie, QUICK, work).findings
        targets = [Target(f"{path}?word=bridge") for path in (SEARCH, SAFE_SEARCH)]
        told += sqlmap(base, targets, visitor.cookie, work, FULL.insisting).findings
    holes = {one.place.partition(" ")[2] for one in told if one.category in ("Cross Site Scripting", "SQL Injection")}
    return {
        "cross-site scripting": ECHO in holes,
        "injection": SEARCH in holes,
        "sound twins spared": not holes & {SAFE_ECHO, SAFE_SEARCH},
    }


def _visit(role: str, effort: Effort, folder: Path, work: Path) -> Visit:
    began = time.monotonic()
    with _served(folder, work) as (base, log):
        visitor = Visitor(base)
        if role != NOBODY:
            visitor.sign_in(f"{ROLES[role]}.alm@almaty.example", PASSWORD)
        targets = visitor.look_round(effort.pages, effort.crawl)
        looked = _lines(log)
        cookie = visitor.cookie if role != NOBODY else ""
        start = [target.path for target in targets if target.method == "GET"]
        runs = {"wapiti": wapiti(base, start, cookie, effort, work)}
        crawled = _lines(log)
        runs["sqlmap"] = sqlmap(base, targets, cookie, work, effort.looking, "--smart")
        if effort.insisting:
            fewest_first = sorted(targets, key=lambda target: len(target.kind[2]))
            runs["sqlmap on everything"] = sqlmap(base, fewest_first, cookie, work, effort.insisting)
        asked = log.read_text("ascii").splitlines()
        kept = role == NOBODY or visitor.is_signed_in()
    return _told(role, effort, targets, (looked, crawled, asked), runs, time.monotonic() - began, kept)


def _told(
    role: str,
    effort: Effort,
    targets: list[Target],
    log: tuple[int, int, list[str]],
    runs: dict[str, Run],
    seconds: float,
    kept: bool,
) -> Visit:
    looked, crawled, asked = log
    found = [one for run in runs.values() for one in run.findings]
    judged = [{**asdict(one), "judged": reason_of(one) or "OPEN"} for one in _once(found)]
    return Visit(
        role=role,
        effort="full" if effort.insisting else "quick",
        targets=len(targets),
        requests={"look": looked, "wapiti": crawled - looked, "sqlmap": len(asked) - crawled},
        answers=dict(sorted(Counter(line[:3] for line in asked).items())),
        faults=sorted({line for line in asked if line.startswith(FAULT)})[:50],
        findings=judged,
        open_findings=sum(one["judged"] == "OPEN" for one in judged),
        seconds=round(seconds),
        reached={name: run.reached for name, run in runs.items() if run.reached},
        was_cut=[name for name, run in runs.items() if run.was_cut],
        kept_its_session=kept,
    )


def _once(found: list[Finding]) -> list[Finding]:
    """The same thing said of many requests is one finding."""
    return list({(one.tool, one.category, one.place, one.parameter, one.told): one for one in found}.values())


def _line(visit: Visit) -> str:
    asked = ", ".join(f"{name} {number}" for name, number in visit.requests.items())
    judged = len(visit.findings) - visit.open_findings
    reached = ", ".join(f"{name} reached {number}" for name, number in visit.reached.items())
    cut = f", cut: {' and '.join(visit.was_cut)}" if visit.was_cut else ""
    lost = "" if visit.kept_its_session else ", SESSION LOST"
    return (
        f"{visit.role:<16} {visit.effort:<5} {visit.targets:>3} targets ({reached}), requests: {asked}; "
        f"{visit.open_findings} open, {judged} false alarms, {len(visit.faults)} faults, {visit.seconds} s{cut}{lost}"
    )


def _lines(log: Path) -> int:
    return len(log.read_text("ascii").splitlines())


@contextmanager
def _served(folder: Path, work: Path, *more: str) -> Iterator[tuple[str, Path]]:
    """The demonstration over a copy of a folder, on a port of its own: its address, and the list of requests."""
    work.mkdir()
    copy, log, port = work / "demo", work / "asked.txt", _free_port()
    shutil.copytree(folder, copy)
    command = [sys.executable, "-m", "benchmarks.attacks.served", str(copy), str(port), str(log), *more]
    with (work / "server.txt").open("w") as told:
        server = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT, cwd=ROOT)
        try:
            base = f"http://127.0.0.1:{port}"
            _await(base, server)
            yield base, log
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await(base: str, server: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + START_IN
    while time.monotonic() < ends_at and server.poll() is None:
        try:
            urllib.request.urlopen(f"{base}/live", timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the demonstration did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
