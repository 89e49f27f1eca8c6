"""A JupyterLab as ``make lab`` starts it, and kernels in it."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from start_lab import ROOT, free_port

LIMIT_S = 120.0


class JupyterLab:
    """Runs until `stop`. ``state``: the course's folder for state."""

    def __init__(self, state: Path) -> None:
        self.state = state
        settings = {"COURSE_STATE_DIR": str(state), "PORT": str(free_port(8900)), "BROWSER": "none"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._log = state.with_suffix(".log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, ROOT / "tools" / "start_lab.py"],
            env=kept | settings,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._address, self._token = self._answers()

    def _answers(self) -> tuple[str, str]:
        until = time.monotonic() + LIMIT_S
        while time.monotonic() < until:
            said = Path(self._log.name).read_text()
            if found := re.search(r"(http://127\.0\.0\.1:\d+)/\S*\?token=(\w+)", said):
                return found[1], found[2]
            assert self.process.poll() is None, said
            time.sleep(0.1)
        raise AssertionError(said)

    def ask(self, path: str, body: Any = None) -> Any:
        """POST to JupyterLab's API."""
        request = urllib.request.Request(
            self._address + path,
            data=json.dumps(body or {}).encode(),
            headers={"Authorization": f"token {self._token}", "Content-Type": "application/json"},
        )
        until = time.monotonic() + LIMIT_S
        while True:
            try:
                with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
                    return json.load(answer)
            except (ConnectionError, urllib.error.URLError) as refused:
                # A busy JupyterLab says its address before it listens: urllib wraps the refusal.
                if isinstance(refused, urllib.error.HTTPError) or time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def kernel(self, page: str) -> Kernel:
        """The kernel of a page, as a learner opens it."""
        model = {"path": page, "name": page, "type": "notebook", "kernel": {"name": "python3"}}
        return Kernel(self, self.ask("/api/sessions", model)["kernel"]["id"])

    def stop(self) -> None:
        """End it, as Ctrl-C does."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self._log.close()


@dataclass(frozen=True)
class Said:
    """What a cell printed, and the error that it ended with: its type and text."""

    text: str
    warnings: str
    error: str


class Kernel:
    """A kernel that JupyterLab started."""

    def __init__(self, lab: JupyterLab, name: str) -> None:
        self._lab = lab
        self._name = name
        self._client = self._connected()

    def _connected(self) -> BlockingKernelClient:
        file = self._lab.state / "jupyter" / "runtime" / f"kernel-{self._name}.json"
        client = BlockingKernelClient()
        client.load_connection_file(str(file))
        # A busy machine starts a kernel more slowly than a heartbeat waits: that is no death.
        client.start_channels(hb=False)
        client.wait_for_ready(timeout=LIMIT_S)
        return client

    def restart(self) -> None:
        """As the menu does: everything that Python remembers is gone."""
        self._client.stop_channels()
        self._lab.ask(f"/api/kernels/{self._name}/restart")
        self._client = self._connected()

    def run(self, code: str) -> Said:
        """Run a cell."""
        said: dict[str, list[str]] = {"stdout": [], "stderr": [], "error": []}

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said[content["name"]].append(content["text"])
            elif message["msg_type"] == "error":
                said["error"].append(f"{content['ename']}: {content['evalue']}")

        try:
            self._client.execute_interactive(
                code, timeout=LIMIT_S, output_hook=hook, store_history=True
            )
        except queue.Empty:
            raise AssertionError(f"no answer to {code!r}; so far {said}") from None
        return Said(*("".join(said[name]) for name in ("stdout", "stderr", "error")))

    def close(self) -> None:
        """Let go of the connection; the kernel stays."""
        self._client.stop_channels()
