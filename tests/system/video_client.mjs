// A desktop program for tests, written from docs/videoproto.md alone: bytes in, messages out, and helpers for what every test does.
import { createHash } from 'node:crypto';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TYPE = {
  HELLO: 0x01, WELCOME: 0x02, AUTH: 0x03, AUTH_OK: 0x04, PUBLISH: 0x10, PUBLISH_OK: 0x11, SUBSCRIBE: 0x12, SUBSCRIBE_OK: 0x13, UNSUBSCRIBE: 0x14,
  META: 0x15, ASK: 0x16, DECLINE: 0x17, STOP: 0x18, FRAME: 0x20, AUDIO: 0x21, PING: 0x30, PONG: 0x31, STATS: 0x32, ADAPT: 0x33, EOS: 0x3e,
  EOS_ACK: 0x3f, ERROR: 0x7e, BYE: 0x7f,
};
export const FLAG = { KEY: 1, DUP: 2, EOS: 4, DISCONT: 8 };
export const ERROR = { magic: 1, version: 2, malformed: 3, too_large: 4, wrong_state: 5, auth_required: 6, auth_failed: 7, forbidden: 8, no_such_stream: 9, busy: 10, bad_jpeg: 12, idle: 14, shutting_down: 15, quota: 16 };
const HEADER_BYTES = 32;

export function header({ magic = 'VPR1', version = 1, type, flags = 0, length = 0, stream = 0, sequence = 0, aux = 0, pts = 0n }) {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(magic, 0, 'latin1');
  bytes.writeUInt8(version, 4);
  bytes.writeUInt8(type, 5);
  bytes.writeUInt16BE(flags, 6);
  bytes.writeUInt32BE(length, 8);
  bytes.writeUInt32BE(stream, 12);
  bytes.writeUInt32BE(sequence, 16);
  bytes.writeUInt32BE(aux, 20);
  bytes.writeBigUInt64BE(BigInt(pts), 24);
  return bytes;
}

export function message(type, payload, fields = {}) {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(payload === undefined ? '' : JSON.stringify(payload));
  return Buffer.concat([header({ type, length: body.length, ...fields }), body]);
}

// The bytes of a worked example of the document, the header first.
export function example(title) {
  const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../docs/videoproto.md'), 'utf8');
  const block = new RegExp(`# ${title}[^\\n]*\\n([0-9a-f\\s]+)\`\`\``).exec(page);
  if (!block) throw new Error(`no example "${title}"`);
  return Buffer.from(block[1].replace(/\s/g, ''), 'hex');
}

// The document's picture of 8 × 8 pixels; `variant` is a value of its quantisation table, so that pictures can be told apart.
export function picture(variant = 1) {
  const jpeg = Buffer.from(example('FRAME flags=1').subarray(HEADER_BYTES));
  jpeg[7] = 1 + (variant % 255);
  return jpeg;
}

