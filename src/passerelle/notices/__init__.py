"""Everything the platform tells people, and what it asks of staff.

Owns notices (outbox and portal inbox in one row), letters as PDF and as page, staff tasks, the fence that keeps a
restored copy from sending old mail. A notice is a row in the transaction of the act it tells; the worker sends it after
commit. Lends: ``operations`` (queue, send_due, read_bounces, issue_letter, open_task …) and ``queries``.

    queued ──▶ sent ──▶ bounced
       ├─────▶ failed            (refused for good, or tried for two days)
       └─────▶ fenced            (older than a restore, or outside the allow-list of a test installation)
"""
