// One member's way to the world: an HTTP proxy through which a browser context reaches the stand-ins by their names. What goes to
// the room is delayed each way, in order, with jitter, and a lost packet stands the line for one retransmission, as in TCP. Video
// can be paced to little more than its own bit rate, and held: that is a stall.
import { Agent, createServer, request as ask } from 'node:http';
import { connect } from 'node:net';
import { randomOf } from '../../js/sync/random.mjs';

/** @typedef {{oneWayMs: number, jitterMs?: number, loss?: number}} Profile */

/** @type {Record<string, Profile>} */
export const PROFILES = {
  lan: { oneWayMs: 1 },
  home: { oneWayMs: 20, jitterMs: 5 },
  slow: { oneWayMs: 100, jitterMs: 30 },
  mobile: { oneWayMs: 120, jitterMs: 60, loss: 0.01 },
};
/** What TCP waits before it sends a lost segment again, besides the way. */
const RETRANSMIT_MS = 200;
/** A paced video gets this much of itself at once, and then so many times its bit rate. */
const HEAD_START_S = 2.5;
const PACE = 1.15;

const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Queues on the way grow and shrink this fast. */
const JITTER_CHANGES_MS = 100;

/** A way in one direction: what was sent first arrives first, and what was sent together meets nearly the same queue. */
class DelayLine {
  #profile; #random; #due = 0; #jitter = { from: 0, to: 0, since: -Infinity };

  constructor(profile, random) {
    this.#profile = profile;
    this.#random = random;
  }

  /** @param {() => void} arrive */
  send(arrive) {
    const { oneWayMs, loss = 0 } = this.#profile;
    const lost = this.#random.next() < loss ? RETRANSMIT_MS + 2 * oneWayMs : 0;
    const now = performance.now();
    this.#due = Math.max(this.#due, now + Math.max(0, oneWayMs + this.#jitterAt(now)) + lost);
    setTimeout(arrive, this.#due - now);
  }

  /** From one level to the next in a straight line. @param {number} now */
  #jitterAt(now) {
    const { jitterMs = 0 } = this.#profile;
    const level = () => this.#random.between(-jitterMs, jitterMs);
    if (now - this.#jitter.since >= 2 * JITTER_CHANGES_MS) this.#jitter = { from: level(), to: level(), since: now };
    else if (now - this.#jitter.since >= JITTER_CHANGES_MS) this.#jitter = { from: this.#jitter.to, to: level(), since: this.#jitter.since + JITTER_CHANGES_MS };
    const { from, to, since } = this.#jitter;
    return from + ((to - from) * (now - since)) / JITTER_CHANGES_MS;
  }
}

/** @param {{profile: Profile, routes: Record<string, number>, media: string, mediaBytesPerSecond?: number, seed?: number}} options routes: "host:port" → port here */
export async function startNetwork({ profile, routes, media, mediaBytesPerSecond = 0, seed = 1 }) {
  const random = randomOf(seed);
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set();
  let held = /** @type {Promise<void>|null} */ (null);
  let release = () => {};
  const tunnelled = (from, to) => {
    const line = new DelayLine(profile, random);
    from.on('data', (chunk) => line.send(() => to.destroyed || to.write(chunk)));
    from.on('end', () => line.send(() => to.end()));
    from.on('error', () => to.destroy());
    from.on('close', () => line.send(() => to.destroy()));
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url);
    const port = routes[`${url.hostname}:${url.port || 80}`];
    if (!port) return response.writeHead(502).end();
    const way = new DelayLine(profile, random);
    const upstream = ask({ port, host: '127.0.0.1', agent, method: request.method, path: url.pathname + url.search, headers: request.headers }, (answer) => {
      way.send(() => {
        response.writeHead(answer.statusCode, answer.headers);
        if (url.hostname === media) pass(answer, response, mediaBytesPerSecond, () => held);
        else answer.pipe(response);
      });
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    new DelayLine(profile, random).send(() => request.pipe(upstream));
    return undefined;
  });
  server.on('connect', (request, socket, head) => {
    const port = routes[request.url];
    if (!port) return socket.end('HTTP/1.1 502 Nobody there\r\n\r\n');
    const there = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.setNoDelay(true);
    there.on('connect', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      if (head.length) there.write(head);
      tunnelled(socket, there);
      tunnelled(there, socket);
    });
    there.on('error', () => socket.destroy());
    return undefined;
  });
  server.on('connection', (socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); socket.on('error', () => {}); });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** No more of any video comes until it is let go. */
    holdMedia() { held ??= new Promise((go) => { release = () => { held = null; go(); }; }); },
    letGo() { release(); },
    async stop() {
      release();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const drained = (to) => new Promise((done) => {
  const over = () => { to.off('drain', over).off('close', over); done(undefined); };
  to.on('drain', over).on('close', over);
});

/** @param {import('node:http').IncomingMessage} from @param {import('node:http').ServerResponse} to @param {number} bytesPerSecond 0: as fast as it goes @param {() => Promise<void>|null} held */
async function pass(from, to, bytesPerSecond, held) {
  let sent = 0;
  const began = performance.now();
  try {
    for await (const chunk of from) {
      // Small pieces, so that what is held is held at once.
      for (let at = 0; at < chunk.length; at += 4096) {
        await held();
        if (bytesPerSecond > 0) {
          const ahead = (sent / bytesPerSecond - HEAD_START_S) / PACE - (performance.now() - began) / 1000;
          if (ahead > 0) await later(ahead * 1000);
          await held();
        }
        const piece = chunk.subarray(at, at + 4096);
        sent += piece.length;
        if (to.destroyed) return;
        if (!to.write(piece)) await drained(to);
      }
    }
    to.end();
  } catch {
    to.destroy();
  }
}