export const camera = (title = '') => ({ kind: 'camera', title, width: 8, height: 8, fps: 30, audio: 'none', channels: 2 });

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
function fromBase32(letters) {
  let bits = '';
  for (const letter of letters) bits += base32.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

// "matinee-video join HOST:PORT CODE --pair LETTERS", taken apart.
export function readLine(line) {
  const [, host, port, room, letters] = /^matinee-video join (\S+):(\d+) ([A-Z0-9]{8}) --pair ([A-Z2-7]{42})$/.exec(line);
  return { host, port: Number(port), room, pair: letters.slice(0, 16), print: fromBase32(letters.slice(16)) };
}

export class VideoClient {
  // `print`: what the certificate's SHA-256 must begin with; null = without TLS.
  static async connect({ host = '127.0.0.1', port, print = null, keepAlive = true }) {
    const client = new VideoClient();
    client.socket = print ? connectTls({ host, port, rejectUnauthorized: false }) : connectPlain({ host, port });
    client.messages = [];
    client.waiting = [];
    client.unread = Buffer.alloc(0);
    client.sequence = 0;
    client.lastRequest = 0;
    client.closed = new Promise((done) => { client.socket.once('close', () => { client.isClosed = true; client.stopWaiting(); done(client.messages.find((m) => m.type === TYPE.ERROR && m.json.fatal !== false)?.json); }); });
    client.socket.on('error', () => {});
    client.socket.on('data', (bytes) => client.take(bytes));
    await new Promise((done, failed) => { client.socket.once(print ? 'secureConnect' : 'connect', done); client.socket.once('error', failed); });
    if (print) {
      const seen = createHash('sha256').update(client.socket.getPeerCertificate().raw).digest();
      if (!seen.subarray(0, print.length).equals(print)) { client.socket.destroy(); throw new Error(`another certificate: ${seen.toString('hex')}`); }
    }
    if (keepAlive) {
      client.pings = setInterval(() => client.send(TYPE.PING, { t1: Math.round(performance.now() * 1000) }), 5000);
      client.closed.then(() => clearInterval(client.pings));
    }
    return client;
  }

  // Connected, greeted and let in.
  static async enter({ host, port, print, room, ...credential }) {
    const client = await VideoClient.connect({ host, port, print });
    await client.hello();
    const answer = await client.auth({ room, ...credential });
    if (answer.type !== TYPE.AUTH_OK) throw Object.assign(new Error(`not let in: ${JSON.stringify(answer.json)}`), { code: answer.json.code });
    client.me = answer.json;
    return client;
  }

  take(bytes) {
    this.unread = Buffer.concat([this.unread, bytes]);
    while (this.unread.length >= HEADER_BYTES) {
      const length = this.unread.readUInt32BE(8);
      if (this.unread.length < HEADER_BYTES + length) return;
      const found = {
        type: this.unread.readUInt8(5), flags: this.unread.readUInt16BE(6), stream: this.unread.readUInt32BE(12), sequence: this.unread.readUInt32BE(16),
        aux: this.unread.readUInt32BE(20), pts: this.unread.readBigUInt64BE(24), payload: this.unread.subarray(HEADER_BYTES, HEADER_BYTES + length),
      };
      if (found.type !== TYPE.FRAME && found.type !== TYPE.AUDIO) found.json = length ? JSON.parse(found.payload.toString('utf8')) : {};
      this.unread = this.unread.subarray(HEADER_BYTES + length);
      this.heard(found);
    }
  }

  heard(found) {
    const now = () => Math.round(performance.now() * 1000);
    if (found.type === TYPE.PING) return this.send(TYPE.PONG, { t1: found.json.t1, t2: now(), t3: now() });
    this.messages.push(found);
    for (const waiter of [...this.waiting]) {
      if (!waiter.want(found)) continue;
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      waiter.done(found);
    }
    return undefined;
  }

  stopWaiting() {
    for (const waiter of this.waiting.splice(0)) waiter.failed(new Error(`closed; heard ${JSON.stringify(this.messages.map((m) => [m.type, m.json]).slice(-5))}`));
  }

  // The first message that fits, of those heard already and those to come.
  until(want, timeoutMs = 10_000) {
    const heard = this.messages.find(want);
    return heard ? Promise.resolve(heard) : this.next(want, timeoutMs);
  }

  next(want, timeoutMs = 10_000) {
    return new Promise((done, failed) => {
      if (this.isClosed) { failed(new Error('closed already')); return; }
      const timer = setTimeout(() => failed(new Error(`nothing in ${timeoutMs} ms; last: ${JSON.stringify(this.messages.slice(-3).map((m) => [m.type, m.json]))}`)), timeoutMs);
      this.waiting.push({ want, done: (m) => { clearTimeout(timer); done(m); }, failed: (e) => { clearTimeout(timer); failed(e); } });
    });
  }

  write(bytes) { if (!this.isClosed) this.socket.write(bytes); }
  send(type, payload, fields) { this.write(message(type, payload, fields)); }

  // Sends with a request id and waits for the message that repeats it, which may be an ERROR.
  ask(type, payload) {
    const aux = ++this.lastRequest;
    const answer = this.next((m) => m.aux === aux && m.type !== TYPE.FRAME && m.type !== TYPE.AUDIO);
    this.send(type, payload, { aux });
    return answer;
  }

  hello() { return this.ask(TYPE.HELLO, { min_version: 1, max_version: 1, software: 'test client' }); }
  auth(payload) { return this.ask(TYPE.AUTH, payload); }
  publish(source = camera(), more = {}) { return this.ask(TYPE.PUBLISH, { source, ...more }); }
  subscribe(stream) { return this.ask(TYPE.SUBSCRIBE, { stream, audio: true }); }
  frame(stream, jpeg, fields = {}) {
    this.send(TYPE.FRAME, jpeg, { stream, flags: FLAG.KEY, sequence: this.sequence++, pts: BigInt(Math.round(performance.now() * 1000)), ...fields });
  }

  bye() { this.send(TYPE.BYE, {}); return this.closed; }
  destroy() { this.socket.destroy(); return this.closed; }
}

// The ports and the fingerprint of the greeting.
export async function videoPorts(server) {
  const found = () => /desktop video on 127\.0\.0\.1:(\d+)\n.*desktop video on 127\.0\.0\.1:(\d+) \(without TLS\)\n\s*certificate SHA-256 ([0-9a-f]{64})/s.exec(server.log);
  while (!found()) await new Promise((done) => { server.process.stdout.once('data', done); });
  const [, port, plain, print] = found();
  return { port: Number(port), plain: Number(plain), print: Buffer.from(print, 'hex') };
}

// "Connect desktop" as the room page does it: for a person who has the room open.
export async function pairingLine(person, code) {
  const csrf = /&quot;csrf&quot;:&quot;([^&]+)&quot;/.exec((await person.request(`/rooms/${code}`)).text)?.[1];
  const answer = await person.request(`/rooms/${code}/desktop`, { method: 'POST', form: { csrf } });
  return { status: answer.status, ...JSON.parse(answer.text) };
}
