"""An application for audio streams that listens: RFC 6455 as far as a server needs it that sends nothing but the handshake and a close."""

import base64
import hashlib
import json
import socketserver
import threading

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE = 1, 8


class WebSocketApp:
    """`messages` holds what came, parsed; `headers` those of the last upgrade request, in lower case."""

    def __init__(self):
        self.messages = []
        self.headers = {}
        app = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.rfile.readline()
                headers = {}
                while (line := self.rfile.readline().decode().strip()) != "":
                    name, _, value = line.partition(":")
                    headers[name.lower()] = value.strip()
                app.headers = headers
                accept = base64.b64encode(hashlib.sha1((headers["sec-websocket-key"] + GUID).encode()).digest()).decode()
                self.wfile.write(
                    (
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
                    ).encode()
                )
                while True:
                    kind, content = self.frame()
                    if kind == TEXT:
                        app.messages.append(json.loads(content))
                    elif kind == CLOSE:
                        self.wfile.write(bytes((0x80 | CLOSE, len(content))) + content)
                        return
                    elif kind is None:
                        return

            def frame(self):
                """Opcode and unmasked content; None when the connection is gone."""
                head = self.rfile.read(2)
                if len(head) < 2:
                    return None, b""
                length = head[1] & 0x7F
                if length == 126:
                    length = int.from_bytes(self.rfile.read(2), "big")
                elif length == 127:
                    length = int.from_bytes(self.rfile.read(8), "big")
                mask = self.rfile.read(4)
                content = self.rfile.read(length)
                return head[0] & 0x0F, bytes(octet ^ mask[at % 4] for at, octet in enumerate(content))

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"ws://127.0.0.1:{self.server.server_address[1]}/ws"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
