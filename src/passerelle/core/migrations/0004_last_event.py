"""The lock on a chain of the audit trail and its last link, in one question to the server."""

from django.db import migrations

# Volatile, so that what is read after the wait is what the transaction before has left there.
_CREATE = """
CREATE FUNCTION core_last_event(about text) RETURNS TABLE (number integer, digest text)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || about, 0));
    RETURN QUERY SELECT one.number::integer, one.digest::text FROM core_auditevent one
        WHERE one.subject = about ORDER BY one.number DESC LIMIT 1;
END $$
"""


class Migration(migrations.Migration):
    """Adds the function ``core_last_event``."""

    dependencies = [("core", "0003_access_by_reader")]
    operations = [migrations.RunSQL(_CREATE, "DROP FUNCTION core_last_event(text)")]
