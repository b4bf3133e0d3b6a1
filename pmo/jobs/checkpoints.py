"""Every hour: a signed checkpoint of the record, kept and told to the log, which lies on another machine too."""

from __future__ import annotations

import structlog

from pmo.runtime import Runtime
from pmo.services.checkpoints import current_checkpoint, signer_of

log = structlog.get_logger(__name__)


def make_checkpoint(runtime: Runtime) -> str | None:
    """The note, or None without a key. Several processes may each do so: one row a size."""
    signer = signer_of(runtime.settings)
    if signer is None:
        return None
    with runtime.writing() as session:
        note = current_checkpoint(session, signer, runtime.clock_on_the_wall.now())
    log.info("checkpoint of the record", note=note)
    return note
