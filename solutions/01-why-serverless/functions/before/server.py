"""The order service as one writes it for a machine of one's own. Run it: python server.py 8080

Each block begins with a line of dashes that names it. orders.py is the same file as on Lambda.
"""

# --- imports
import json
import logging
import logging.handlers
import os
import queue
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# --- business
from orders import take

# --- settings
PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
WORKERS = int(os.environ.get("WORKERS", "4"))
MOST_WAITING = int(os.environ.get("MOST_WAITING", "50"))
TIMEOUT_S = float(os.environ.get("TIMEOUT_S", "10"))
CLEAN_EVERY_S = 3600
LOG_FILE = os.environ.get("LOG_FILE", "orders.log")

# --- log and its rotation
log = logging.getLogger("orders")
log.setLevel(logging.INFO)
rotating = logging.handlers.RotatingFileHandler(LOG_FILE, maxBytes=1_000_000, backupCount=5)
rotating.setFormatter(logging.Formatter("%(asctime)s %(threadName)s %(message)s"))
log.addHandler(rotating)

# --- worker pool
waiting = queue.Queue(MOST_WAITING)
stopping = threading.Event()


class Job:
    """One order on its way through the pool."""

    def __init__(self, order):
        self.order = order
        self.done = threading.Event()
        self.status, self.answer = 500, {"error": "not worked on"}


def work():
    while True:
        job = waiting.get()
        if job is None:
            return
        started = time.perf_counter()
        attend(job)
        job.done.set()
        count(job.status, time.perf_counter() - started)


workers = [threading.Thread(target=work, name=f"worker-{n}") for n in range(WORKERS)]

# --- retries and errors


def attend(job):
    for attempt in (1, 2, 3):
        try:
            job.status, job.answer = 200, take(job.order)
            return
        except ValueError as error:
            job.status, job.answer = 200, {"refused": str(error)}
            return
        except Exception:
            log.exception("order %s, attempt %d", job.order.get("order"), attempt)
            time.sleep(0.1 * 2**attempt)
    job.status, job.answer = 500, {"error": "the order failed three times"}


# --- metrics
numbers = {"orders": 0, "errors": 0, "seconds": 0.0}
numbers_lock = threading.Lock()


def count(status, seconds):
    with numbers_lock:
        numbers["orders"] += 1
        numbers["errors"] += status >= 500
        numbers["seconds"] += seconds


# --- HTTP server
class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            length = int(self.headers.get("Content-Length", 0))
            order = json.loads(self.rfile.read(min(length, 1_000_000)))
            if not isinstance(order, dict):
                raise ValueError("an order is an object")
        except ValueError:
            self.reply(400, {"error": "this is no JSON order"})
            return
        self.reply(*submit(order))

    def reply(self, status, answer):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text, *parts):
        log.info(text, *parts)

    # --- health check
    def do_GET(self):
        if self.path == "/health":
            healthy = all(worker.is_alive() for worker in workers) and not stopping.is_set()
            self.reply(200 if healthy else 503, {"healthy": healthy, "waiting": waiting.qsize()})
        elif self.path == "/metrics":
            self.reply(200, numbers)
        else:
            self.reply(404, {"error": "there is no such page"})


# --- overload and time-out
def submit(order):
    job = Job(order)
    try:
        waiting.put_nowait(job)
    except queue.Full:
        return 503, {"error": "too many orders are waiting"}
    if not job.done.wait(TIMEOUT_S):
        return 504, {"error": "the order took too long"}
    return job.status, job.answer


# --- scheduled work
def clean_up():
    while not stopping.wait(CLEAN_EVERY_S):
        log.info("the last hour: %s", numbers)
        with numbers_lock:
            numbers.update(orders=0, errors=0, seconds=0.0)


# --- start and graceful stop
def stop(*_):
    stopping.set()
    threading.Thread(target=server.shutdown).start()


server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
for worker in workers:
    worker.start()
threading.Thread(target=clean_up, daemon=True).start()
print(f"ready on port {server.server_port}", flush=True)
server.serve_forever()
for _ in workers:
    waiting.put(None)
for worker in workers:
    worker.join()
log.info("stopped in order")
