// What cannot be played says why where the person is looking, and what to do.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CLIP_URL, screenshots, startWorld, temporaryFolder, until } from './harness.mjs';
import { violations } from './looks.mjs';
import { makeLongClip } from './media.mjs';

let world;
let place;
before(async () => {
  place = temporaryFolder();
  world = await startWorld();
  writeFileSync(join(place.folder, 'text.mp4'), 'this is no video at all\n'.repeat(100));
  world.media.add('/text.mp4', join(place.folder, 'text.mp4'));
});
after(async () => {
  await world?.stop();
  place?.remove();
});

const on_stage = (person) => person.page.locator('#stage-failed-text');
const badge_text = (person) => person.page.locator('#badge-open').innerText();

test('a dead link and a file that is no video say so on the stage; another try plays what has come meanwhile', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Dead Link');
  await ann.startRoom();
  await ann.watch('http://media.test/soon.mp4');
  await on_stage(ann).waitFor();
  assert.match(await on_stage(ann).innerText(), /cannot be opened: it is not there/);
  assert.equal(await badge_text(ann), await on_stage(ann).innerText(), 'and below it');
  assert.deepEqual(await violations(ann.page), []);
  await screenshots(ann.page, 'room-dead-link');
  world.media.add('/soon.mp4', makeLongClip());
  await ann.page.locator('#stage-again').click();
  // The room waits for her, at most ten seconds, before it goes on.
  await ann.moving('video', 30_000);
  assert.equal(await on_stage(ann).isVisible(), false);

  await ann.page.locator('#source-link').fill('http://media.test/text.mp4');
  await ann.click('Watch this now');
  await on_stage(ann).waitFor();
  assert.match(await on_stage(ann).innerText(), /this browser cannot play its format/);
  await ann.page.locator('#source-link').fill(CLIP_URL);
  await ann.click('Watch this now');
  await ann.moving();
  assert.equal(await on_stage(ann).isVisible(), false, 'the next video is not to blame');
  await ann.close();
});

test('an empty box closes nothing; closing the video is told on the empty stage too, with the way back', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Empty');
  const ben = await world.visitor('Ben Empty');
  await ben.openRoom(await ann.startRoom());
  const error = ann.page.locator('#source-error');
  const media = () => ben.page.locator('#main').getAttribute('data-media');
  await ann.click('Watch this');
  assert.equal(await error.innerText(), 'Paste a link first.');
  await ann.watch(CLIP_URL);
  await ann.moving();
  for (const button of ['Watch this now', 'Add to queue']) {
    await ann.page.locator('#source-link').fill('');
    await ann.click(button);
    await until(() => error.isVisible(), { what: `the sentence after ${button}` });
    assert.equal(await error.innerText(), 'Paste a link first.');
  }
  assert.equal(await media(), 'file');

  await ann.click('Close the video for everyone');
  await until(async () => (await media()) === 'none', { what: 'an empty stage' });
  await ben.page.locator('#notice-text').getByText('Ann Empty closed the video.').waitFor();
  assert.deepEqual(await violations(ben.page), []);
  await screenshots(ben.page, 'room-closed-video');
  await ben.click('Undo');
  await until(async () => (await media()) === 'file', { what: 'the video back' });
});

test('what YouTube refuses is told beside its frame, never over it', { timeout: 120_000 }, async () => {
  const ann = await world.visitor('Ann Refused');
  await ann.startRoom();
  for (const [id, error, sentence] of [['embedding_1', 150, /does not let it be played outside YouTube/], ['removed_abc', 100, /removed from YouTube, or it is private/]]) {
    world.youtube.behave(id, { error });
    await ann.page.locator('#source-link').fill(`https://youtu.be/${id}`);
    await ann.page.getByRole('button', { name: /^Watch this( now)?$/ }).first().click();
    await until(async () => sentence.test(await badge_text(ann)), { timeoutMs: 20_000, what: `the sentence of ${error}` });
    assert.equal(await on_stage(ann).isVisible(), false);
  }
  await screenshots(ann.page, 'room-youtube-refuses');
  await ann.close();
});

test('a video over http on an https page is refused in words: before it plays, and on the stage', { timeout: 120_000 }, async () => {
  const [cert, key] = [join(place.folder, 'cert.pem'), join(place.folder, 'key.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'], { stdio: 'ignore' });
  const secure = await startWorld({ args: ['--tls-cert', cert, '--tls-key', key] });
  try {
    const ann = await secure.visitor('Ann Secure');
    await ann.startRoom();
    assert.equal(await ann.page.evaluate('location.protocol'), 'https:');
    await ann.watch(CLIP_URL);
    await on_stage(ann).waitFor();
    assert.match(await on_stage(ann).innerText(), /comes over http, which browsers refuse on an https page\. Use an https link/);
  } finally {
    await secure.stop();
  }
});
