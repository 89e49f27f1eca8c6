"""What went wrong in the set-up, told to a learner."""


class SetupError(Exception):
    """Its text is one plain line that says what is wrong and what to do next."""
