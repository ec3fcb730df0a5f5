"""Their client on our worker."""
import hashlib

import msgpack

from harness import case, equal, holds
from peers import DealerClient, ReqClient, Subscriber, float32, generate, packed_map


def each_client(setting, address):
    for make in (
        lambda: ReqClient(address),
        lambda: ReqClient(address, relaxed=True, correlate=True),
        lambda: DealerClient(address),
    ):
        client = make()
        setting.closers.append(client.close)
        yield client


@case("every kind of client gets an answer of 1.0 to every request of 1.0")
def all_requests(setting):
    for address in ("tcp://127.0.0.1:0", f"ipc://{setting.folder}/w"):
        requests, _ = setting.start_our_worker(address)
        for number, client in enumerate(each_client(setting, requests)):
            for _ in range(50):
                equal(client.ask({"type": "ping"}), {"type": "pong"})
            status = client.ask({"type": "status"})
            equal(
                list(status), ["type", "version", "queue_size", "active_jobs", "uptime_s"], "status"
            )
            equal((status["type"], status["version"]), ("status_info", "1.0.0"))
            models = client.ask({"type": "list_models"})
            equal(
                models,
                {
                    "type": "model_list",
                    "models": [
                        {"name": "lcm", "path": "models/loras/lcm.safetensors",
                         "model_type": "lora", "size_mb": 144},
                        {"name": "sdxl-base", "path": "models/checkpoints/sdxl-base.safetensors",
                         "model_type": "checkpoint", "size_mb": 6616},
                        {"name": "sdxl-vae", "path": "models/vae/sdxl-vae.safetensors",
                         "model_type": "vae", "size_mb": 319},
                    ],
                },
            )
            job = f"job-{number}"
            reply = client.ask(generate(job, "wait here"))
            equal(list(reply), ["type", "job_id", "estimated_time_s"], "generate")
            equal((reply["type"], reply["job_id"]), ("job_accepted", job))
            holds(isinstance(reply["estimated_time_s"], float), "estimated_time_s is a float")
            again = client.ask(generate(job, "wait here"))
            equal(again["type"], "job_accepted", "a known id")
            cancelled = client.ask({"type": "cancel", "job_id": job})
            equal(cancelled, {"type": "job_cancelled", "job_id": job})
            twice = client.ask({"type": "cancel", "job_id": job})
            equal(
                twice,
                {"type": "job_error", "job_id": job,
                 "error": "Job not found or already completed"},
            )


@case("replies have the bytes of the public encoder")
def golden_replies(setting):
    requests, _ = setting.start_our_worker()
    client = ReqClient(requests)
    setting.closers.append(client.close)
    equal(client.ask_bytes(b"\x81\xa4type\xa4ping"), b"\x81\xa4type\xa4pong")
    reply = client.ask_bytes(msgpack.packb({"type": "cancel", "job_id": "job-001"}))
    text = "Job not found or already completed"
    equal(reply, msgpack.packb({"type": "job_error", "job_id": "job-001", "error": text}))


@case("a subscriber sees a job start, move, finish and complete, one frame each")
def updates_of_a_job(setting):
    requests, updates = setting.start_our_worker()
    subscriber = Subscriber(updates)
    client = ReqClient(requests)
    setting.closers += [subscriber.close, client.close]
    equal(subscriber.greeting["type"], "status_info")
    client.ask(generate("job-1"))
    seen = subscriber.until("job_complete", "job-1")
    types = [update["type"] for update in seen]
    equal(types[0], "job_started")
    equal(types[-2:], ["job_finished", "job_complete"])
    holds(seen[0]["timestamp"] > 1_600_000_000, "timestamp is in Unix seconds")
    for update in seen:
        if update["type"] != "progress":
            continue
        holds(update["stage"] in ("initializing", "loading_models", "encoding", "sampling",
                                  "decoding", "post_processing"), f"stage {update['stage']}")
        holds(0 <= update["percent"] <= 100, "percent is from 0 to 100")
        holds(update["step"] <= update["total_steps"], "step is within total_steps")
        holds(isinstance(update["percent"], float), "percent is a float")
    equal(seen[-2]["success"], True)
    holds(seen[-1]["image_path"].endswith(".png"), "image_path")
    reply = client.ask(generate("job-1"))
    equal(list(reply), ["type", "job_id", "image_path", "duration_s"], "a finished job of 1.0")
    equal(reply["type"], "job_complete")


@case("a failed job is told over updates and to who asks again")
def failed_job(setting):
    requests, updates = setting.start_our_worker()
    subscriber = Subscriber(updates)
    client = ReqClient(requests)
    setting.closers += [subscriber.close, client.close]
    client.ask(generate("job-1", "fail please"))
    seen = subscriber.until("job_error", "job-1")
    equal(seen[-2]["success"], False)
    equal(seen[-1]["error"], "CUDA out of memory")
    equal(
        client.ask(generate("job-1", "fail please")),
        {"type": "job_error", "job_id": "job-1", "error": "CUDA out of memory"},
    )


