"""What the interop cases share: a list of cases, a worker to talk to, and checks that say what
they saw."""
import concurrent.futures
import os
import shutil
import subprocess
import tempfile
import traceback

CASES = []


def case(claim):
    """Registers a function of one argument, the Setting, under the claim that it shows."""

    def register(function):
        CASES.append((claim, function))
        return function

    return register


def equal(actual, expected, what=""):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


class Setting:
    """Programs and a folder for one case; whatever it started is ended by close()."""

    def __init__(self, serve_worker, dgxp):
        self.serve_worker = os.path.abspath(serve_worker)
        self.dgxp = os.path.abspath(dgxp)
        self.folder = tempfile.mkdtemp(prefix="dgxp-interop-")
        self.closers = []

    def start_our_worker(self, address="tcp://127.0.0.1:0"):
        """The addresses of requests and of updates."""
        process = subprocess.Popen(
            [self.serve_worker, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

        def end():
            process.stdin.close()
            process.wait(timeout=20)
            process.stdout.close()

        self.closers.append(end)
        return process.stdout.readline().split()

    def run_dgxp(self, *arguments, timeout=60, **environment):
        clean = {"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                clean[name] = os.environ[name]
        return subprocess.run(
            [self.dgxp, *arguments],
            cwd=self.folder,
            env=clean | environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def close(self):
        for closer in reversed(self.closers):
            closer()
        shutil.rmtree(self.folder, ignore_errors=True)


def verdict(serve_worker, dgxp, _, function):
    """"" or why the case failed."""
    setting = Setting(serve_worker, dgxp)
    try:
        function(setting)
        return ""
    except Exception:  # a case may fail in any way
        return traceback.format_exc()
    finally:
        setting.close()


def run_cases(serve_worker, dgxp, words):
    """How many passed and failed. Most of a case is waiting, so they run beside one another."""
    chosen = [(claim, function) for claim, function in CASES
              if not words or any(word in claim for word in words)]
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        verdicts = pool.map(lambda one: verdict(serve_worker, dgxp, *one), chosen)
        for (claim, _), why in zip(chosen, verdicts):
            passed += not why
            print(f"FAILED {claim}\n{why}" if why else f"ok {claim}", flush=True)
    return passed, len(chosen) - passed
