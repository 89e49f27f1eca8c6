"""Asks the parcel carrier when a parcel arrives. The carrier is simulated here: it only waits."""

import time

# Seconds until the carrier answers. A silent one never does.
WAITS_S = {"quick": 0.2, "slow": 1.2, "silent": 3600}


def handler(event, context):
    time.sleep(WAITS_S[event["carrier"]])
    return {"parcel": event["parcel"], "days": 2 + event["parcel"] % 3}
