"""What tests of the handlers share: ready-made situations, moves of customers and operators, and questions.

One name means one thing in all of `tests/functions`, which a test in `tests/unit` holds.
"""
