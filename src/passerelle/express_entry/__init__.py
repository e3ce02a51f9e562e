"""The federal pool as a program sees it: profiles loaded from a file, their scores given and computed again, their end.

Owns FederalProfile, ProfileLoad (append-only) and ProfileHold. A program takes part when its pack has a stream with
``intake: federal``. Who a profile is of rests sealed; a profile number and a validation code are known by keyed digest
alone. Lends ``operations.load_profiles``, ``hold_profile``, ``lift_hold``, ``purge_profiles`` and ``queries``.
"""
