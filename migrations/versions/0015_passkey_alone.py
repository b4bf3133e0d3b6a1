"""passkey alone: a session may have been opened by a passkey and nothing else

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

METHODS = "method in ('password', 'demo', 'sso', 'passkey')"
METHODS_BEFORE = "method in ('password', 'demo', 'sso')"


def upgrade() -> None:
    _allow(METHODS)


def downgrade() -> None:
    op.execute(sa.text("delete from user_sessions where method = 'passkey'"))
    _allow(METHODS_BEFORE)


def _allow(methods: str) -> None:
    with op.batch_alter_table("user_sessions") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_user_sessions_method"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_user_sessions_method"), methods)
