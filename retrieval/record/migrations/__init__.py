"""Brings a record to the schema of this version, by Alembic. Imported only where a record is behind."""
