"""Consultations stand on the edition of the guide they began with."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "editions",
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("guide", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
    with op.batch_alter_table("editions") as batch_op:
        batch_op.create_index("ix_editions_guide", ["guide"], unique=False)
    with op.batch_alter_table("consultations") as batch_op:
        batch_op.add_column(sa.Column("edition", sa.String(length=16), nullable=True))
        batch_op.create_foreign_key("fk_consultations_edition", "editions", ["edition"], ["fingerprint"])


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("consultations") as batch_op:
        batch_op.drop_constraint("fk_consultations_edition", type_="foreignkey")
        batch_op.drop_column("edition")
    op.drop_table("editions")
