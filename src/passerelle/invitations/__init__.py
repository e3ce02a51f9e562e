"""The offer to apply and its deadline.

Owns Invitation, Extension and Reminder. Life cycle: issued, accepted, declined, cancelled, lapsed. An invitation holds
a place of the year; whoever ends it gives the place back and closes the expression of interest. Whether one is too late
is asked of the clock (``respond_by``), never stored: the sweep only closes the books and writes the letters.
"""
