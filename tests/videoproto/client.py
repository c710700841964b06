#!/usr/bin/env python3
"""A whole videoproto/1 viewer, written from docs/videoproto.md alone, with nothing but Python's standard library.

    client.py HOST:PORT ROOM (--pair LETTERS | --token TOKEN) COUNT FOLDER [--tls]

Watches the first stream of the room that is online, saves COUNT pictures as FOLDER/SEQUENCE.jpg and leaves.
With --pair of 42 letters the last 26 are the beginning of the certificate's SHA-256 and are compared.
"""
import base64, hashlib, json, socket, ssl, struct, sys, time

HEADER = struct.Struct('>4sBBHIIIIQ')  # magic, version, type, flags, length, stream, sequence, aux, pts
HELLO, WELCOME, AUTH, AUTH_OK, SUBSCRIBE, SUBSCRIBE_OK, META, FRAME = 1, 2, 3, 4, 0x12, 0x13, 0x15, 0x20
PING, PONG, EOS, EOS_ACK, ERROR, BYE, DUP = 0x30, 0x31, 0x3E, 0x3F, 0x7E, 0x7F, 2

def connect(address, pair, tls):
    host, port = address.rsplit(':', 1)
    line = socket.create_connection((host, int(port)), timeout=15)
    if not tls: return line
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # pinned below
    line = context.wrap_socket(line)
    seen = base64.b32encode(hashlib.sha256(line.getpeercert(True)).digest()[:16]).decode().rstrip('=')
    if pair and len(pair) == 42 and pair[16:].upper() != seen: sys.exit('This is not the server that the pairing line came from.')
    return line

def say(line, kind, message, request=0, stream=0):
    payload = json.dumps(message).encode()
    line.sendall(HEADER.pack(b'VPR1', 1, kind, 0, len(payload), stream, 0, request, 0) + payload)

def read(line, count):
    data = b''
    while len(data) < count:
        part = line.recv(count - len(data))
        if not part: sys.exit('The server closed the connection.')
        data += part
    return data

def messages(line):
    while True:
        magic, version, kind, flags, length, stream, sequence, _, pts = HEADER.unpack(read(line, HEADER.size))
        payload = read(line, length)
        yield kind, flags, stream, sequence, pts, payload if kind in (FRAME, 0x21) else json.loads(payload or b'{}')

def watch(address, room, credential, count, folder, tls):
    line = connect(address, credential.get('pair'), tls)
    if 'pair' in credential: credential['pair'] = credential['pair'][:16]
    say(line, HELLO, {'min_version': 1, 'max_version': 1, 'software': 'client.py'}, 1)
    watching, saved = None, 0
    for kind, flags, stream, sequence, pts, body in messages(line):
        if kind == WELCOME: say(line, AUTH, {'room': room, **credential}, 2)
        elif kind == META and body.get('stream') and body.get('online') and watching is None:
            watching = body['stream']
            say(line, SUBSCRIBE, {'stream': watching}, 3)
        elif kind == PING:
            now = int(time.monotonic() * 1e6)
            say(line, PONG, {'t1': body['t1'], 't2': now, 't3': now})
        elif kind == ERROR: sys.exit(f"error {body['code']}: {body['text']}")
        elif kind == EOS: say(line, EOS_ACK, {}, 0, stream)
        elif kind == FRAME and not flags & DUP:
            with open(f'{folder}/{sequence:06}.jpg', 'wb') as file: file.write(body)
            saved += 1
            if saved == count: return say(line, BYE, {})

if __name__ == '__main__':
    given = sys.argv[1:]
    secure = '--tls' in given and not given.remove('--tls')
    watch(given[0], given[1], {given[2][2:]: given[3]}, int(given[4]), given[5], secure)
