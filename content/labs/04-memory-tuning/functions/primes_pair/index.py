"""The same count, shared out between one or two worker processes.

Each worker sieves its own half of the numbers and sends its count back through a pipe. A process
has an interpreter of its own, so two of them can use two CPUs at the same time.
"""

from math import isqrt
from multiprocessing import Pipe, Process


def handler(event, context):
    """The event says how far to look, and with how many: {"limit": 200000, "workers": 2}."""
    limit, workers = event["limit"], event["workers"]
    cuts = [2 + (limit - 1) * worker // workers for worker in range(workers + 1)]
    started = [start(low, high) for low, high in zip(cuts, cuts[1:])]
    counts = [pipe.recv() for _, pipe in started]
    for process, _ in started:
        process.join()
    return {"limit": limit, "workers": workers, "primes": sum(counts)}


def start(low, high):
    """Start a worker for the numbers from low to high - 1; its count comes out of the pipe."""
    ours, theirs = Pipe()
    process = Process(target=work, args=(theirs, low, high))
    process.start()
    return process, ours


def work(pipe, low, high):
    pipe.send(count_primes(low, high))


def count_primes(low, high):
    """Count the primes from low to high - 1: cross out the multiples of each small prime."""
    standing = bytearray([True]) * (high - low)
    for prime in small_primes(isqrt(high - 1)):
        first = max(prime * prime, (low + prime - 1) // prime * prime)
        for multiple in range(first, high, prime):
            standing[multiple - low] = False
    return sum(standing)


def small_primes(limit):
    """The primes up to limit, by trial division: only the square root of the range is asked for."""
    found = []
    for number in range(2, limit + 1):
        if all(number % prime for prime in found if prime * prime <= number):
            found.append(number)
    return found
