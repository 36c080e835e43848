"""Stands in for code-server where only its life matters: it answers on its socket as an editor that is ready does."""

import stat
import sys
from pathlib import Path

PROGRAM = f"""#!{sys.executable} -I
import base64, hashlib, os, re, signal, socket, sys
arguments = sys.argv[1:]
name, path = (arguments[arguments.index(one) + 1] for one in ("--app-name", "--socket"))
print("code-server starts", name, flush=True)
if name.startswith("dies"):
    print("it has no port to listen on", flush=True)
    sys.exit(3)
if os.path.lexists(path):
    os.unlink(path)
server = socket.socket(socket.AF_UNIX)
server.bind(path)
server.listen()
while True:
    one, _ = server.accept()
    asked = one.recv(65536)
    key = re.search(rb"sec-websocket-key: *(.*?)\\r", asked, re.I)
    if key:
        digest = hashlib.sha1(key[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
        one.sendall(b"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n"
                    b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\\r\\n\\r\\n")
    else:
        body = b'{{"status": "alive", "lastHeartbeat": 1700000000000}}'
        status = b"503 Busy" if name.startswith("busy") else b"200 OK"
        one.sendall(b"HTTP/1.1 " + status + b"\\r\\n")
        one.sendall(b"Connection: close\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    one.close()
"""


def write_code_server(folder: Path) -> Path:
    """The program, in this folder. A workspace whose name begins with `dies` has one that ends at once.

    One whose name begins with `busy` has one that shows no page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "code-server"
    path.write_text(PROGRAM)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
