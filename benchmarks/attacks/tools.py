"""Wapiti and sqlmap as child processes: what they are told, how long they may take, what they found."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import urllib.parse
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.attacks.visitors import Target

EVERY_MODULE = (
    "xss", "permanentxss", "sql", "blindsql", "exec", "file", "crlf", "redirect", "csrf", "cookieflags", "csp",
    "http_headers", "backup", "htaccess", "methods", "shellshock",
)  # fmt: skip
"""Left out: ssrf and xxe ask a public server whether they were heard; wapp, nikto and buster bring lists from afar or
look for files that Flask has not; brute_login_form meets the throttle, which has tests of its own."""
QUICK_MODULES = ("xss", "sql", "exec", "file", "crlf", "redirect")
"""Without those that look at the site, not at what a role sees of it."""
MODULE = "Launching module"
SAID = re.compile(r"^(.+?)(?: vulnerability)? in (http\S+) via injection in the parameter (\S+)", re.MULTILINE)
"""What wapiti prints of a finding, for a run that was ended before it wrote its report."""
REACHED = re.compile(r"\[(\d+)/\d+\] URL")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a tool says is wrong: its category, the place, the parameter."""

    tool: str
    category: str
    place: str
    parameter: str
    told: str


@dataclass(frozen=True, slots=True)
class Effort:
    """Pages to look at, and seconds that may be spent: by wapiti, by sqlmap on parameters that seem to give way,
    and by sqlmap on every parameter whatever it looks like."""

    modules: tuple[str, ...]
    pages: int
    crawl: float
    module: float
    looking: float
    insisting: float

    def times(self, patience: float) -> Effort:
        """The same with so many times the seconds: for a machine with other work, or a night."""
        return replace(
            self,
            crawl=self.crawl * patience,
            module=self.module * patience,
            looking=self.looking * patience,
            insisting=self.insisting * patience,
        )


FULL = Effort(EVERY_MODULE, pages=90, crawl=40, module=10, looking=100, insisting=150)
QUICK = Effort(QUICK_MODULES, pages=45, crawl=10, module=2, looking=25, insisting=0)


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one tool. ``was_cut``: its time was over before its work; ``reached``: targets of sqlmap."""

    findings: list[Finding]
    was_cut: bool
    reached: int = 0


def wapiti(base: str, start: list[str], cookie: str, effort: Effort, folder: Path) -> Run:
    """Crawls from the given paths and attacks what it meets, module by module."""
    report = folder / "wapiti.json"
    command = ["wapiti", "-u", f"{base}/", "--scope", "folder", "-d", "4", "--max-links-per-page", "60"]
    command += ["--max-files-per-dir", "25", "--max-scan-time", str(effort.crawl), "--max-attack-time"]
    command += [str(effort.module), "-S", "normal", "-t", "20", "-v", "1", "-f", "json", "-o", str(report)]
    command += ["-m", ",".join(effort.modules), "--flush-session", "--no-bugreport"]
    command += ["--store-session", str(folder / "session"), "--store-config", str(folder / "config")]
    command += [part for path in start for part in ("-s", base + path)]
    command += ["-H", f"Cookie: {cookie}"] if cookie else []
    longest = effort.crawl + effort.module * len(effort.modules) + 45  # a module ends after the request it is at
    was_cut = _run(command, folder, "wapiti", longest)
    if not report.exists():
        said = (folder / "wapiti.txt").read_text("utf-8", "replace")
        if MODULE not in said:
            raise RuntimeError(f"wapiti attacked nothing: {said[-600:]}")
        return Run(
            [Finding("wapiti", what, place, word, "before the report") for what, place, word in SAID.findall(said)],
            was_cut,
        )
    told = json.loads(report.read_text("utf-8"))
    found = [
        Finding("wapiti", category, f"{one['method']} {one['path']}", one.get("parameter") or "", one["info"])
        for part in ("vulnerabilities", "anomalies")
        for category, ones in told[part].items()
        for one in ones
    ]
    return Run(found, was_cut)


def sqlmap(base: str, targets: list[Target], cookie: str, folder: Path, seconds: float, *more: str) -> Run:
    """Tries the parameters of the targets; the CSRF token stays good for the session, so it is sent as it was met."""
    log, results = folder / "requests.log", folder / "sqlmap.csv"
    results.unlink(missing_ok=True)
    log.write_text("".join(_as_request(base, target, cookie) for target in targets), "utf-8")
    command = ["sqlmap", "-l", str(log), "--batch", "--level", "1", "--risk", "1", "--technique", "BEU"]
    command += ["--dbms", "sqlite", "--skip", "csrf_token", "--timeout", "20", "--retries", "0"]
    command += ["--ignore-code", "*", "--flush-session", "--disable-coloring", "--answers", "skip further=N,merge=N"]
    command += ["--drop-set-cookie", "--ignore-stdin", "--output-dir", str(folder / "sqlmap")]
    was_cut = _run([*command, "--results-file", str(results), *more], folder, "sqlmap", seconds)
    told = (folder / "sqlmap.txt").read_text("utf-8", "replace")
    found = []
    if results.exists():
        with results.open(encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                if row.get("Parameter") and row.get("Technique(s)"):
                    place = f"{row['Place']} {urllib.parse.urlsplit(row['Target URL']).path}"
                    found.append(Finding("sqlmap", "SQL Injection", place, row["Parameter"], row["Technique(s)"]))
    return Run(found, was_cut, max([0, *map(int, REACHED.findall(told))]))


def version_of(tool: str) -> str:
    """What the tool says of its own version."""
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    return next((line.strip() for line in said.splitlines() if re.match(r"(Wapiti )?\d+\.\d+", line)), "unknown")


def _as_request(base: str, target: Target, cookie: str) -> str:
    body = urllib.parse.urlencode(target.fields) if target.method == "POST" else ""
    lines = [f"{target.method} {target.path} HTTP/1.1", f"Host: {urllib.parse.urlsplit(base).netloc}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"] if body else []
    rule = "=" * 40
    return f"{rule}\n" + "\n".join(lines) + f"\n\n{body}\n{rule}\n"


def _run(command: list[str], folder: Path, name: str, longest: float) -> bool:
    """Runs a tool in a group of its own and ends that group when its time is over. Returns whether so."""
    environment = {**os.environ, "HOME": str(folder), "NO_PROXY": "*"}
    answers = folder / "answers.txt"
    answers.write_text("r\n" * 20, "ascii")  # what an interrupted wapiti is told: write the report
    with (folder / f"{name}.txt").open("w", encoding="utf-8") as told, answers.open() as typed:
        child = subprocess.Popen(
            command, stdout=told, stderr=subprocess.STDOUT, stdin=typed, start_new_session=True,
            cwd=folder, env=environment,
        )  # fmt: skip
        try:
            child.wait(longest)
            was_cut = False
        except subprocess.TimeoutExpired:
            was_cut = True
            os.killpg(child.pid, signal.SIGINT)
            try:
                child.wait(45)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
    return was_cut
