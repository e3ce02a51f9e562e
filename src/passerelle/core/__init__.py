"""What every room uses and nothing that names a stage.

Owns the audit trail, the access log and the reference counters. Lends the clock, arrival times, life-cycle tables,
deadlines, verdicts, sealing (encryption and signatures), bilingual text and the base page.
"""
