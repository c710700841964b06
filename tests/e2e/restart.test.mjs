// The server dies under chat load and comes back: in both browsers every line once, in one order, and nothing typed is lost.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLIP_URL, startWorld, until } from './harness.mjs';

let world;
before(async () => { world = await startWorld({ args: ['--bench-guests', '1'] }); });
after(() => world?.stop());

test('SIGKILL under chat load loses nothing that was acknowledged and doubles nothing', { timeout: 120_000 }, async (t) => {
  const ann = await world.visitor('Ann');
  const ben = await world.visitor('Ben');
  const code = await ann.startRoom();
  await ben.openRoom(code);
  const written = [];
  let killed = null;
  const talk = async (person, count) => {
    for (let i = 0; i < count; i++) {
      const text = `${person.name} ${i}`;
      written.push(text);
      await person.say(text);
      await new Promise((later) => setTimeout(later, 30));
      if (written.length === 30) killed = world.killAndRestart();
    }
  };
  await Promise.all([talk(ann, 40), talk(ben, 40)]);
  await killed;
  for (const person of [ann, ben]) await person.inRoom();
  const complete = async (person) => {
    const said = await person.said();
    return said.length === written.length && (await person.page.locator('#chat-list [data-state="sending"]').count()) === 0 && said;
  };
  const [a, b] = await Promise.all([ann, ben].map((p) => until(() => complete(p), { timeoutMs: 20_000, what: `all ${written.length} lines at ${p.name}’s` })));
  assert.deepEqual(a, b, 'the same order for both');
  assert.deepEqual([...a].sort(), [...written].sort(), 'each line once');
  await ann.page.reload();
  await ann.inRoom();
  const kept = await until(async () => { const said = await ann.said(); return said.length >= 50 && said; }, { what: 'history after a reload' });
  assert.deepEqual(kept, a.slice(-kept.length), 'what is stored is what was shown');
  t.diagnostic(`${written.length} lines through a kill`);
});

test('a video plays on while the server is away and everybody is in step afterwards', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Cy');
  const ben = await world.visitor('Di');
  await ben.openRoom(await ann.startRoom());
  await ann.watch(CLIP_URL);
  await Promise.all([ann.moving(), ben.moving()]);
  await world.killAndRestart();
  await Promise.all([ann.moving(), ben.moving()]);
  await Promise.all([ann.inRoom(), ben.inRoom()]);
  await until(async () => {
    const [x, y] = await Promise.all([ann.video(), ben.video()]);
    return !x.paused && !y.paused && Math.abs(x.positionMs - x.at - (y.positionMs - y.at)) < 60;
  }, { timeoutMs: 20_000, what: 'in step after the restart' });
  await ben.pause();
  await Promise.all([ann.standing(), ben.standing()]);
});
