"""Hold a catalogue in memory, as big as the event says."""


def handler(event, context):
    """Build {"megabytes": 150} of catalogue, use it, and let it go."""
    catalogue = build(event["megabytes"])
    return {"megabytes": len(catalogue) // (1024 * 1024), "first": catalogue[0]}


def build(megabytes):
    """Filling every byte matters: memory that is never written to takes up no room."""
    return bytearray(b"\x2a") * (megabytes * 1024 * 1024)
