"""placeholder"""


class EventQueue:
    pass
