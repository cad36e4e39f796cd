"""What people said that somebody should look into."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("remarks") as batch_op:
        batch_op.create_index("ix_remarks_kind", ["kind"], unique=False)
        batch_op.create_index("ix_remarks_said_at", ["said_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("remarks")
