"""Our client, as `dgxp build --worker`, on their worker."""
import json
import os

from harness import case, equal, holds
from their_workers import Worker10, Worker11

MANIFEST = """dgxp: 1
project: { name: small, seed: 7 }
palettes:
  ember: { file: ember.hex }
styles:
  plain: { prompt: "{prompt}", render_scale: 8 }
defaults:
  style: plain
  palette: ember
  size: [16, 16]
sprites:
  item/{name}:
    matrix:
      generate: { name: { coin: "gold coin", potion: "red potion", sword: "short sword" } }
    prompt: "{name}"
outputs:
  - { target: bevy, dir: game }
"""
EMBER = "1a1423\n2e2440\n39424f\n9e3038\ndfa345\nf3efe0\n"
MASTERS = ["coin.png", "potion.png", "sword.png"]


def their_worker(setting, kind=Worker10, **how):
    """A worker, and the arguments of a build that uses it."""
    with open(os.path.join(setting.folder, "assets.yaml"), "w") as file:
        file.write(MANIFEST)
    with open(os.path.join(setting.folder, "ember.hex"), "w") as file:
        file.write(EMBER)
    pictures = os.path.join(setting.folder, "pictures")
    os.makedirs(pictures, exist_ok=True)
    address = f"ipc://{setting.folder}/w"
    worker = kind(address, address + ".updates", pictures, **how)
    setting.closers.append(worker.close)
    return worker, ["build", "--json", "--worker", address]


def build(setting, arguments, *more):
    result = setting.run_dgxp(*arguments, *more)
    try:
        return result, json.loads(result.stdout)
    except ValueError as error:
        raise AssertionError(f"no JSON: {result.stdout!r}, {result.stderr!r}") from error


def shared(setting):
    return ["--worker-folder", os.path.join(setting.folder, "pictures")]


def check_masters(setting, result, report):
    equal(result.returncode, 0, result.stderr)
    equal(len(report["generated"]), 3, "generated")
    equal(sorted(os.listdir(os.path.join(setting.folder, "art/item"))), MASTERS)


@case("our client builds with a worker of 1.0 whose pictures lie in a shared folder")
def build_with_1_0(setting):
    worker, arguments = their_worker(setting)
    result, report = build(setting, arguments, *shared(setting))
    check_masters(setting, result, report)
    equal(len(set(worker.generated())), 3, "jobs")
    equal(len(worker.generated()), 3, "each job is asked for once")
    for seen in worker.requests_seen[1:]:
        holds("rid" not in seen and "v" not in seen, "no 1.1 to a peer of 1.0")
    result, report = build(setting, arguments, *shared(setting))
    equal((result.returncode, report["generated"]), (0, []), "a second build")
    equal(len(worker.generated()), 3, "a second build asks for nothing")


@case("our client takes updates of two frames, and paths that begin with the folder's name")
def two_frames(setting):
    folder = os.path.join(setting.folder, "pictures")
    _, arguments = their_worker(
        setting, two_frames=True, path_of=lambda name: os.path.join(folder, name))
    check_masters(setting, *build(setting, arguments, *shared(setting)))


@case("our client asks again for jobs whose end a worker of 1.0 told nobody")
def lost_updates(setting):
    worker, arguments = their_worker(setting, lost_updates=2)
    check_masters(setting, *build(setting, arguments, *shared(setting)))
    equal(len(worker.generated()), 5, "two jobs are asked for twice")


@case("our client takes no late reply of a worker of 1.0 for that to another request")
def late_reply(setting):
    worker, arguments = their_worker(setting, slow_replies=1, late=6.0)
    check_masters(setting, *build(setting, arguments, *shared(setting)))
    equal(len(worker.generated()), 3, "no job is asked for twice")


@case("our client says why a job of a worker of 1.0 failed")
def failed_job(setting):
    _, arguments = their_worker(setting, fail="CUDA out of memory")
    result, report = build(setting, arguments, *shared(setting))
    equal(result.returncode, 1, result.stderr)
    equal(len(report["failed"]), 3, "failed")
    holds("CUDA out of memory" in result.stderr, "the reason is told")


@case("our client reads no picture outside of the shared folder")
def hostile_path(setting):
    with open(os.path.join(setting.folder, "secret.png"), "wb") as file:
        file.write(b"secret")
    _, arguments = their_worker(setting, path_of=lambda name: "../secret.png")
    result, _ = build(setting, arguments, *shared(setting))
    equal(result.returncode, 1, result.stderr)
    holds("'../secret.png' is not below" in result.stderr, result.stderr)
    holds(not os.path.exists(os.path.join(setting.folder, "art")), "no master is written")


@case("our client refuses a worker of 1.0 when no folder is named, and says what to do")
def no_folder(setting):
    _, arguments = their_worker(setting)
    result, report = build(setting, arguments)
    equal(result.returncode, 69, result.stderr)
    holds("speaks protocol 1.0" in report["error"], report["error"])
    holds("--worker-folder" in report["hint"], report["hint"])


@case("our client builds with a worker of 1.1 that another house wrote")
def build_with_1_1(setting):
    worker, arguments = their_worker(setting, Worker11)
    check_masters(setting, *build(setting, arguments))
    equal(len(worker.generated()), 3, "each job is asked for once")
