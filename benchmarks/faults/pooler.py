"""PgBouncer in transaction mode before a database: sessions are not what they seem (RELIABILITY 1.3 and 6, test 5)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from pwd import getpwuid

from sqlalchemy.engine import make_url

from benchmarks.faults.ground import Ground, wait_until

POOL_SIZE = 2


def program() -> str | None:
    """PgBouncer, where it is installed (Debian: ``pgbouncer``)."""
    return shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


@contextmanager
def before(ground: Ground) -> Iterator[Ground]:
    """The same ground, its workers going through a pool of two connections. Needs a server on a socket of its own."""
    found = program()
    if found is None:
        raise RuntimeError("there is no pgbouncer (Debian: apt-get install pgbouncer)")
    url = make_url(ground.url)
    folder = Path(str(url.query["host"]))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"""
[databases]
{url.database} = host={folder} user={url.username} dbname={url.database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {POOL_SIZE}
max_client_conn = 100
logfile = {folder}/pgbouncer.log
"""
    )
    configuration.chmod(0o644)
    owner = folder.stat()
    as_owner = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    process = subprocess.Popen(
        [found, "-q", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "USER": getpwuid(owner.st_uid).pw_name},
        **as_owner,
    )
    try:
        if not wait_until(lambda: _answers(port), 10):
            raise RuntimeError((folder / "pgbouncer.log").read_text())
        pooled = url.set(host="127.0.0.1", port=port, query={})
        yield replace(ground, through=pooled.render_as_string(hide_password=False))
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0
