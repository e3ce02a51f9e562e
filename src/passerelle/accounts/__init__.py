"""People: who they are, how they sign in, which staff roles they hold, and what each audience's pages require.

Owns `Person`, `Role`, `AccessLink` (single use) and `SecondFactorReset` (two people). Signing in, passwords, e-mail
codes and second factors are django-allauth's; this room sets its rules. Lends `access` (base pages per audience),
`operations` (register, invite, enrol, roles), `queries`, and `hooks` (what later rooms want to be told of).
"""
