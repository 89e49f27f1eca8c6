"""Count the primes up to a limit, with the sieve of Eratosthenes: work for the CPU, and only that.

The talk's prime table was made with such a sieve (github.com/jconning/lambda-cpu-cost, 2017).
"""


def handler(event, context):
    """The event says how far to look: {"limit": 200000}."""
    return {"limit": event["limit"], "primes": count_primes(event["limit"])}


def count_primes(limit):
    """Cross out every multiple; what is left standing is prime."""
    standing = bytearray([True]) * (limit + 1)
    standing[0:2] = [False, False]
    number = 2
    while number * number <= limit:
        if standing[number]:
            for multiple in range(number * number, limit + 1, number):
                standing[multiple] = False
        number += 1
    return sum(standing)
