"""How many seats are left in a hall?"""

from database import Connection

connections = {}


def handler(event, context):
    """Ask the database of the hall that the event names, over a connection that is kept."""
    hall = event["hall"]
    if hall not in connections:
        connections[hall] = Connection(hall)
    return {"hall": hall, "left": connections[hall].seats_left()}
