// What the live stories have in common: a fake camera whose pictures are numbered, somebody who goes live with it, and what the others see.
import { startWorld, until } from './harness.mjs';
import { CLIP, makeCamera, readFrame } from './media.mjs';

/** A world whose browser has the camera and a beeping microphone. */
export const startCameraWorld = () => startWorld({ flags: ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${makeCamera()}`] });

/** The number in the picture of a <video>, or null. @param {import('./visitor.mjs').Visitor} person @param {string} selector */
export const numberIn = (person, selector) => person.page.evaluate(`(() => { const v = document.querySelector('${selector}');
  return v && v.readyState >= 2 && v.videoWidth ? (${readFrame})(v) : null; })()`);

/** Two pictures of the stage that follow each other. */
export const moving = (person, timeoutMs = 20_000) => until(async () => {
  const first = await numberIn(person, '#live-video');
  await new Promise((later) => setTimeout(later, 150));
  const second = await numberIn(person, '#live-video');
  return first !== null && second !== null && first !== second;
}, { timeoutMs, what: `${person.name} sees a moving picture` });

export async function goLive(person) {
  await person.page.locator('#go-live').click();
  await until(async () => (await numberIn(person, '#go-live-preview')) !== null, { timeoutMs: 15_000, what: 'the preview' });
  await person.page.locator('#go-live-dialog').getByRole('button', { name: 'Go live', exact: true }).click();
  await person.page.locator('#live-own').waitFor();
}

/** From the camera to another page: the picture that a track shows now, and the one on that page's stage. @returns {Promise<number[]>} ms, one for each time it was looked */
export async function behindCamera(publisher, watcher, { times, everyMs }) {
  await publisher.page.evaluate(async () => {
    const video = document.createElement('video');
    video.id = 'camera-now';
    video.muted = true;
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: true });
    document.body.append(video);
    await video.play();
  });
  const behind = [];
  for (let i = 0; i < times; i++) {
    const [sent, seen] = await Promise.all([numberIn(publisher, '#camera-now'), numberIn(watcher, '#live-video')]);
    if (sent !== null && seen !== null) behind.push((((sent - seen + 1200) % 1200) * 1000) / CLIP.fps);
    await new Promise((later) => setTimeout(later, everyMs));
  }
  await publisher.page.evaluate('document.querySelector("#camera-now").remove()');
  return behind;
}
