import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, backoff_ms, let_in_again } from '../../static/js/models/connection.js';

/** A connection on sockets and timers that only move when the test says so. */
function rig({ random = 0.5, ready = 0, join = () => ({ tab: 'tab-12345' }) } = {}) {
  const sockets = [];
  const timers = new Map();
  const heard = [];
  const states = [];
  let next = 1;
  const connection = new Connection({
    open: () => {
      const socket = { sent: [], closed: false, readyState: ready, send: (text) => socket.sent.push(JSON.parse(text)), close: () => { socket.closed = true; } };
      sockets.push(socket);
      return socket;
    },
    later: (task, ms) => { timers.set(next, { task, ms }); return next++; },
    cancel: (timer) => timers.delete(timer),
    random: () => random,
    join,
  });
  connection.on('message', (message) => heard.push(message.type));
  connection.on('state', (state) => states.push(state));
  const last = () => sockets.at(-1);
  const say = (message) => last().onmessage({ data: JSON.stringify(message) });
  const arrive = () => { last().onopen(); say({ type: 'room.welcome' }); };
  /** Runs the only timer that waits and tells how long it was. */
  const pass = () => { const [[id, { task, ms }]] = timers; timers.delete(id); task(); return ms; };
  return { connection, sockets, timers, heard, states, last, say, arrive, pass };
}

test('it joins as soon as the socket is open and is joined with the welcome', () => {
  const { connection, last, say, states, heard } = rig();
  connection.start();
  last().onopen();
  assert.deepEqual(last().sent, [{ type: 'room.join', tab: 'tab-12345' }]);
  say({ type: 'room.welcome' });
  assert.deepEqual(states, ['connecting', 'joining', 'joined']);
  assert.deepEqual(heard, ['room.welcome']);
});

test('a socket that is open already is joined at once', () => {
  const { connection, last, say, states } = rig({ ready: 1 });
  connection.start();
  assert.deepEqual(last().sent, [{ type: 'room.join', tab: 'tab-12345' }]);
  say({ type: 'room.welcome' });
  assert.deepEqual(states, ['connecting', 'joining', 'joined']);
});

test('nothing but what asks for the time is sent before the welcome', () => {
  const { connection, last, say, heard } = rig();
  assert.equal(connection.send({ type: 'clock.probe', t1: 1 }), false);
  connection.start();
  assert.equal(connection.send({ type: 'clock.probe', t1: 1 }), false);
  last().onopen();
  assert.equal(connection.send({ type: 'clock.probe', t1: 1 }), true);
  say({ type: 'clock.reply', t1: 1, t2: 2, t3: 3 });
  assert.deepEqual(heard, ['clock.reply']);
  last().sent.pop();
  assert.equal(connection.send({ type: 'chat.typing', on: true }), false);
  assert.equal(last().sent.length, 1);
});

test('the wait doubles from half a second to fifteen seconds, with jitter', () => {
  assert.equal(backoff_ms(1006, 0, 0), 250);
  assert.equal(backoff_ms(1006, 0, 1), 500);
  assert.equal(backoff_ms(1006, 1, 1), 1_000);
  assert.equal(backoff_ms(1006, 4, 1), 8_000);
  assert.equal(backoff_ms(1006, 5, 1), 15_000);
  assert.equal(backoff_ms(1006, 50, 1), 15_000);
});

test('after a restart of the server the return is spread over five seconds, after too fast it waits ten', () => {
  assert.equal(backoff_ms(1012, 0, 0), 0);
  assert.equal(backoff_ms(1012, 0, 1), 5_000);
  assert.ok(backoff_ms(4008, 0, 0) >= 10_000);
});

test('a broken connection comes back, and a welcome makes the next wait short again', () => {
  const { connection, last, arrive, pass, sockets } = rig({ random: 1 });
  connection.start();
  last().onclose({ code: 1006 });
  assert.equal(pass(), 500);
  last().onclose({ code: 1006 });
  assert.equal(pass(), 1_000);
  arrive();
  last().onclose({ code: 1006 });
  assert.equal(pass(), 500);
  assert.equal(sockets.length, 4);
});

