"""Takes the pictures of docs/pictures from a running demonstration.

    make demo                                         # in another terminal
    python scripts/take_pictures.py http://127.0.0.1:8000

Every page in Russian and Kazakh, wide and on a phone, light and dark in turn.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "demo-portfolio-2020"
WIDE, PHONE = (1366, 900), (390, 844)
SHOTS = (
    ("overview-ru", "analyst.alm@almaty.example", "ru", "/portfolio", WIDE, "light"),
    ("overview-kk", "deputy-da2.alm@almaty.example", "kk", "/portfolio", PHONE, "dark"),
    ("project-ru", "akim.alm@almaty.example", "ru", "/projects/10", WIDE, "light"),
    ("project-kk", "manager-police-1.alm@almaty.example", "kk", "/projects/13", WIDE, "dark"),
    ("milestone-kk", "head-police.alm@almaty.example", "kk", "/milestones/53", WIDE, "light"),
    ("tasks-kk", "manager-police-1.alm@almaty.example", "kk", "/tasks", PHONE, "light"),
    ("update-kk", "manager-biz-1.alm@almaty.example", "kk", "/update", PHONE, "light"),
    ("meeting-ru", "akim.alm@almaty.example", "ru", "/meeting", WIDE, "light"),
    ("changes-kk", "deputy-da5.alm@almaty.example", "kk", "/changes?since=2020-01-20", WIDE, "light"),
    ("timeline-ru", "akim.alm@almaty.example", "ru", "/portfolio/timeline", WIDE, "light"),
    ("charts-kk", "head-biz.alm@almaty.example", "kk", "/portfolio/charts", WIDE, "dark"),
    ("alerts-ru", "pmo-head.alm@almaty.example", "ru", "/alerts/preview", WIDE, "light"),
    ("indicator-ru", "analyst.alm@almaty.example", "ru", "/indicators/25", WIDE, "light"),
    ("mailbox-ru", "pmo-head.alm@almaty.example", "ru", "/mailbox", WIDE, "light"),
    ("jobs-ru", "pmo-head.alm@almaty.example", "ru", "/jobs", WIDE, "dark"),
)


def main(address: str) -> None:
    """Takes every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as player:
        path = os.environ.get("PMO_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        arguments = ["--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = player.chromium.launch(executable_path=path, args=arguments)
        for name, email, language, page, size, theme in SHOTS:
            take(browser, address, name, email, language, page, size, theme)
        browser.close()


def take(
    browser: Browser, address: str, name: str, email: str, language: str, page: str, size: tuple[int, int], theme: str
) -> None:
    """One picture of one page as one post sees it."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if theme == "dark" else "light"
    )
    tab = context.new_page()
    tab.goto(f"{address}/sign-in?lang={language}")
    tab.fill("input[name=email]", email)
    tab.fill("input[name=password]", PASSWORD)
    tab.click("form:has(input[name=password]) button[type=submit]")
    tab.wait_for_load_state()
    tab.goto(address + page)
    tab.wait_for_load_state()
    tab.screenshot(path=str(PICTURES / f"{name}.png"))
    context.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
