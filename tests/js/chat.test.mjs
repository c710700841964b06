import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Chat } from '../../static/js/models/chat.js';

const message = (seq, author = '2', id = `message-${author}-${seq}`) => ({ seq, id, author, name: 'Ben', text: `line ${seq}`, at_ms: seq });
const welcome = (messages, more = {}) => ({ you: '1', messages, more_before: false, resumed: false, epoch: 1, ...more });
const seqs = (chat) => chat.messages.lines.map((m) => m.seq);
const states = (chat) => chat.lines().map((line) => line.state);

function joined(...list) {
  const chat = new Chat();
  chat.welcome(welcome(list.map((seq) => message(seq))), 'Ana');
  return chat;
}

test('lines are in the order of the room, however they arrive', () => {
  const chat = joined(1, 2);
  for (const seq of [5, 3, 4]) chat.receive(message(seq));
  assert.deepEqual(seqs(chat), [1, 2, 3, 4, 5]);
});

test('the same message twice is one line', () => {
  const chat = joined(1, 2);
  chat.receive(message(2));
  assert.deepEqual(seqs(chat), [1, 2]);
});

test('what is written here is a line at once, and becomes the room’s line when it comes back', () => {
  const chat = joined(1);
  chat.post('hello', 'id-of-mine', 10);
  assert.deepEqual(states(chat), ['sent', 'sending']);
  assert.equal(chat.lines()[1].name, 'Ana');
  chat.receive({ ...message(2, '1', 'id-of-mine'), name: 'Ana', text: 'hello' });
  assert.deepEqual(states(chat), ['sent', 'sent']);
});

test('somebody else’s message with the same id does not confirm mine', () => {
  const chat = joined(1);
  chat.post('hello', 'id-of-mine', 10);
  chat.receive(message(2, '2', 'id-of-mine'));
  assert.deepEqual(states(chat), ['sent', 'sent', 'sending']);
});

test('what waits stays below what others say meanwhile', () => {
  const chat = joined(1);
  chat.post('hello', 'id-of-mine', 10);
  chat.receive(message(2));
  assert.deepEqual(chat.lines().map((line) => line.seq), [1, 2, null]);
});

test('the first sending is plain, every later one says that it is again', () => {
  const chat = joined();
  const one = chat.post('hello', 'id-of-mine', 10);
  assert.deepEqual(chat.wire(one), { type: 'chat.post', id: 'id-of-mine', text: 'hello' });
  assert.deepEqual(chat.wire(one), { type: 'chat.post', id: 'id-of-mine', text: 'hello', again: true });
});

test('unsent text is kept for after a reload and forgotten when it is confirmed', () => {
  let kept = [];
  const chat = new Chat({ save: (unsent) => { kept = structuredClone(unsent); } });
  chat.welcome(welcome([]), 'Ana');
  chat.post('hello', 'id-of-mine', 10);
  const after = new Chat({ unsent: kept, save: (unsent) => { kept = structuredClone(unsent); } });
  after.welcome(welcome([]), 'Ana');
  assert.deepEqual(after.waiting().map((one) => after.wire(one)), [{ type: 'chat.post', id: 'id-of-mine', text: 'hello', again: true }]);
  after.receive(message(1, '1', 'id-of-mine'));
  assert.deepEqual(kept, []);
});

test('nonsense in the storage is no unsent text', () => {
  assert.deepEqual(new Chat({ unsent: [null, 3, { id: 5 }, { id: 'x'.repeat(8) }] }).unsent, []);
});

test('a resumed welcome adds what was missed; any other starts over', () => {
  const chat = joined(1, 2);
  chat.welcome(welcome([message(3)], { resumed: true }), 'Ana');
  assert.deepEqual(seqs(chat), [1, 2, 3]);
  chat.welcome(welcome([message(9)], { more_before: true }), 'Ana');
  assert.deepEqual(seqs(chat), [9]);
  assert.equal(chat.more_before, true);
});

test('a resumed welcome of another epoch starts over', () => {
  const chat = joined(1, 2);
  chat.welcome(welcome([message(1)], { resumed: true, epoch: 2 }), 'Ana');
  assert.deepEqual(seqs(chat), [1]);
});

test('a missed message that was mine is confirmed by the resumed welcome', () => {
  const chat = joined(1);
  chat.post('hello', 'id-of-mine', 10);
  chat.welcome(welcome([message(2, '1', 'id-of-mine')], { resumed: true }), 'Ana');
  assert.deepEqual(states(chat), ['sent', 'sent']);
});

test('a hole is asked for, newest first, at most a page', () => {
  const chat = joined(1);
  assert.equal(chat.hole(), null);
  chat.receive(message(4));
  assert.deepEqual(chat.hole(), { before: 4, limit: 2 });
  chat.receive(message(500));
  assert.deepEqual(chat.hole(), { before: 500, limit: 100 });
});

test('older pages go in front, and the last one says that there is no more', () => {
  const chat = new Chat();
  chat.welcome(welcome([message(50), message(51)], { more_before: true }), 'Ana');
  chat.page({ messages: [message(48), message(49)], more_before: true }, 50);
  assert.deepEqual(seqs(chat), [48, 49, 50, 51]);
  chat.page({ messages: [message(47)], more_before: false }, 48);
  assert.equal(chat.more_before, false);
});

