import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Awake } from '../../static/js/models/awake.js';
import { notify_words, worth_telling } from '../../static/js/models/notify.js';
import { counted_mark } from '../../static/js/views/favicon.js';
import { lazy } from '../../static/js/lib/lazy.js';

test('a notification is for a mention by somebody else, on a hidden page, of somebody who asked for them', () => {
  const all = { on: true, granted: true, hidden: true, mine: false, mentions_me: true };
  assert.equal(worth_telling(all), true);
  for (const [name, value] of Object.entries({ on: false, granted: false, hidden: false, mine: true, mentions_me: false })) assert.equal(worth_telling({ ...all, [name]: value }), false, name);
  let asked = 0;
  const seen = { ...all, hidden: false, get granted() { return ++asked > 0; } };
  assert.deepEqual([worth_telling(seen), asked], [false, 0], 'the browser is not asked for what does not matter');
});

test('Settings say why there are no notifications, and offer a button only where it can help', () => {
  assert.match(notify_words({ secure: false, permission: 'none', on: false }).text, /https.*\.\/dev cert/);
  assert.equal(notify_words({ secure: false, permission: 'default', on: true }).act, '');
  assert.equal(notify_words({ secure: true, permission: 'denied', on: true }).act, '');
  assert.equal(notify_words({ secure: true, permission: 'none', on: false }).act, '');
  assert.equal(notify_words({ secure: true, permission: 'default', on: false }).act, 'on');
  assert.equal(notify_words({ secure: true, permission: 'granted', on: false }).act, 'on');
  assert.equal(notify_words({ secure: true, permission: 'granted', on: true }).act, 'off');
});

test('the mark in the tab carries the count, at most nine and a plus', () => {
  assert.match(decodeURIComponent(counted_mark(3)), />3<\/text>/);
  assert.match(decodeURIComponent(counted_mark(10)), />9\+<\/text>/);
  assert.match(counted_mark(1), /^data:image\/svg\+xml,[^<#]*$/);
});

/** The browser's side of a wake lock, as its specification has it. */
function screen() {
  const asked = [];
  const request = () => new Promise((resolve, reject) => asked.push({ grant: () => { const lock = make_lock(); resolve(lock); return lock; }, refuse: () => reject(new Error('NotAllowedError')) }));
  const make_lock = () => {
    let heard = () => {};
    return { released: false, async release() { this.released = true; heard(); }, addEventListener(_, listener) { heard = listener; }, take_away() { this.released = true; heard(); } };
  };
  return { asked, request };
}
const settled = () => new Promise((done) => setImmediate(done));

test('the screen is kept on while something plays, asked for once, and let go afterwards', async () => {
  const { asked, request } = screen();
  const awake = new Awake(request);
  awake.want(true);
  awake.want(true);
  assert.equal(asked.length, 1);
  const lock = asked[0].grant();
  await settled();
  assert.equal(awake.held, true);
  awake.want(false);
  assert.equal(lock.released, true);
  assert.equal(awake.held, false);
});

test('a lock that comes when nothing plays any more is given back', async () => {
  const { asked, request } = screen();
  const awake = new Awake(request);
  awake.want(true);
  awake.want(false);
  const lock = asked[0].grant();
  await settled();
  assert.equal(lock.released, true);
  assert.equal(awake.held, false);
});

test('a lock that the browser took or refused is asked for again at the next wish', async () => {
  const { asked, request } = screen();
  const awake = new Awake(request);
  awake.want(true);
  asked[0].refuse();
  await settled();
  awake.want(true);
  const lock = asked[1].grant();
  await settled();
  lock.take_away();
  assert.equal(awake.held, false);
  awake.want(true);
  assert.equal(asked.length, 3);
});

test('a part is fetched once, and again after a fetch that failed', async () => {
  let fetched = 0;
  const part = lazy(async () => {
    fetched += 1;
    if (fetched === 1) throw new Error('offline');
    return 'here';
  });
  await assert.rejects(part(), /offline/);
  assert.deepEqual(await Promise.all([part(), part()]), ['here', 'here']);
  assert.equal(fetched, 2);
});
