"""Clients as the public DGX-Pixels design describes them: pyzmq and msgpack-python, protocol 1.0."""
import struct
import time

import msgpack
import zmq

WAIT = 10_000  # milliseconds, for what should take none


def socket_of(context, kind, address=None):
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.RCVTIMEO, WAIT)
    socket.setsockopt(zmq.SNDTIMEO, WAIT)
    if address is not None:
        socket.connect(address)
    return socket


def generate(job, prompt="16-bit knight sprite", **more):
    """The map of a 1.0 `generate`, in the order in which the Python peer writes it."""
    return {
        "type": "generate",
        "id": job,
        "prompt": prompt,
        "model": "sdxl-base",
        "size": [64, 64],
        "steps": 30,
        "cfg_scale": 7.5,
    } | more


class ReqClient:
    """One request, one reply, as the public clients do it."""

    def __init__(self, address, relaxed=False, correlate=False):
        self.context = zmq.Context()
        self.socket = socket_of(self.context, zmq.REQ)
        if relaxed:
            self.socket.setsockopt(zmq.REQ_RELAXED, 1)
        if correlate:
            self.socket.setsockopt(zmq.REQ_CORRELATE, 1)
        self.socket.connect(address)

    def ask_bytes(self, body):
        self.socket.send(body)
        parts = self.socket.recv_multipart()
        assert len(parts) == 1, f"a reply of {len(parts)} parts"
        return parts[0]

    def ask(self, message):
        return msgpack.unpackb(self.ask_bytes(msgpack.packb(message)))

    def close(self):
        self.context.destroy(0)


class DealerClient:
    """[empty, body] out, [empty, body] in; as many requests at a time as it likes."""

    def __init__(self, address):
        self.context = zmq.Context()
        self.socket = socket_of(self.context, zmq.DEALER, address)

    def send(self, message):
        self.socket.send_multipart([b"", msgpack.packb(message)])

    def receive(self):
        delimiter, body = self.socket.recv_multipart()
        assert delimiter == b""
        return msgpack.unpackb(body)

    def ask(self, message):
        self.send(message)
        return self.receive()

    def close(self):
        self.context.destroy(0)


class Subscriber:
    """Subscribes to the empty prefix and reads one frame at a time, as the public peers do."""

    def __init__(self, address):
        self.context = zmq.Context()
        self.socket = socket_of(self.context, zmq.SUB)
        self.socket.setsockopt(zmq.SUBSCRIBE, b"")
        self.socket.connect(address)
        # Our worker greets a new subscriber, so that nothing after this is missed.
        self.greeting = self.receive()

    def receive(self):
        parts = self.socket.recv_multipart()
        assert len(parts) == 1, f"an update of {len(parts)} parts"
        return msgpack.unpackb(parts[0])

    def until(self, last, job):
        """The updates about a job up to the first of type `last`."""
        seen = []
        end = time.monotonic() + WAIT / 1000
        while time.monotonic() < end:
            update = self.receive()
            if update.get("job_id") != job:
                continue
            seen.append(update)
            if update["type"] == last:
                return seen
        raise AssertionError(f"no {last} among {[update['type'] for update in seen]}")

    def close(self):
        self.context.destroy(0)


def float32(value):
    """The bytes that Rust writes for a float."""
    return b"\xca" + struct.pack(">f", value)


def packed_map(*pairs):
    """A map of pairs that may repeat; a value of bytes is taken as packed already."""
    body = bytes([0x80 | len(pairs)])
    for key, value in pairs:
        body += msgpack.packb(key) + (value if isinstance(value, bytes) else msgpack.packb(value))
    return body
