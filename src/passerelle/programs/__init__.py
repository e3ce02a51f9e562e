"""Programs: packs loaded, checked and in force; their questionnaires as forms, criteria, letters' texts and calendars.

Owns Program, Pack (immutable), Occupation (dated list) and Closure. Lends ``queries`` (rules, due, score), ``operations``
(load_packs, send, issue_letter, close_office) and ``forms`` (a section of a questionnaire as a form).
"""
