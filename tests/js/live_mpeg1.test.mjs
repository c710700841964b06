import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveMpeg1Player } from '../../static/js/players/live_mpeg1.js';
import { still_size } from '../../static/js/lib/stills.js';

/** A player on workers and timers that only move when the test says so. */
function rig() {
  const workers = [];
  const sockets = [];
  const timers = new Map();
  const states = [];
  const pictures = [];
  let next = 1;
  const player = new LiveMpeg1Player({
    work: () => {
      const worker = { given: [], ended: false, postMessage: (packets) => worker.given.push(packets), terminate: () => { worker.ended = true; } };
      workers.push(worker);
      return worker;
    },
    open: (stream) => { sockets.push({ stream, closed: false, close() { this.closed = true; } }); return sockets.at(-1); },
    later: (task, ms) => { timers.set(next, { task, ms }); return next++; }, cancel: (timer) => timers.delete(timer), random: () => 0.5,
  });
  player.on('state', (state) => states.push(state));
  player.on('picture', (picture) => pictures.push(picture));
  const say = (data, worker = workers.at(-1)) => worker.onmessage({ data });
  const picture = () => { const made = { closed: false, close() { made.closed = true; } }; return made; };
  const pass = () => { const [[id, { task, ms }]] = timers; timers.delete(id); task(); return ms; };
  return { player, workers, sockets, timers, states, pictures, say, picture, pass };
}

test('a stream of MPEG-1 is live with its first picture, and each picture is closed after it was drawn', () => {
  const { player, workers, sockets, states, pictures, say, picture } = rig();
  player.watch(7);
  assert.equal(sockets[0].stream, 7);
  sockets[0].onmessage({ data: 'packets' });
  assert.deepEqual(workers[0].given, ['packets']);
  const [one, two] = [picture(), picture()];
  say({ kind: 'picture', picture: one });
  say({ kind: 'picture', picture: two });
  assert.deepEqual(states, ['opening', 'live']);
  assert.deepEqual(pictures, [one, two]);
  assert.ok(one.closed && two.closed);
});

test('a line that breaks or falls silent comes back, with a worker of its own; a late picture of the old one is only closed', () => {
  const { player, workers, sockets, timers, states, pictures, say, picture, pass } = rig();
  player.watch(7);
  sockets[0].onclose({ code: 4004 });
  assert.equal(player.state, 'waiting');
  assert.ok(workers[0].ended);
  pass();
  assert.equal(pass(), 8_000, 'silence');
  assert.equal(player.state, 'waiting');
  player.hurry();
  assert.equal(workers.length, 3);
  const late = picture();
  say({ kind: 'picture', picture: late }, workers[1]);
  assert.ok(late.closed);
  assert.deepEqual(pictures, []);
  workers[2].onerror();
  assert.equal(player.state, 'waiting');
  player.watch(0);
  assert.deepEqual([player.state, timers.size, workers.every(({ ended }) => ended) && sockets.every(({ closed }) => closed)], ['closed', 0, true]);
  assert.equal(states.at(-1), 'closed');
});

test('a still is at most 320 pixels long, never blown up, and keeps its shape', () => {
  assert.deepEqual(still_size(1280, 720), [320, 180]);
  assert.deepEqual(still_size(720, 1280), [180, 320]);
  assert.deepEqual(still_size(160, 120), [160, 120]);
  assert.deepEqual(still_size(4_000, 1), [320, 1]);
});