test('it resumes from what it has', () => {
  let since = {};
  const { connection, last, arrive, pass } = rig({ join: () => ({ tab: 'tab-12345', ...since }) });
  connection.start();
  arrive();
  since = { since: { epoch: 3, seq: 7, rev: 2 } };
  last().onclose({ code: 1006 });
  pass();
  last().onopen();
  assert.deepEqual(last().sent[0].since, { epoch: 3, seq: 7, rev: 2 });
});

test('when the network returns it does not sit out the wait', () => {
  const { connection, last, sockets, timers } = rig();
  connection.start();
  last().onclose({ code: 1006 });
  connection.wake();
  assert.equal(sockets.length, 2);
  assert.equal(timers.size, 1, 'only the patience with the new socket waits');
});

test('after waking up a silent connection is given up, an answering one is kept', () => {
  const { connection, last, arrive, say, pass, sockets, heard } = rig();
  connection.start();
  arrive();
  connection.wake();
  assert.deepEqual(last().sent.at(-1), { type: 'clock.probe', t1: 0 });
  say({ type: 'clock.reply', t1: 0, t2: 1, t3: 1 });
  assert.deepEqual(heard, ['room.welcome'], 'its own probe is nobody else’s business');
  connection.wake();
  pass();
  assert.equal(connection.state, 'waiting');
  assert.ok(sockets[0].closed);
});

test('a socket that does not open within ten seconds is given up', () => {
  const { connection, pass } = rig();
  connection.start();
  assert.equal(pass(), 10_000);
  assert.equal(connection.state, 'waiting');
});

for (const [code, ending] of [[1008, 'policy'], [4001, 'logged_out'], [4003, 'removed'], [4004, 'no_such_room'], [4010, 'replaced'], [4011, 'new_version']]) {
  test(`close code ${code} ends it as ${ending}`, () => {
    const { connection, last, arrive, timers } = rig();
    connection.start();
    arrive();
    last().onclose({ code });
    assert.equal(connection.state, 'ended');
    assert.equal(connection.ending, ending);
    assert.equal(timers.size, 0);
  });
}

test('after another tab logged in the room page tells whether this one may go on, asked once and a second later', async () => {
  const room = '<meta name="matinee-room" content="{}">';
  for (const [status, body, expected] of [[200, room, true], [200, '<form action="/join">', false], [404, room, false]]) {
    const steps = [];
    const wait = async (ms) => { steps.push(ms); };
    const ask = async () => { steps.push('asked'); return { status, text: async () => body }; };
    assert.equal(await let_in_again(wait, ask), expected);
    assert.deepEqual(steps, [1_000, 'asked']);
  }
  assert.equal(await let_in_again(async () => {}, async () => { throw new TypeError('no network'); }), false);
});

test('the ninth tab is told apart from what the server did not accept', () => {
  for (const [reason, ending] of [['too many tabs', 'too_many_tabs'], ['too many fragments', 'policy'], ['', 'policy']]) {
    const { connection, last, arrive } = rig();
    connection.start();
    arrive();
    last().onclose({ code: 1008, reason });
    assert.equal(connection.ending, ending);
  }
});

for (const code of [1001, 1005, 1006, 1009, 1011, 1012, 1013, 4008]) {
  test(`close code ${code} is followed by another try`, () => {
    const { connection, last, arrive, timers } = rig();
    connection.start();
    arrive();
    last().onclose({ code });
    assert.equal(connection.state, 'waiting');
    assert.equal(timers.size, 1);
  });
}

test('a full room ends the try at the door', () => {
  const { connection, last, say } = rig();
  connection.start();
  last().onopen();
  say({ type: 'error', code: 'room_full', message: 'full' });
  assert.equal(connection.ending, 'room_full');
  assert.ok(last().closed);
});

test('a closed room and a removal end it, whatever close code follows', () => {
  for (const [message, ending] of [[{ type: 'room.closed' }, 'room_closed'], [{ type: 'you.were', what: 'removed' }, 'removed']]) {
    const { connection, last, arrive, say } = rig();
    connection.start();
    arrive();
    say(message);
    last().onclose({ code: 1000 });
    assert.equal(connection.state, 'ended');
    assert.equal(connection.ending, ending);
  }
});

test('a tab that was replaced can take the room back', () => {
  const { connection, last, arrive, sockets } = rig();
  connection.start();
  arrive();
  last().onclose({ code: 4010 });
  connection.restart();
  assert.equal(sockets.length, 2);
  arrive();
  assert.equal(connection.state, 'joined');
});

