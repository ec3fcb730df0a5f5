#!/usr/bin/env python3
"""Peers of another house, written with pyzmq and msgpack-python as the public DGX-Pixels design
describes them, against our worker and our client.

Usage: interop_test.py SERVE_WORKER DGXP [WORD...]   only claims that hold one of the words
The last line is "N passed, N failed". Exit 77: a Python module is missing."""
import sys

try:
    import msgpack  # noqa: F401
    import zmq  # noqa: F401
except ImportError as missing:
    print(f"SKIPPED: the peers of another house, because {missing}; scripts/setup test installs it")
    sys.exit(77)

import their_client_cases  # noqa: E402, F401
import their_worker_cases  # noqa: E402, F401
from harness import run_cases  # noqa: E402

passed, failed = run_cases(sys.argv[1], sys.argv[2], sys.argv[3:])
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed or not passed else 0)
