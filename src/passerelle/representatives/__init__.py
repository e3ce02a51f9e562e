"""Representatives: how somebody comes to act for clients, and how a client ends it.

A representative registers with a licence and asks clients; each client appoints them, or not, from the client's own account,
and ends the appointment at any moment. Rows and the question who may act for whom are ``accounts.acting``'s, because every
room asks it; this room has the acts around it. Lends ``operations``, ``queries``, ``urls``.
"""
