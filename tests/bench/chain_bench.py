#!/usr/bin/env python3
"""The whole chain of a build without the drawing: 1,000 sprites recovered from the raw images in the
store, locked, trimmed, packed, encoded and written with their metadata, by one thread and by two;
then one sprite of them again.

Usage: chain_bench.py DGXP [SPRITES]. CPU is user + system of the whole command, medians of several
runs; the times of one thread, of two, and of two projects at once by one thread each are taken in
turn: the last says what the machine's second core is worth. The share of decoding the raw images is
measured beside it, by libpng through Pillow, where that is installed."""
import glob
import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 5
DB32 = """000000 222034 45283c 663931 8f563b df7126 d9a066 eec39a fbf236 99e550 6abe30
37946e 4b692f 524b24 323c39 3f3f74 306082 5b6ee1 639bff 5fcde4 cbdbfc ffffff
9badb7 847e87 696a6a 595652 76428a ac3232 d95763 d77bba 8f974a 8a6f30""".split()
PALETTE = ", ".join(f"'#{color}'" for color in DB32)
KINDS = ["warrior", "slime", "gem", "potion", "tree", "ghost", "sword", "rock", "chest", "bat"]


def measure(command, folder):
    """CPU seconds and wall seconds of one run."""
    before = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command} failed: {output}")
    return usage.ru_utime + usage.ru_stime, wall


def measure_together(command, folders):
    """Wall seconds until the last of these is done."""
    before = time.monotonic()
    running = [subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) for folder in folders]
    if any([process.wait() for process in running]):
        sys.exit(f"{command} failed")
    return time.monotonic() - before


def make_project(folder, sprites, render_scale):
    names = ", ".join(f"s{i:04}" for i in range(sprites // len(KINDS)))
    with open(os.path.join(folder, "assets.yaml"), "w", encoding="utf-8") as manifest:
        manifest.write(
            "dgxp: 1\nproject: { name: chain }\n"
            f"palettes: {{ main: {{ colors: [{PALETTE}] }} }}\n"
            f"styles: {{ plain: {{ prompt: '{{prompt}}', render_scale: {render_scale} }} }}\n"
            "defaults: { style: plain, palette: main, size: [32, 32] }\n"
            "atlases: { all: { include: ['**'] } }\n"
            "sprites:\n  thing/{kind}-{name}:\n    prompt: '{kind} {name}'\n"
            f"    matrix: {{ generate: {{ kind: [{', '.join(KINDS)}], name: [{names}] }} }}\n"
            "outputs: [{ target: bevy, dir: out }]\n")


def forget(folder, master=None):
    """Back to the raw images alone, or without one master."""
    if master:
        os.remove(master)
        return
    for name in ("art", "out", "assets.lock"):
        path = os.path.join(folder, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)
    for name in os.listdir(os.path.join(folder, ".dgxp")):
        if name not in ("raw", "lock"):
            path = os.path.join(folder, ".dgxp", name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def decode_seconds(folder):
    try:
        from PIL import Image
    except ImportError:
        return None
    files = []
    for path in glob.glob(os.path.join(folder, ".dgxp", "raw", "*", "*")):
        with open(path, "rb") as raw:
            content = raw.read()
        files.append(content[content.index(b"\x89PNG"):])
    before = time.process_time()
    for png in files:
        Image.open(io.BytesIO(png)).load()
    return time.process_time() - before


def bench(dgxp, sprites, render_scale):
    root = tempfile.mkdtemp(prefix="dgxp-chain-")
    other = root + "-other"
    try:
        make_project(root, sprites, render_scale)
        measure([dgxp, "build", "--worker", "embedded"], root)
        shutil.copytree(root, other)
        builds = {1: [], 2: []}
        together = []
        for _ in range(RUNS):
            for threads, runs in builds.items():
                forget(root)
                runs.append(measure([dgxp, "-j", str(threads), "build"], root))
            forget(root)
            forget(other)
            together.append(measure_together([dgxp, "-j", "1", "build"], [root, other]))
        cpu = statistics.median(run[0] for run in builds[1])
        walls = {n: statistics.median(run[1] for run in runs) for n, runs in builds.items()}
        decode = decode_seconds(root)
        side = 32 * render_scale
        print(f"{sprites} sprites from {side}x{side}: {cpu:.2f} s CPU on one core"
              + (f", of it {decode:.2f} s would be libpng's decoding" if decode else "")
              + f" (goal 15); {walls[1]:.2f} s, on two {walls[2]:.2f} s: "
              f"{walls[1] / walls[2]:.2f} times faster (goal 1.8); two such builds at once do "
              f"{2 * walls[1] / statistics.median(together):.2f} times the work of one")
        masters = sorted(glob.glob(os.path.join(root, "art", "**", "*.png"), recursive=True))
        nothing = statistics.median(measure([dgxp, "build"], root)[0] for _ in range(RUNS))
        one = []
        for master in masters[:: max(1, len(masters) // RUNS)][:RUNS]:
            forget(root, master)
            one.append(measure([dgxp, "build"], root)[0])
        print(f"  one of them again: {statistics.median(one) * 1000:.0f} ms CPU, with nothing to do "
              f"{nothing * 1000:.0f} ms")
    finally:
        shutil.rmtree(root)
        shutil.rmtree(other, ignore_errors=True)


def main():
    dgxp = os.path.abspath(sys.argv[1])
    sprites = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    for render_scale in (16, 32):
        bench(dgxp, sprites, render_scale)


if __name__ == "__main__":
    main()
