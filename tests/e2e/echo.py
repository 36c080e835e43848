"""A WebSocket server for short messages (RFC 6455), of Python alone; it sends nothing by itself, no pings either."""

import asyncio
import base64
import hashlib
import sys

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ANSWER = (
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n"
)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    key = next(line.split()[1] for line in head if line.lower().startswith("sec-websocket-key:"))
    writer.write(ANSWER.format(base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()).encode())
    while True:
        first, length = await reader.readexactly(2)
        mask = await reader.readexactly(4)
        said = await reader.readexactly(length & 127)
        writer.write(bytes([first, len(said)]) + bytes(byte ^ mask[at % 4] for at, byte in enumerate(said)))


async def main(port: int) -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", port)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
