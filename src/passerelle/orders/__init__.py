"""Contravention orders: a ban, an administrative penalty, or both, against a candidate, an employer or a representative.

Owns Order and OrderReview. Life cycle: proposed, noticed (the person is told what is intended and may reply), made (by
another person than the one who proposed), paid, set_aside (by a review), dropped (``states.py``). A program whose pack
has no ``ban_max_years`` keeps no orders: its addresses answer 404.
"""
