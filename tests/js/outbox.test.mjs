import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chat } from '../../static/js/models/chat.js';
import { Outbox } from '../../static/js/models/outbox.js';

/** A person with an outbox, on a line that may be down. */
function writer() {
  const world = { up: true, out: [], timers: [], chat: new Chat(), seq: 0 };
  world.chat.welcome({ you: '1', messages: [], more_before: false, resumed: false, epoch: 1 }, 'Ana');
  world.outbox = new Outbox({
    chat: world.chat,
    send: (message) => world.up && Boolean(world.out.push(message)),
    later: (task, ms) => world.timers.push({ task, ms }),
  });
  world.write = (text) => {
    world.chat.post(text, `id-of-${text}`, 10);
    world.outbox.pump();
  };
  world.confirm = (text) => {
    world.chat.receive({ seq: ++world.seq, id: `id-of-${text}`, author: '1', name: 'Ana', text, at_ms: 10 });
    world.outbox.pump();
  };
  world.texts = () => world.out.map((message) => message.text);
  return world;
}

test('one message is on its way at a time, in the order of writing', () => {
  const ana = writer();
  for (const text of ['a', 'b', 'c']) ana.write(text);
  assert.deepEqual(ana.texts(), ['a']);
  ana.confirm('a');
  ana.confirm('b');
  assert.deepEqual(ana.texts(), ['a', 'b', 'c']);
});

test('a pause the room asks for holds back the later ones too', () => {
  const ana = writer();
  ana.write('a');
  ana.outbox.pause(900);
  ana.write('b');
  ana.outbox.pause(900);
  assert.deepEqual(ana.texts(), ['a']);
  assert.deepEqual(ana.timers.map((timer) => timer.ms), [900]);
  ana.timers.shift().task();
  ana.confirm('a');
  assert.deepEqual(ana.texts(), ['a', 'a', 'b']);
  assert.equal(ana.out[1].again, true);
});

test('what was written offline goes out in order when the line is back', () => {
  const ana = writer();
  ana.up = false;
  for (const text of ['a', 'b', 'c']) ana.write(text);
  assert.deepEqual(ana.out, []);
  ana.up = true;
  ana.outbox.restart();
  for (const text of ['a', 'b', 'c']) ana.confirm(text);
  assert.deepEqual(ana.texts(), ['a', 'b', 'c']);
  assert.ok(ana.out.every((message) => !message.again));
});

test('what was on its way when the line broke is sent again, first', () => {
  const ana = writer();
  for (const text of ['a', 'b']) ana.write(text);
  ana.outbox.restart();
  ana.confirm('a');
  assert.deepEqual(ana.out.map(({ text, again }) => [text, again ?? false]), [['a', false], ['a', true], ['b', false]]);
});

test('a message the room refuses for good does not hold up the next', () => {
  const ana = writer();
  for (const text of ['a', 'b']) ana.write(text);
  ana.chat.refused('id-of-a', 'Your chat is stopped.');
  ana.outbox.pump();
  assert.deepEqual(ana.texts(), ['a', 'b']);
  ana.chat.retry('id-of-a');
  ana.outbox.pump();
  assert.deepEqual(ana.texts(), ['a', 'b', 'a']);
});

test('an answer to something already shown frees the way', () => {
  const ana = writer();
  ana.write('a');
  ana.chat.unsent.push({ ...ana.chat.unsent[0] });
  ana.confirm('a');
  ana.chat.receive({ seq: 1, id: 'id-of-a', author: '1', name: 'Ana', text: 'a', at_ms: 10 });
  assert.deepEqual(ana.chat.waiting(), []);
  assert.equal(ana.chat.messages.length, 1);
});
