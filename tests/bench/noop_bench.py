#!/usr/bin/env python3
"""A build with nothing to do, 10,000 sprites, beside a no-op ninja over as many files.

Usage: noop_bench.py DGXP [SPRITES]. CPU is user + system, the median of seven runs of each, taken
in turn."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

RUNS = 7


def measure(command, folder):
    """CPU seconds and peak memory (MB) of one run."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {output}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.strip()


def make_project(folder, sprites):
    names = ", ".join(f"s{i:05}" for i in range(sprites))
    with open(os.path.join(folder, "assets.yaml"), "w") as manifest:
        manifest.write(
            "dgxp: 1\nproject: { name: many }\n"
            "palettes: { bw: { colors: ['#101418', '#607080', '#c0d0e0', '#a53030'] } }\n"
            "styles: { tiny: { prompt: '{prompt}', render_scale: 8 } }\n"
            "defaults: { style: tiny, palette: bw, size: [8, 8] }\n"
            "sprites:\n  gem/{name}:\n    prompt: 'gem {name}'\n"
            f"    matrix: {{ generate: {{ name: [{names}] }} }}\n"
            "outputs: [{ target: bevy, dir: out }]\n")


def make_ninja(folder, files):
    with open(os.path.join(folder, "build.ninja"), "w") as build:
        build.write("rule copy\n  command = cp $in $out\n")
        for i in range(files):
            build.write(f"build out/{i:05}: copy in/{i:05}\n")
    os.mkdir(os.path.join(folder, "in"))
    for i in range(files):
        with open(os.path.join(folder, "in", f"{i:05}"), "w") as source:
            source.write(str(i))


def main():
    dgxp = os.path.abspath(sys.argv[1])
    sprites = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    root = tempfile.mkdtemp(prefix="dgxp-noop-")
    try:
        ours, theirs = os.path.join(root, "dgxp"), os.path.join(root, "ninja")
        os.mkdir(ours)
        os.mkdir(theirs)
        make_project(ours, sprites)
        first, _, _ = measure([dgxp, "build", "--worker", "embedded"], ours)
        make_ninja(theirs, sprites)
        measure(["ninja"], theirs)
        cpu = {"dgxp": [], "ninja": []}
        peak = 0.0
        for _ in range(RUNS):
            seconds, memory, output = measure([dgxp, "build", "--worker", "embedded"], ours)
            if output != "nothing to do":
                sys.exit(f"not a no-op: {output}")
            cpu["dgxp"].append(seconds)
            peak = max(peak, memory)
            seconds, _, output = measure(["ninja"], theirs)
            if "no work to do" not in output:
                sys.exit(f"not a no-op: {output}")
            cpu["ninja"].append(seconds)
        mine, peer = statistics.median(cpu["dgxp"]), statistics.median(cpu["ninja"])
        print(f"first build of {sprites} sprites: {first:.1f} s CPU")
        print(f"no-op: dgxp {mine * 1000:.0f} ms, ninja {peer * 1000:.0f} ms, ratio "
              f"{mine / peer:.2f} (goal 1.00), peak {peak:.0f} MB (goal 100)")
    finally:
        shutil.rmtree(root)


main()
