"""Workers of another house in threads of their own: one of 1.0 as the public DGX-Pixels design
describes it (REP and PUB, completion over PUB alone, pictures as files), one of 1.1 (ROUTER and
PUB, replies by rid, pictures by digest)."""
import hashlib
import os
import struct
import threading
import time
import zlib

import msgpack
import zmq

CELL = 8  # raw pixels a native pixel, as the manifest of these cases says


def png_of(width, height):
    """A figure in three colours on a plain background, in cells of CELL pixels."""
    colors = [(0xF3, 0xEF, 0xE0), (0x2E, 0x24, 0x40), (0x9E, 0x30, 0x38), (0xDF, 0xA3, 0x45)]
    rows = b""
    for y in range(height // CELL):
        row = b""
        for x in range(width // CELL):
            # One figure every 16 cells, three cells from the edge of its frame.
            cell_x, cell_y = x % 16, y % 16
            inside = 3 <= cell_x < 13 and 3 <= cell_y < 13
            color = colors[1 + (cell_x * 7 + cell_y * 3) // 5 % 3 if inside else 0]
            row += bytes(color) * CELL
        rows += (b"\0" + row) * CELL

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


class TheirWorker:
    """Serves until close(). Its sockets belong to its thread."""

    replies = zmq.REP

    def __init__(self, requests, updates, folder):
        self.folder = folder
        self.requests_seen = []
        self.queue = []  # jobs that have been accepted and not drawn
        self.closing = threading.Event()
        self.context = zmq.Context()
        self.socket = self.context.socket(self.replies)
        self.publisher = self.context.socket(zmq.PUB)
        for socket, address in ((self.socket, requests), (self.publisher, updates)):
            socket.setsockopt(zmq.LINGER, 0)
            socket.bind(address)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def close(self):
        self.closing.set()
        self.thread.join(10)
        self.context.destroy(0)

    def serve(self):
        while not self.closing.is_set():
            if self.socket.poll(5):
                self.take_request()
            elif self.queue:
                self.draw(self.queue.pop(0))

    def generated(self):
        return [seen["id"] for seen in self.requests_seen if seen["type"] == "generate"]

    def answer(self, request):
        """The reply of 1.0."""
        kind = request["type"]
        if kind == "generate":
            self.queue.append(request)
            return {"type": "job_accepted", "job_id": request["id"],
                    "estimated_time_s": request["steps"] * 0.1}
        if kind == "status":
            return {"type": "status_info", "version": "1.0.0", "queue_size": len(self.queue),
                    "active_jobs": 0, "uptime_s": 60}
        if kind == "cancel":
            return {"type": "job_error", "job_id": request["job_id"],
                    "error": "Job not found or already completed"}
        return {"type": "pong"}


class Worker10(TheirWorker):
    """`two_frames`: a topic before each update. `lost_updates`: so many ends of jobs are not told.
    `slow_replies`: so many replies are late by `late` seconds. `path_of`: the image_path told."""

    def __init__(self, requests, updates, folder, two_frames=False, lost_updates=0,
                 slow_replies=0, late=0.0, path_of=None, fail=None):
        self.two_frames = two_frames
        self.lost_updates = lost_updates
        self.slow_replies = slow_replies
        self.late = late
        self.path_of = path_of or (lambda path: path)
        self.fail = fail
        super().__init__(requests, updates, folder)

    def take_request(self):
        request = msgpack.unpackb(self.socket.recv())
        self.requests_seen.append(request)
        if request["type"] == "generate":
            self.publish({"type": "job_started", "job_id": request["id"],
                          "timestamp": int(time.time())})
        reply = self.answer(request)
        if request["type"] == "generate" and self.slow_replies > 0:
            self.slow_replies -= 1
            time.sleep(self.late)
        self.socket.send(msgpack.packb(reply))

    def publish(self, update):
        body = msgpack.packb(update)
        topic = f"progress.{update['job_id']}".encode()
        self.publisher.send_multipart([topic, body] if self.two_frames else [body])

    def draw(self, job):
        self.publish({"type": "job_started", "job_id": job["id"], "timestamp": int(time.time())})
        # The last one has a step beyond the total, as the public worker's has.
        for step, percent in ((0, 10.0), (0, 90), (100, 100.0)):
            self.publish({"type": "progress", "job_id": job["id"], "stage": "sampling",
                          "step": step, "total_steps": job["steps"], "percent": percent,
                          "eta_s": 0})
        # What no public subscriber knows must not disturb.
        self.publish({"type": "new_kind_of_update", "job_id": job["id"]})
        if self.fail:
            self.publish({"type": "job_finished", "job_id": job["id"], "success": False,
                          "duration_s": 0.0})
            self.publish({"type": "job_error", "job_id": job["id"], "error": self.fail})
            return
        name = f"{job['id'][:16]}-{len(self.requests_seen)}.png"
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(png_of(*job["size"]))
        if self.lost_updates > 0:
            self.lost_updates -= 1
            return
        self.publish({"type": "job_finished", "job_id": job["id"], "success": True,
                      "duration_s": 0.5})
        self.publish({"type": "job_complete", "job_id": job["id"],
                      "image_path": self.path_of(name), "duration_s": 0.5})


class Worker11(TheirWorker):
    """Knows rid, status by job, blobs; tells nothing by updates but the heartbeat's status."""

    replies = zmq.ROUTER
    EPOCH = 7

    def __init__(self, requests, updates, folder):
        self.results = {}
        self.blobs = {}
        self.seq = 0
        super().__init__(requests, updates, folder)

    def take_request(self):
        *way, body = self.socket.recv_multipart()
        request = msgpack.unpackb(body)
        self.requests_seen.append(request)
        reply = self.answer_1_1(request) | {"v": "1.1", "epoch": self.EPOCH}
        if "rid" in request:
            reply["rid"] = request["rid"]
        self.socket.send_multipart([*way, msgpack.packb(reply)])

    def answer_1_1(self, request):
        if request["type"] == "blob_get":
            content = self.blobs.get(request["digest"])
            if content is None:
                return {"type": "error", "message": "Blob not found"}
            return {"type": "blob", "digest": request["digest"], "bytes": content}
        if request["type"] == "status":
            info = self.answer(request) | {"version": "1.1.0", "seq": self.seq}
            known = {job["id"]: "queued" for job in self.queue} | {
                job: "done" for job in self.results}
            info["jobs"] = [
                {"job_id": job, "state": known.get(job, "unknown"), "seq": self.seq}
                | ({"result": self.results[job]} if job in self.results else {})
                for job in request.get("jobs", [])]
            return info
        if request["type"] == "generate" and request["id"] in self.results:
            return {"type": "job_complete", "job_id": request["id"], "image_path": "",
                    "duration_s": 1, "result": self.results[request["id"]]}
        return self.answer(request)

    def draw(self, job):
        content = png_of(*job["size"])
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[digest] = content
        self.results[job["id"]] = {"sha256": digest, "size": len(content)}
        self.seq += 1
        self.publisher.send(msgpack.packb(
            {"type": "job_complete", "job_id": job["id"], "image_path": "", "duration_s": 1.0,
             "result": self.results[job["id"]], "epoch": self.EPOCH, "seq": self.seq,
             "jseq": 1}))