@case("numbers come as float32, float64 or whole numbers, optional fields absent or nil")
def variations(setting):
    requests, _ = setting.start_our_worker()
    client = ReqClient(requests)
    setting.closers.append(client.close)

    def reply_to(number, *, cfg, more=()):
        fields = [("type", "generate"), ("id", f"job-{number}"), ("prompt", "wait"),
                  ("model", "m"), ("size", [64, 64]), ("steps", 30), ("cfg_scale", cfg)]
        return msgpack.unpackb(client.ask_bytes(packed_map(*fields, *more)))["type"]

    equal(reply_to(1, cfg=float32(7.5)), "job_accepted", "float32")
    equal(reply_to(2, cfg=7.5), "job_accepted", "float64")
    equal(reply_to(3, cfg=7), "job_accepted", "int")
    equal(reply_to(4, cfg=-1), "job_accepted", "negative int")
    equal(reply_to(5, cfg=7.5, more=[("lora", None)]), "job_accepted", "nil lora")
    equal(reply_to(6, cfg=7.5, more=[("lora", "pixelart")]), "job_accepted", "lora last")
    equal(
        reply_to(7, cfg=7.5, more=[("batch_size", 2), ("animation_frames", None),
                                   ("tileset_grid", [4, 3])]),
        "job_accepted", "the Python peer's own fields")
    equal(reply_to(8, cfg=7.5, more=[("new_field", {"a": [1]})]), "job_accepted", "unknown field")
    fields = [("cfg_scale", 7.5), ("steps", 30), ("size", [64, 64]), ("model", "m"),
              ("prompt", "wait"), ("id", "job-9"), ("type", "generate")]
    reply = msgpack.unpackb(client.ask_bytes(packed_map(*fields)))
    equal(reply["type"], "job_accepted", "keys in any order, type last")


@case("what no 1.0 peer may send is refused by name, and the worker goes on")
def refusals(setting):
    requests, _ = setting.start_our_worker()
    client = ReqClient(requests)
    setting.closers.append(client.close)
    good = [("type", "generate"), ("id", "j"), ("prompt", "p"), ("model", "m"),
            ("size", [64, 64]), ("steps", 30), ("cfg_scale", 7.5)]

    def refusal(body):
        reply = msgpack.unpackb(client.ask_bytes(body))
        equal(reply["type"], "error")
        return reply["message"]

    def without(name):
        return [pair for pair in good if pair[0] != name]

    def instead(name, value):
        return packed_map(*[(key, value if key == name else old) for key, old in good])

    equal(refusal(packed_map(*good, ("steps", 31))),
          "Invalid request: field 'steps' is there twice")
    equal(refusal(packed_map(*without("steps"))), "Invalid request: missing field 'steps'")
    equal(refusal(instead("steps", 30.0)),
          "Invalid request: field 'steps' is not a whole number from 0 up")
    equal(refusal(instead("steps", -1)),
          "Invalid request: field 'steps' is not a whole number from 0 up")
    equal(refusal(instead("size", [64])), "Invalid request: field 'size' has not 2 items")
    equal(refusal(instead("size", [64, 64, 1])), "Invalid request: field 'size' has not 2 items")
    equal(refusal(instead("size", "64")), "Invalid request: field 'size' is not an array")
    equal(refusal(instead("id", msgpack.packb(b"j"))), "Invalid request: field 'id' is not text")
    equal(refusal(instead("prompt", b"\xa2\xc3\x28")),
          "Invalid request: field 'prompt' is not UTF-8")
    equal(refusal(packed_map(("type", b"\xc4\x04ping"))),
          "Invalid request: field 'type' is not text")
    equal(refusal(packed_map(*good) + b"\xc0"),
          "Invalid request: not a message: bytes follow its end")
    equal(refusal(msgpack.packb({1: 2})), "Invalid request: a key is not text")
    equal(refusal(msgpack.packb(["cancel", "j"])), "Invalid request: it is not a map")
    equal(refusal(msgpack.packb({"type": "Ping"})), "Unknown request type")
    for bomb in (b"\xdd\x07\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\x91" * 100_000,
                 b"\x81\xa1a" * 100_000, b"", b"\xc1"):
        holds(refusal(bomb).startswith("Invalid request: "), "a bomb is refused")
    equal(client.ask({"type": "ping"}), {"type": "pong"})


@case("a dealer of 1.1 finds its replies by rid and fetches the picture by digest")
def dealer_1_1(setting):
    requests, updates = setting.start_our_worker()
    subscriber = Subscriber(updates)
    client = DealerClient(requests)
    setting.closers += [subscriber.close, client.close]
    for rid in range(100):
        client.send({"type": "ping", "rid": 2**64 - 1 - rid, "v": "1.1"})
    replies = [client.receive() for _ in range(100)]
    equal([reply["rid"] for reply in replies], [2**64 - 1 - rid for rid in range(100)])
    client.ask(generate("job-1", rid=1, v="1.1"))
    seen = subscriber.until("job_complete", "job-1")
    equal([update["jseq"] for update in seen], list(range(1, len(seen) + 1)))
    equal(len({update["epoch"] for update in seen}), 1)
    status = client.ask({"type": "status", "jobs": ["job-1", "x"], "rid": 2, "v": "1.1"})
    equal([job["state"] for job in status["jobs"]], ["done", "unknown"])
    result = status["jobs"][0]["result"]
    equal(result["placeholder"], True)
    blob = client.ask({"type": "blob_get", "digest": result["sha256"], "rid": 3, "v": "1.1"})
    equal(blob["type"], "blob")
    equal(hashlib.sha256(blob["bytes"]).hexdigest(), result["sha256"])
    holds(blob["bytes"].startswith(b"\x89PNG"), "the picture is a PNG")


@case("blobs travel both ways and a forged one is refused")
def blobs(setting):
    requests, _ = setting.start_our_worker()
    client = DealerClient(requests)
    setting.closers.append(client.close)
    content = bytes(range(256)) * 4096
    digest = hashlib.sha256(content).hexdigest()
    put = {"type": "blob_put", "digest": digest, "bytes": content, "v": "1.1"}
    equal(client.ask(put)["type"], "blob_stored")
    equal(client.ask({"type": "blob_get", "digest": digest, "v": "1.1"})["bytes"], content)
    equal(client.ask(put | {"bytes": content[1:]})["type"], "error")
    absent = client.ask({"type": "blob_get", "digest": "0" * 64, "v": "1.1"})
    equal((absent["type"], absent["message"]), ("error", "Blob not found"))