test('a request gets the answer with its ref, and only it', async () => {
  const { connection, last, arrive, say, heard } = rig();
  connection.start();
  arrive();
  const first = connection.request({ type: 'playback.play' });
  const second = connection.request({ type: 'playback.pause' });
  const [a, b] = last().sent.slice(-2);
  assert.notEqual(a.ref, b.ref);
  say({ type: 'error', ref: b.ref, code: 'stale', message: '' });
  say({ type: 'ok', ref: a.ref, rev: 5 });
  assert.equal((await first).rev, 5);
  assert.equal((await second).code, 'stale');
  assert.deepEqual(heard, ['room.welcome']);
});

test('a request is answered as lost when the connection breaks, or was never there', async () => {
  const { connection, last, arrive } = rig();
  assert.equal((await connection.request({ type: 'playback.play' })).code, 'connection_lost');
  connection.start();
  arrive();
  const asked = connection.request({ type: 'playback.play' });
  last().onclose({ code: 1006 });
  assert.equal((await asked).code, 'connection_lost');
});

test('what an old socket still says is not heard', () => {
  const { connection, sockets, arrive, pass, heard } = rig();
  connection.start();
  arrive();
  sockets[0].onclose({ code: 1006 });
  pass();
  sockets[0].onmessage({ data: '{"type":"chat.message"}' });
  sockets[0].onclose({ code: 4001 });
  assert.equal(connection.state, 'connecting');
  assert.deepEqual(heard, ['room.welcome']);
});

test('a join that is stopped leaves the socket at the door, from where it enters or knocks', async () => {
  const { connection, last, say, states, timers } = rig();
  const doors = [];
  connection.on('door', (error) => doors.push(error.code));
  connection.start();
  last().onopen();
  say({ type: 'error', code: 'password_needed', message: '' });
  assert.deepEqual([doors, connection.state, timers.size], [['password_needed'], 'door', 0]);
  connection.enter('tea time');
  assert.deepEqual(last().sent.at(-1), { type: 'room.join', tab: 'tab-12345', password: 'tea time' });
  say({ type: 'error', code: 'ask_first', message: '' });
  const knocked = connection.knock(true);
  assert.deepEqual(last().sent.at(-1), { type: 'room.knock', on: true, ref: 'r1' });
  say({ type: 'ok', ref: 'r1' });
  assert.equal((await knocked).type, 'ok');
  connection.enter();
  say({ type: 'room.welcome' });
  assert.deepEqual(states, ['connecting', 'joining', 'door', 'joining', 'door', 'joining', 'joined']);
  assert.equal((await connection.knock(true)).code, 'connection_lost');
});

test('at the door a broken connection comes back, and a long wait there ends', () => {
  const { connection, last, say, pass } = rig();
  connection.start();
  last().onopen();
  say({ type: 'error', code: 'ask_first', message: '' });
  last().onclose({ code: 1006 });
  assert.equal(connection.state, 'waiting');
  pass();
  last().onopen();
  say({ type: 'error', code: 'ask_first', message: '' });
  last().onclose({ code: 1008, reason: 'not joined in time' });
  assert.deepEqual([connection.state, connection.ending], ['ended', 'waited_at_door']);
});

test('who wakes up at the door asks the line for a sign of life, and a room that is gone by then has its own ending', () => {
  const { connection, last, say, pass, sockets } = rig();
  connection.start();
  last().onopen();
  say({ type: 'error', code: 'ask_first', message: '' });
  connection.wake();
  assert.deepEqual(last().sent.at(-1), { type: 'clock.probe', t1: 0 });
  say({ type: 'clock.reply', t1: 0 });
  assert.equal(connection.state, 'door');
  connection.wake();
  pass();  // silence: the line was dead
  assert.equal(connection.state, 'waiting');
  pass();
  assert.equal(sockets.length, 2);
  last().onopen();
  last().onclose({ code: 4004 });
  assert.deepEqual([connection.state, connection.ending], ['ended', 'gone_at_door']);
});

test('a room with another code is returned to at once', () => {
  assert.ok(backoff_ms(4005, 0, 1) <= 500);
});
