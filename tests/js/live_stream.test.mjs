import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveStreamPlayer } from '../../static/js/players/live_stream.js';

const turn = () => new Promise((later) => setImmediate(later));

/** A message of the live socket. @param {{stream?: number, sequence: number, bytes?: number[]}} what without bytes: the same picture */
function message({ stream = 7, sequence, bytes = [] }) {
  const all = new Uint8Array(32 + bytes.length);
  const view = new DataView(all.buffer);
  view.setUint32(0, 0x56505231);
  view.setUint8(4, 1);
  view.setUint8(5, 0x20);
  view.setUint16(6, bytes.length ? 1 : 2);
  view.setUint32(8, bytes.length);
  view.setUint32(12, stream);
  view.setUint32(16, sequence);
  view.setBigUint64(24, BigInt(sequence) * 1_000_000n);
  all.set(bytes, 32);
  return all.buffer;
}

/** A network and a decoder that work when the test says so. */
function bench() {
  const sockets = [];
  const timers = new Set();
  const decoding = [];
  const shown = [];
  const states = [];
  const player = new LiveStreamPlayer({
    open: (stream) => { const socket = { stream, closed: null, close: (code) => { socket.closed = code; } }; sockets.push(socket); return socket; },
    decode: (jpeg) => new Promise((done, failed) => decoding.push({ mark: jpeg[0], done: () => done({ mark: jpeg[0], close: () => shown.push(`closed ${jpeg[0]}`) }), failed })),
    later: (task, ms) => { const timer = { task, ms }; timers.add(timer); return timer; },
    cancel: (timer) => timers.delete(timer),
    random: () => 0.5,
  });
  player.on('picture', ({ picture, frame }) => shown.push(`${picture.mark} @${frame.captured_ms}`));
  player.on('still', (frame) => shown.push(`still @${frame.captured_ms}`));
  player.on('state', (state) => states.push(state));
  return {
    player, sockets, shown, states, decoding, timers,
    get socket() { return sockets.at(-1); },
    hear: (sequence, ...bytes) => sockets.at(-1).onmessage({ data: message({ sequence, bytes }) }),
    decoded: async () => { decoding.shift().done(); await turn(); },
    fire: () => { const [timer] = timers; timers.delete(timer); timer.task(); return timer.ms; },
  };
}

test('while a picture is decoded only the newest of the next ones is kept', async () => {
  const b = bench();
  b.player.watch(7);
  b.hear(1, 1);
  for (let i = 2; i <= 6; i += 1) b.hear(i, i);
  assert.equal(b.decoding.length, 1, 'one at a time');
  await b.decoded();
  assert.deepEqual(b.shown, ['1 @1000', 'closed 1']);
  assert.deepEqual(b.decoding.map((d) => d.mark), [6]);
  await b.decoded();
  assert.deepEqual(b.shown.slice(2), ['6 @6000', 'closed 6']);
  assert.equal(b.decoding.length, 0);
});

test('the same picture once more is told, but decoded and drawn no more', async () => {
  const b = bench();
  b.player.watch(7);
  b.hear(1, 1);
  b.hear(2, 2);
  b.hear(3);
  await b.decoded();
  await b.decoded();
  assert.deepEqual(b.shown, ['1 @1000', 'closed 1', '2 @3000', 'closed 2'], 'what waited gets the newer time');
  b.hear(4);
  assert.equal(b.shown.at(-1), 'still @4000');
});

test('a picture that cannot be read is passed over', async () => {
  const b = bench();
  b.player.watch(7);
  b.hear(1, 1);
  b.hear(2, 2);
  b.decoding.shift().failed(new Error('damaged'));
  await turn();
  await b.decoded();
  assert.deepEqual(b.shown, ['2 @2000', 'closed 2']);
});

test('a line that breaks comes back, later each time, until a picture came', async () => {
  const b = bench();
  b.player.watch(7);
  const waits = [];
  for (let i = 0; i < 3; i += 1) {
    b.socket.onclose({ code: 1006 });
    waits.push(b.fire());
  }
  assert.deepEqual(waits, [375, 750, 1500]);
  b.hear(1, 1);
  await b.decoded();
  b.socket.onclose({ code: 4004 });
  assert.equal(b.fire(), 375);
  assert.deepEqual(b.states, ['opening', 'waiting', 'opening', 'waiting', 'opening', 'waiting', 'opening', 'live', 'waiting', 'opening']);
  assert.equal(b.sockets.length, 5);
});

test('a line that says nothing is given up, one that speaks is not', () => {
  const b = bench();
  b.player.watch(7);
  b.hear(1);
  assert.equal(b.timers.size, 1);
  assert.equal(b.fire(), 8_000);
  assert.equal(b.player.state, 'waiting');
  assert.equal(b.sockets[0].closed, 1000);
  b.player.hurry();
  assert.equal(b.player.state, 'opening');
  assert.equal(b.sockets.length, 2);
});

test('after another stream was chosen nothing of the one before is drawn', async () => {
  const b = bench();
  b.player.watch(7);
  b.hear(1, 1);
  const [old] = b.sockets;
  b.player.watch(8);
  assert.equal(old.closed, 1000);
  await b.decoded();
  old.onmessage({ data: message({ sequence: 2, bytes: [2] }) });
  old.onclose({ code: 1006 });
  assert.deepEqual(b.shown, ['closed 1']);
  assert.equal(b.socket.stream, 8);
  b.socket.onmessage({ data: message({ stream: 8, sequence: 1, bytes: [9] }) });
  await b.decoded();
  assert.deepEqual(b.shown.slice(1), ['9 @1000', 'closed 9']);
});

test('nobody looks: the line is closed and nothing is planned', () => {
  const b = bench();
  b.player.watch(7);
  b.player.watch(0);
  assert.equal(b.sockets[0].closed, 1000);
  assert.equal(b.player.state, 'closed');
  assert.equal(b.timers.size, 0);
});
