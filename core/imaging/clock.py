"""The time that the reading of a file may take."""

from __future__ import annotations

import subprocess
import threading
import time

import psutil

_PATIENCE = 3


class Clock:
    """Ends a process that computes for longer than it may, however busy the machine is.

    What counts is its processor time; on the wall it may take `_PATIENCE` times as long.
    """

    def __init__(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.late = False
        self._process, self._seconds = process, seconds
        self._watched = psutil.Process(process.pid)
        self._start, self._spent = time.monotonic(), self._cpu()
        self._arm(seconds)

    def stop(self) -> None:
        """Let the process live."""
        self._timer.cancel()

    def _arm(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._look)
        self._timer.daemon = True
        self._timer.start()

    def _look(self) -> None:
        left = self._seconds - (self._cpu() - self._spent)
        waited = time.monotonic() - self._start
        if left <= 0 or waited >= _PATIENCE * self._seconds:
            self.late = True
            self._process.kill()
        else:
            self._arm(max(left, self._seconds / 10))

    def _cpu(self) -> float:
        try:
            times = self._watched.cpu_times()
        except psutil.Error:  # it has gone
            return 0.0
        return float(times.user + times.system)
