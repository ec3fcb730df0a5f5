#!/usr/bin/env python3
"""One changed sprite under `dgxp watch`, in a project of 1,000 sprites on one page: what it costs the
process that watches, and how long it takes from the rename of the changed file to the finished
outputs. Beside it `dgxp build` with the same changes.

Usage: watch_bench.py DGXP [SPRITES]. CPU is what the kernel counts for the threads of the watching
process (user and system, -j1); medians of 11 changes of each kind, after one that is not counted.
Every change alters the page, its sheet and the catalogue. What a raw image costs to decode is
measured between the changes with those very images, by decode_bench of the same build, and taken
off where a master is recovered."""
import glob
import json
import os
import random
import re
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from chain_bench import DB32, make_project, measure

CHANGES = 11
DRAWN = 12
GOAL_MS = 25
RECOVERED = "a master recovered again from its 512x512 raw image"


def drawing(seed, side=32):
    """A PNG of a disc in colours of the palette."""
    choose = random.Random(seed)
    rows = b""
    for y in range(side):
        rows += b"\0"
        for x in range(side):
            inside = (2 * x - side + 1) ** 2 + (2 * y - side + 1) ** 2 < (0.8 * side) ** 2
            color = DB32[(seed + x // 4 * 3 + y // 5 * 7 + choose.randrange(2)) % len(DB32)]
            rows += bytes.fromhex(color) + b"\xff" if inside else b"\0\0\0\0"

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def replace(path, content):
    """As editors save. Comes back with the moment of the rename."""
    with open(path + ".new", "wb") as file:
        file.write(content)
    now = time.monotonic()
    os.rename(path + ".new", path)
    return now


def remove(path):
    now = time.monotonic()
    os.remove(path)
    return now


def outline(folder, color):
    """One line of the manifest changes."""
    path = os.path.join(folder, "assets.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    line = f"  drawn/d0: {{ source: drawn/d0.png, finish: {{ outline: '#{color}' }} }}\n"
    return replace(path, re.sub(r"  drawn/d0: .*\n", line, text).encode())


def add_drawings(folder):
    os.mkdir(os.path.join(folder, "drawn"))
    lines = ""
    for i in range(DRAWN):
        with open(os.path.join(folder, f"drawn/d{i}.png"), "wb") as file:
            file.write(drawing(i))
        lines += f"  drawn/d{i}: {{ source: drawn/d{i}.png }}\n"
    path = os.path.join(folder, "assets.yaml")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("outputs:", lines + "outputs:"))


def raw_images(folder, masters):
    """The raw images that the store remembers for these masters."""
    keys = {}
    with open(os.path.join(folder, ".dgxp", "masters"), encoding="utf-8") as log:
        for line in log.readlines()[1:]:
            _, key, path = line.rstrip("\n").split(" ", 2)
            keys[os.path.join(folder, path)] = key
    return [os.path.join(folder, ".dgxp", "raw", keys[m][:2], keys[m]) for m in masters]


def decode_ms(dgxp, files):
    """Nothing where the program is not beside this dgxp."""
    program = os.path.join(os.path.dirname(dgxp), "..", "tests", "decode_bench")
    if not os.path.exists(program):
        return None
    return float(subprocess.run([program, *files], check=True, text=True,
                                stdout=subprocess.PIPE).stdout.split()[0])


class Watch:
    def __init__(self, dgxp, folder):
        self.process = subprocess.Popen([dgxp, "watch", "-j1", "--events=jsonl"], cwd=folder, text=True,
                                        stdout=subprocess.PIPE)
        self.next("ready")

    def next(self, kind):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "error":
                sys.exit(f"watch failed: {event}")
            if event["event"] == kind:
                return event
        sys.exit("watch ended")

    def cpu_ms(self):
        tasks = f"/proc/{self.process.pid}/task"
        total = 0
        for task in os.listdir(tasks):
            with open(os.path.join(tasks, task, "schedstat"), encoding="ascii") as file:
                total += int(file.read().split()[0])
        return total / 1e6

    def settle(self):
        """Until it has looked at what it wrote itself, and sleeps."""
        before = -1.0
        while before != self.cpu_ms():
            before = self.cpu_ms()
            time.sleep(0.12)

    def end(self):
        self.process.terminate()
        self.process.wait()


def picked_masters(folder):
    masters = sorted(glob.glob(os.path.join(folder, "art", "**", "*.png"), recursive=True))
    return masters[:: len(masters) // (CHANGES + 1)][:CHANGES + 1]


def changes(folder, seed):
    """Kinds of change by name: each a list of functions that make one."""
    picked = picked_masters(folder)
    drawn = [os.path.join(folder, f"drawn/d{i}.png") for i in range(CHANGES + 1)]
    first = 1 + seed // 1000 * 5
    return {
        "a drawing (source:) replaced":
            [lambda i=i, p=p: replace(p, drawing(seed + i)) for i, p in enumerate(drawn)],
        "a master edited by hand":
            [lambda i=i, p=p: replace(p, drawing(2 * seed + i)) for i, p in enumerate(picked)],
        RECOVERED: [lambda p=p: remove(p) for p in picked],
        "a line of the manifest (the outline of a sprite)":
            [lambda c=c: outline(folder, c) for c in DB32[first:first + CHANGES + 1]],
    }


def bench(dgxp, folder):
    raws = raw_images(folder, picked_masters(folder))
    watch = Watch(dgxp, folder)
    for name, kind in changes(folder, 1000).items():
        cpu, latency, decode = [], [], []
        for change in kind:
            watch.settle()
            before = watch.cpu_ms()
            began = change()
            written = watch.next("build_finished")["written"]
            latency.append((time.monotonic() - began) * 1000)
            if len(written) != 3:
                sys.exit(f"{name}: {written} were written")
            watch.settle()
            cpu.append(watch.cpu_ms() - before)
            if name == RECOVERED:
                decode.append(decode_ms(dgxp, raws))
        middle = statistics.median(cpu[1:])
        text = f"{middle:.1f} ms CPU"
        if decode and decode[0] is not None:
            apart = statistics.median(decode)
            text += f", {apart:.1f} of them to decode the raw image, {middle - apart:.1f} without"
        print(f"  {name}: {text} (goal {GOAL_MS}), "
              f"{statistics.median(latency[1:]):.0f} ms to the finished outputs, "
              f"longest {max(latency[1:]):.0f} ms")
    watch.end()
    for name, kind in changes(folder, 3000).items():
        runs = []
        for change in kind[:5]:
            change()
            runs.append(measure([dgxp, "-j1", "build"], folder))
        print(f"  {name}, by dgxp build: {statistics.median(r[0] for r in runs) * 1000:.0f} ms CPU, "
              f"{statistics.median(r[1] for r in runs) * 1000:.0f} ms")
    if subprocess.run([dgxp, "check", "-q"], cwd=folder, check=False).returncode != 0:
        sys.exit("what watch left is not up to date")


def main():
    dgxp = os.path.abspath(sys.argv[1])
    sprites = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    root = tempfile.mkdtemp(prefix="dgxp-watch-")
    try:
        make_project(root, sprites, 16)
        add_drawings(root)
        measure([dgxp, "build", "--worker", "embedded"], root)
        print(f"{sprites + DRAWN} sprites")
        bench(dgxp, root)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
