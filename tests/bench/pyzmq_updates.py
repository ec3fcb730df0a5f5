#!/usr/bin/env python3
"""Messages a second from a pyzmq PUB to a pyzmq SUB in another process, packed and unpacked.

Usage: pyzmq_updates.py ADDRESS COUNT"""
import os
import sys
import time

import msgpack
import zmq


def publish(address, count):
    socket = zmq.Context().socket(zmq.XPUB)
    socket.setsockopt(zmq.SNDHWM, 2 * count)
    socket.bind(address)
    socket.recv()
    for number in range(1, count + 1):
        socket.send(msgpack.packb({
            "type": "progress", "job_id": "a" * 64, "stage": "sampling", "step": 15,
            "total_steps": 30, "percent": 50.0, "eta_s": 1.75, "epoch": 0xFEDCBA9876543210,
            "seq": number, "jseq": number}))
    time.sleep(60)


def subscribe(address, count):
    socket = zmq.Context().socket(zmq.SUB)
    socket.setsockopt(zmq.RCVHWM, 2 * count)
    socket.setsockopt(zmq.RCVTIMEO, 10_000)
    socket.setsockopt(zmq.SUBSCRIBE, b"")
    socket.connect(address)
    for number in range(1, count + 1):
        update = msgpack.unpackb(socket.recv())
        if number == 1:
            begin = time.perf_counter()
        assert update["seq"] == number
    return (count - 1) / (time.perf_counter() - begin)


address, count = sys.argv[1], int(sys.argv[2])
child = os.fork()
if child == 0:
    publish(address, count)
    os._exit(0)
try:
    print(subscribe(address, count))
finally:
    os.kill(child, 9)
    os.waitpid(child, 0)
