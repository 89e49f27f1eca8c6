"""How many seats are left in a hall?"""

from database import Connection


def handler(event, context):
    """Ask the database of the hall that the event names."""
    connection = Connection(event["hall"])
    return {"hall": event["hall"], "left": connection.seats_left()}