test('the page that fills a hole does not change whether there is more above', () => {
  const chat = joined(1, 4);
  chat.page({ messages: [message(2), message(3)], more_before: true }, 4);
  assert.deepEqual(seqs(chat), [1, 2, 3, 4]);
  assert.equal(chat.more_before, false);
});

test('a refused line says why, is not sent by itself, and can be tried again or discarded', () => {
  const chat = joined();
  chat.post('hello', 'id-of-mine', 10);
  chat.refused('id-of-mine', 'Your chat is stopped.');
  assert.deepEqual(states(chat), ['failed']);
  assert.equal(chat.lines()[0].why, 'Your chat is stopped.');
  assert.deepEqual(chat.waiting(), []);
  assert.ok(chat.retry('id-of-mine'));
  assert.deepEqual(states(chat), ['sending']);
  chat.discard('id-of-mine');
  assert.deepEqual(chat.lines(), []);
});

test('it says from which line on something is different', () => {
  const chat = joined(1, 2, 3);
  const from = [];
  chat.on('changed', (change) => from.push(change.from));
  chat.receive(message(4));
  chat.post('hello', 'id-of-mine', 10);
  chat.receive(message(5));
  assert.deepEqual(from, [3, 4, 4]);
});

test('a long evening keeps the newest lines and offers the rest as history', () => {
  const chat = joined();
  for (let seq = 1; seq <= 13_000; seq += 1) chat.receive(message(seq));
  assert.ok(chat.messages.length <= 12_000);
  assert.equal(chat.last_seq, 13_000);
  assert.equal(chat.more_before, true);
});

test('an edit, a deletion and reactions change the line they speak of, as another object', () => {
  const chat = joined(1, 2, 3);
  const before = chat.said(2);
  const from = [];
  chat.on('changed', (change) => from.push(change.from));
  chat.edited({ seq: 2, text: 'better', edited_at_ms: 9 });
  chat.reactions({ seq: 2, reactions: [{ emoji: '👍', count: 2, people: ['1', '2'] }] });
  assert.equal(before?.text, 'line 2');
  assert.deepEqual([chat.said(2)?.text, chat.said(2)?.edited_at_ms, chat.said(2)?.reactions?.[0].count], ['better', 9, 2]);
  chat.deleted({ seq: 2, by: '1' });
  assert.deepEqual([chat.said(2)?.text, chat.said(2)?.deleted, chat.said(2)?.reactions, chat.said(2)?.by], ['', true, undefined, '1']);
  assert.deepEqual(from, [1, 1, 1]);
});

test('what happened to a message that is not here yet is not lost when an older page brings it', () => {
  const chat = new Chat();
  chat.welcome(welcome([message(50)], { more_before: true }), 'Ana');
  chat.edited({ seq: 48, text: 'better', edited_at_ms: 9 });
  chat.deleted({ seq: 49, by: '2' });
  chat.page({ messages: [message(48), message(49)], more_before: false }, 50);
  assert.deepEqual(chat.lines().map((line) => line.text), ['better', '', 'line 50']);
});

test('a resumed welcome brings what changed meanwhile, and takes back what is no more', () => {
  const chat = joined(1, 2);
  chat.reactions({ seq: 1, reactions: [{ emoji: '👍', count: 1, people: ['2'] }] });
  chat.welcome(welcome([message(3)], { resumed: true, change: 7, changed: [{ ...message(1), text: 'better', edited_at_ms: 9 }] }), 'Ana');
  assert.equal(chat.change, 7);
  chat.reactions({ seq: 2, reactions: [], change: 8 });
  assert.equal(chat.change, 8, 'what was heard of is told when coming back');
  assert.deepEqual(seqs(chat), [1, 2, 3]);
  assert.deepEqual([chat.said(1)?.text, chat.said(1)?.reactions], ['better', undefined]);
});

test('a jump far back leaves a gap that is no hole, and pages from either end close it', () => {
  const chat = new Chat();
  const page = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => message(from + i));
  chat.welcome(welcome(page(451, 500), { more_before: true }), 'Ana');
  chat.page({ messages: page(51, 150), more_before: true }, 151);
  assert.equal(chat.more_before, true);
  assert.equal(chat.hole(), null);
  assert.deepEqual(chat.messages.gap(150, 451), { after: 150, before: 451 });
  assert.equal(chat.messages.gap(149, 150), undefined);
  chat.page({ messages: page(151, 250), more_before: true }, 251);
  assert.deepEqual(chat.messages.gaps, [{ after: 250, before: 451 }]);
  chat.page({ messages: page(351, 450), more_before: true }, 451);
  assert.deepEqual(chat.messages.gaps, [{ after: 250, before: 351 }]);
  chat.page({ messages: page(290, 310), more_before: true }, 311);
  assert.deepEqual(chat.messages.gaps, [{ after: 250, before: 290 }, { after: 310, before: 351 }]);
  chat.page({ messages: page(211, 350), more_before: true }, 351);
  assert.deepEqual(chat.messages.gaps, []);
  assert.equal(chat.more_before, true);
  assert.equal(chat.hole(), null);
});

test('one’s own last word is found for editing, unless it was deleted', () => {
  const chat = joined(1, 2);
  assert.equal(chat.last_own(), null);
  chat.receive({ ...message(3, '1'), name: 'Ana' });
  chat.receive({ ...message(4, '1'), name: 'Ana' });
  chat.deleted({ seq: 4, by: '1' });
  assert.equal(chat.last_own()?.seq, 3);
});
