"""Does the time of an answer tell whether an account exists? The median of nine for each kind of address.

    python -m benchmarks.sign_in_timing

Exit status 1 where two medians of one page differ by more than 15 % (RELIABILITY 6, test 22).
"""

from __future__ import annotations

import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from config import Settings
from pmo.app import create_app
from pmo.db import migrate
from pmo.db.models.catalogue import CityRecord
from pmo.db.models.people import PersonRecord
from pmo.runtime import Runtime
from pmo.services.passwords import hash_password

TRIES = 9
MOST_APART = 0.15
ADDRESSES = {"known": "known@city.example", "no password": "open@city.example", "unknown": "nobody@city.example"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def main() -> int:
    """Prints the medians in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(_installation(Path(folder)))
        client = app.test_client()
        worst = 0.0
        for path, form in (("/sign-in", {"password": "a wrong one of some length"}), ("/password/forgotten", {})):
            tries: dict[str, list[float]] = {kind: [] for kind in ADDRESSES}
            for turn in range(TRIES + 1):
                kinds = list(ADDRESSES.items())
                for kind, address in kinds[turn % 3 :] + kinds[: turn % 3]:
                    network = {"REMOTE_ADDR": f"10.0.{turn}.1"}
                    page = client.get(path, base_url="http://localhost", environ_base=network).text
                    token = TOKEN.findall(page)[-1]
                    sent = {"csrf_token": token, "email": address, **form}
                    began = time.perf_counter()
                    client.post(path, base_url="http://localhost", data=sent, environ_base=network)
                    if turn:  # the first one warms up
                        tries[kind].append((time.perf_counter() - began) * 1000)
            medians = {kind: statistics.median(times) for kind, times in tries.items()}
            apart = max(medians.values()) / min(medians.values()) - 1
            said = ", ".join(f"{kind} {median:.1f} ms" for kind, median in medians.items())
            print(f"{path}: {said}; apart {apart:.1%}")
            worst = max(worst, apart)
    return 1 if worst > MOST_APART else 0


def _installation(folder: Path) -> Runtime:
    settings = Settings(f"sqlite:///{folder / 'pmo.db'}", secret_key="k" * 40, base_url="http://localhost")
    runtime = Runtime(settings)
    migrate.upgrade(runtime.engines)
    with runtime.writing() as session:
        names = {"name_ru": "Город", "name_kk": "Қала", "name_en": "City"}
        session.add(CityRecord(id="city", timezone="Asia/Almaty", currency="KZT", calendar="KZ", position=0, **names))
        session.flush()
        titles = {"title_ru": "Аким", "title_kk": "Әкім", "title_en": "Akim"}
        for address, password in (("known", "plum yacht in the fog"), ("open", None)):
            session.add(
                PersonRecord(
                    id=address,
                    city_id="city",
                    role="akim",
                    email=f"{address}@city.example",
                    language="ru",
                    password_hash=hash_password(password) if password else None,
                    created_at=datetime(2020, 1, 1, tzinfo=UTC),
                    **titles,
                )
            )
    return runtime


if __name__ == "__main__":
    sys.exit(main())
