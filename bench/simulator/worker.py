"""A peer's process, as the driver sees it: one request at a time, each with a limit of time."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from simulator.environments import PeerKind, interpreter

START_SECONDS = 120.0  # for the imports
SINGLE_THREAD = {
    **dict.fromkeys(
        (
            "MKL_NUM_THREADS",
            "NUMBA_NUM_THREADS",
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "QULACS_NUM_THREADS",
            "RAYON_NUM_THREADS",
        ),
        "1",
    ),
    "QISKIT_PARALLEL": "FALSE",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


class PeerError(Exception):
    """The peer did not answer, and why."""


class Worker:
    """Use it as a context: at its end the process ends."""

    def __init__(self, peer: PeerKind) -> None:
        bench = str(Path(__file__).parents[1])
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [interpreter(peer), "-m", f"simulator.peers.{peer.module}"],  # noqa: S603
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={
                **os.environ,
                **SINGLE_THREAD,
                "PYTHONPATH": bench if peer.lock else os.pathsep.join([bench, *filter(None, sys.path)]),
            },
            cwd=tempfile.gettempdir(),
        )
        self._pending = b""
        self.versions: Mapping[str, str] = self._answer(START_SECONDS)["versions"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ask(self, do: str, limit: float, **arguments: Any) -> dict[str, Any]:
        """The reply to a request.

        Raises:
            PeerError: none came within `limit` seconds, or the process died; it is gone then.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PeerError(self._last_words()) from None
        return self._answer(limit)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._errors.close()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def _answer(self, limit: float) -> dict[str, Any]:
        assert self._process.stdout is not None
        end = time.monotonic() + limit
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not selector.select(max(end - time.monotonic(), 0.0)):
                    raise PeerError(f"over {limit:g} s")
                received = os.read(self._process.stdout.fileno(), 1 << 20)
                if not received:
                    raise PeerError(self._last_words())
                self._pending += received
        line, _, self._pending = self._pending.partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _last_words(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"ended with code {self._process.returncode}"
