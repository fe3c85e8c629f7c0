#!/usr/bin/env python3
"""server.py FOLDER LOG [CERTIFICATE] - an HTTP server on loopback that misbehaves on request. Prints its port, then serves until killed.

http://127.0.0.1:PORT/BEHAVIOUR/PATH is FOLDER/PATH, treated as one of the behaviours below.
LOG gets a line for each request: behaviour, path, the Range asked for or -, status, bytes of the body that were sent.
With CERTIFICATE (a PEM file with its key) it speaks HTTPS. As a proxy (absolute URLs) it ignores the host and logs proxy:BEHAVIOUR.
"""
import os
import socket
import ssl
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

FOLDER, LOG, *CERTIFICATE = sys.argv[1:]
lock = threading.Lock()
seen = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, status, sent):
        with lock, open(LOG, "a") as log:
            log.write(f"{self.behaviour} {self.path_below} {self.range or '-'} {status} {sent}\n")

    def begin(self, status, headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def body(self, data, pause=0.0):
        sent = 0
        try:
            for at in range(0, len(data), 1 << 16):
                self.wfile.write(data[at : at + (1 << 16)])
                sent += len(data[at : at + (1 << 16)])
                time.sleep(pause)
        except OSError:
            pass
        return sent

    def whole(self, data):
        self.begin(200, {"Content-Length": len(data)})
        self.note(200, self.body(data))

    def page(self, status, text):
        data = f"<!DOCTYPE html><html><body><h1>{text}</h1></body></html>".encode()
        self.begin(status, {"Content-Length": len(data), "Content-Type": "text/html"})
        self.note(status, self.body(data))

    def ranged(self, data, most=None, pause=0.0):
        """Honours Range; sends no more than `most` bytes, whatever it promised."""
        first = int(self.range[6:-1]) if self.range else 0
        if first >= len(data):
            self.begin(416, {"Content-Range": f"bytes */{len(data)}", "Content-Length": 0})
            self.note(416, 0)
            return
        part = data[first:]
        headers = {"Content-Length": len(part)}
        if self.range:
            headers["Content-Range"] = f"bytes {first}-{len(data) - 1}/{len(data)}"
        status = 206 if self.range else 200
        self.begin(status, headers)
        self.note(status, self.body(part[:most], pause))

    def do_GET(self):
        url = urlsplit(self.path)
        _, self.behaviour, self.path_below = url.path.split("/", 2)
        self.range = self.headers.get("Range")
        act = getattr(self, "do_" + self.behaviour, None)
        if self.behaviour.isdigit():
            self.page(int(self.behaviour), f"Error {self.behaviour}")
            return
        with open(os.path.join(FOLDER, self.path_below), "rb") as file:
            data = file.read()
        if url.netloc:
            self.behaviour = "proxy:" + self.behaviour
        act(data)

    def do_good(self, data):
        self.ranged(data)

    def do_slow(self, data):  # about 3 MB a second
        self.ranged(data, pause=0.02)

    def do_norange(self, data):
        self.whole(data)

    def do_wrongrange(self, data):  # promises the rest, sends the start
        if not self.range:
            self.whole(data)
            return
        self.begin(206, {"Content-Range": f"bytes 0-{len(data) - 1}/{len(data)}", "Content-Length": len(data)})
        self.note(206, self.body(data))

    def do_html(self, data):
        self.page(200, "Please sign in")

    def do_empty(self, data):
        self.whole(b"")

    def do_short(self, data):  # half of the file, called the whole
        self.whole(data[: len(data) // 2])

    def do_long(self, data):
        self.whole(data + bytes(len(data) + (1 << 20)))

    def do_wrong(self, data):  # a byte in the middle is another one
        half = len(data) // 2
        self.whole(data[:half] + bytes([data[half] ^ 1]) + data[half + 1 :])

    def do_cut(self, data):  # promises the rest, closes after half of it
        first = int(self.range[6:-1]) if self.range else 0
        self.ranged(data, most=(len(data) - first) // 2)

    def do_piece(self, data):  # resumable, 2 MB a connection
        self.ranged(data, most=2 << 20)

    def do_reset(self, data):
        self.begin(200, {"Content-Length": len(data)})
        sent = self.body(data[: len(data) // 2])
        self.note(200, sent)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wfile.flush()
        self.connection.close()

    def do_stall(self, data):
        self.begin(200, {"Content-Length": len(data)})
        sent = self.body(data[: len(data) // 2])
        self.wfile.flush()
        self.note(200, sent)
        time.sleep(20)

    def do_hang(self, data):
        self.note("-", 0)
        time.sleep(20)
        self.close_connection = True

    def do_nolength(self, data):
        self.begin(200, {})
        self.note(200, self.body(data))

    def do_flaky(self, data):  # 503 twice, then good
        with lock:
            count = seen[self.path_below] = seen.get(self.path_below, 0) + 1
        if count <= 2:
            self.page(503, "Busy")
        else:
            self.ranged(data)

    def redirect(self, where):
        self.begin(302, {"Location": where, "Content-Length": 0})
        self.note(302, 0)

    def do_redirect(self, data):
        self.redirect("/good/" + self.path_below)

    def do_loop(self, data):
        self.redirect("/loop/" + self.path_below)

    def do_file(self, data):
        self.redirect("file://" + os.path.join(os.path.abspath(FOLDER), self.path_below))


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if CERTIFICATE:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE[0])
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
