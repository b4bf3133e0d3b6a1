"""Runs migrations over the connection that ``pmo.db.migrate`` hands in."""

from alembic import context

import pmo.db.models  # noqa: F401 - completes the metadata
from pmo.db.base import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=False,
)
context.run_migrations()
