"""Lighthouse over the overview and a project page of a running demonstration: `python benchmarks/lighthouse.py`.

Needs npm (it fetches the version below) and a Chromium, named by CHROME_PATH if it is not on the path. Not a test: the
figures depend on the machine. docs/frontend.md has those of the last run.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request

LIGHTHOUSE = "lighthouse@12.8.2"
SCORES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")
DEVICES = {"mobile": [], "desktop": ["--preset=desktop"]}
HIDDEN = re.compile(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"')


def cookie_of(base: str, email: str, password: str) -> str:
    """Signs in with the form, as a person does; the Cookie header of the session. Raises SystemExit if refused."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(f"{base}/sign-in").read().decode()
    token = dict(HIDDEN.findall(form))["csrf_token"]
    sent = urllib.parse.urlencode({"csrf_token": token, "email": email, "password": password}).encode()
    answer = browser.open(f"{base}/sign-in", sent)
    if urllib.parse.urlsplit(answer.url).path == "/sign-in":
        raise SystemExit("The sign-in was refused.")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def measure(address: str, cookie: str, device: list[str]) -> dict[str, object]:
    """Lighthouse's report of one page."""
    chrome = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("google-chrome")
    if chrome is None:
        raise SystemExit("No Chromium found; set CHROME_PATH.")
    command = [
        *("npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", *device),
        *("--extra-headers", json.dumps({"Cookie": cookie}), "--chrome-flags=--headless=new --no-sandbox"),
    ]
    done = subprocess.run(
        command, env={**os.environ, "CHROME_PATH": chrome}, capture_output=True, text=True, check=True
    )
    report: dict[str, object] = json.loads(done.stdout)
    return report


def line(name: str, report: dict[str, object]) -> str:
    """Scores of a hundred, then the figures as Lighthouse words them."""
    categories, audits = report["categories"], report["audits"]
    scores = [f"{(categories[one]['score'] or 0) * 100:.0f}" for one in SCORES]  # type: ignore[index]
    figures = [str(audits[one].get("displayValue", "—")) for one in FIGURES]  # type: ignore[index]
    return " | ".join((name, *scores, *figures))


def lost(report: dict[str, object]) -> list[str]:
    """What costs points outside of speed."""
    found = []
    for category in SCORES[1:]:
        for part in report["categories"][category]["auditRefs"]:  # type: ignore[index]
            audit = report["audits"][part["id"]]  # type: ignore[index]
            if part["weight"] and audit["score"] is not None and audit["score"] < 1:
                found.append(f"  {category}: {audit['title']}")
    return found


def main() -> None:
    """Measures two pages on two devices."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--base", default="http://127.0.0.1:8000")
    words.add_argument("--email", default="akim.alm@almaty.example")
    words.add_argument("--password", default="demo-portfolio-2020")
    words.add_argument("--project", default="/projects/10")
    asked = words.parse_args()
    cookie = cookie_of(asked.base, asked.email, asked.password)
    print(" | ".join(("page", *SCORES, "LCP", "TBT", "CLS")))
    for path in ("/portfolio", asked.project):
        for device, options in DEVICES.items():
            report = measure(asked.base + path, cookie, options)
            print(line(f"{path}, {device}", report))
            print("\n".join(lost(report)), file=sys.stderr)


if __name__ == "__main__":
    main()
