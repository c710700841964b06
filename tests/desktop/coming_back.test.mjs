// Programs that are killed and started again, and servers that are: who stays, who comes back by itself, and who is told what to do.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, makeFilm } from './desktop.mjs';

let world, film;
before(async () => {
  world = await World.start();
  film = makeFilm(join(world.place.folder, 'film.mp4'), 4);
});
after(() => world?.stop());

async function viewerOf(name) {
  const viewer = world.run(['join', ...await world.pair(await world.guest(name)), '--headless', '--stats', 'json', '--mute']);
  await viewer.until(/Connected/);
  return viewer;
}
const shown = (viewer) => viewer.lines.findLast((line) => line.role === 'watch')?.shown ?? 0;
const kept = (state) => readdirSync(join(state, 'matinee')).filter((name) => !name.endsWith('.lock'));

// kill -9, and the viewer has heard of it.
async function killed(sender, viewer) {
  const from = viewer.lines.length;
  const since = Date.now();
  await sender.stop('SIGKILL');
  await viewer.until((line) => line.event === 'waiting' && viewer.lines.indexOf(line) >= from);
  assert.ok(Date.now() - since < 2_000, `${Date.now() - since} ms`);
}

test('a sender that was killed and is started again with the same words goes on with its stream, in the viewers that stayed', async () => {
  const viewer = await viewerOf('Grace');
  const state = join(world.place.folder, 'state-paired');
  const words = ['send', ...await world.pair(world.owner), '--file', film, '--loop', '--mute', '--stats', 'json'];
  const send = () => world.run(words, { env: { XDG_STATE_HOME: state } });
  let sender = send();
  const { stream } = await sender.event('published');
  await viewer.until((line) => line.shown > 10);
  for (let time = 0; time < 2; time++) {   // the second time with what the restarted one kept
    assert.equal(kept(state).length, 1);
    const file = join(state, 'matinee', kept(state)[0]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await killed(sender, viewer);
    const [from, before] = [viewer.lines.length, shown(viewer)];
    sender = send();
    assert.equal((await sender.event('published')).stream, stream);
    await viewer.until((line) => line.event === 'online' && line.stream === stream && viewer.lines.indexOf(line) >= from);
    await viewer.until((line) => line.stream === stream && line.shown > before + 10);
  }
  assert.deepEqual(viewer.lines.filter((line) => line.event === 'over'), []);
  const left = await sender.stop('SIGINT');
  assert.equal(left.code, 130, left.said);
  await viewer.until((line) => line.event === 'over' && line.stream === stream);
  assert.deepEqual(kept(state), []);   // an orderly end leaves nothing
  const late = await send().exited;    // the code was used long ago
  assert.equal(late.code, 4, late.said);
  await viewer.stop();
});

test('without what was kept, or with what is too old, a sender that is started again begins a new stream', async () => {
  const viewer = await viewerOf('Alan');
  const token = join(world.place.folder, 'token');
  await world.login(token);
  const state = join(world.place.folder, 'state-token');
  const send = () => world.run(['send', world.code, '--token-file', token, '--file', film, '--loop', '--mute', '--stats', 'json'], { env: { XDG_STATE_HOME: state } });
  let sender = send();
  const first = (await sender.event('published')).stream;
  await viewer.until((line) => line.stream === first && line.shown > 10);
  const file = join(state, 'matinee', kept(state)[0]);

  await killed(sender, viewer);
  sender = send();   // logged in as well, the same stream
  assert.equal((await sender.event('published')).stream, first);
  await viewer.until((line) => line.event === 'online' && line.stream === first && viewer.lines.findIndex((l) => l.event === 'waiting') < viewer.lines.indexOf(line));

  await killed(sender, viewer);
  unlinkSync(file);
  sender = send();
  const second = (await sender.event('published')).stream;
  assert.notEqual(second, first);
  await viewer.until((line) => line.stream === second && line.shown > 0);

  const old = readFileSync(file, 'utf8');
  await sender.stop('SIGINT');   // ends the stream: its tokens lead nowhere any more
  await viewer.until((line) => line.event === 'over' && line.stream === second);
  writeFileSync(file, old, { mode: 0o600 });
  sender = send();
  const third = (await sender.event('published')).stream;
  assert.ok(third > second, `${third} after ${second}`);
  await viewer.until((line) => line.stream === third && line.shown > 0);
  await sender.stop('SIGINT');
  await viewer.stop();
});

test('a second program that sends the same at the same time has a stream of its own', async () => {
  const state = join(world.place.folder, 'state-two');
  const token = join(world.place.folder, 'token-two');
  await world.login(token);
  const send = () => world.run(['send', world.code, '--token-file', token, '--file', film, '--loop', '--mute', '--stats', 'json'], { env: { XDG_STATE_HOME: state } });
  const one = send();
  const first = (await one.event('published')).stream;
  const two = send();
  assert.notEqual((await two.event('published')).stream, first);
  await one.until((line) => line.role === 'send' && line.sent > 60);
  assert.equal((await two.stop('SIGINT')).code, 130);
  assert.equal(kept(state).length, 1);   // the first one's
  assert.equal((await one.stop('SIGINT')).code, 130);
});

test('when the server was restarted, who logged in comes back by itself and who was paired is told what to do', async () => {
  const token = join(world.place.folder, 'token-restart');
  await world.login(token);
  const loggedIn = world.run(['join', world.code, '--token-file', token, '--headless', '--mute']);
  const paired = world.run(['join', ...await world.pair(await world.guest('Edsger')), '--headless', '--mute']);
  await Promise.all([loggedIn.until(/Connected as Ada/), paired.until(/Connected as Edsger/)]);
  await world.restart();
  await loggedIn.until(/Trying again[^]*Connected as Ada/);
  const ending = await paired.exited;
  assert.equal(ending.code, 4, ending.said);
  assert.match(ending.said.trim().split('\n').at(-1), /^matinee-video: The server does not know this program any more: .*Take a new line from Connect desktop\.$/);
  assert.equal((await loggedIn.stop('SIGINT')).code, 130);
});
