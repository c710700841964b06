// A desktop program that shows numbered pictures: real JPEGs, each with its number in it as media.mjs draws it, sent by the protocol of
// docs/videoproto.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { readLine, VideoClient, videoPorts } from '../system/video_client.mjs';
import { CLIP, makeClip } from './media.mjs';
import { built } from './paths.mjs';
import { until } from './waiting.mjs';

const COUNT = 60;

/** JPEGs whose number is their place. @returns {Buffer[]} */
function makePictures() {
  const folder = join(built, 'e2e', 'pictures');
  if (!existsSync(folder)) {
    const half = `${folder}.${process.pid}`;
    mkdirSync(half, { recursive: true });
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', makeClip(), '-frames:v', String(COUNT), '-q:v', '3', '-start_number', '0', join(half, '%03d.jpg')]);
    renameSync(half, folder);
  }
  return readdirSync(folder).sort().map((name) => readFileSync(join(folder, name)));
}

export const source = (more = {}) => ({ kind: 'camera', title: '', width: CLIP.width, height: CLIP.height, fps: 20, audio: 'none', channels: 2, ...more });

/** The line that the room page shows, taken from its dialog. @param {import('./visitor.mjs').Visitor} visitor */
export async function lineOf(visitor) {
  const { page } = visitor;
  await page.locator('#desktop-open').click();
  const line = await until(() => page.locator('#desktop-line').inputValue(), { what: 'the line to paste' });
  await page.keyboard.press('Escape');
  return line;
}

export class Publisher {
  #pictures = makePictures();
  #timer = null;
  sent = 0;

  /** Pairs as this person and publishes. @param {any} world @param {import('./visitor.mjs').Visitor} visitor */
  static async start(world, visitor, more = {}) {
    const publisher = new Publisher();
    publisher.world = world;
    const { room, pair } = readLine(await lineOf(visitor));
    publisher.room = room;
    await publisher.enter({ pair });
    await publisher.publish(source(more));
    return publisher;
  }

  async enter(credential) {
    this.client = await VideoClient.enter({ port: (await videoPorts(this.world.server)).plain, room: this.room, ...credential });
  }

  async publish(what, more = {}) {
    const answer = await this.client.publish(what, more);
    if (!answer.json.stream) throw new Error(`not published: ${JSON.stringify(answer.json)}`);
    this.what = what;
    this.published = answer.json;
    this.#timer = setInterval(() => this.send(), 1000 / what.fps).unref();  // one that a failed test left behind does not hold its process
  }

  get stream() { return this.published.stream; }

  send() {
    this.client.frame(this.stream, this.#pictures[this.sent++ % this.#pictures.length], { sequence: this.sent });
  }

  /** The picture before is sent as "the same still" from now on. */
  freeze() {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.client.frame(this.stream, undefined, { sequence: this.sent++, flags: 2 }), 1000 / this.what.fps).unref();
  }

  /** The cable is pulled. */
  cut() {
    clearInterval(this.#timer);
    return this.client.destroy();
  }

  /** … and put in again. */
  async comeBack() {
    await this.enter({ resume: this.client.me.resume });
    await this.publish(this.what, { resume: this.published.resume });
  }

  async stop() {
    clearInterval(this.#timer);
    await this.client.bye();
  }
}

/** Runs in the page: the number in the picture on the stage, null while there is none. */
export function readStage() {
  const picture = /** @type {HTMLCanvasElement} */ (document.querySelector('#live-picture'));
  if (picture.width < 16 || /** @type {HTMLElement} */ (document.querySelector('#live')).hidden) return null;
  const canvas = new OffscreenCanvas(16, 1);
  const context = /** @type {any} */ (canvas.getContext('2d', { willReadFrequently: true }));
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 20, picture.width, 1, 0, 0, 16, 1);
  const { data } = context.getImageData(0, 0, 16, 1);
  let number = 0;
  for (let bit = 0; bit < 16; bit++) if (data[bit * 4] > 127) number |= 1 << bit;
  return number;
}
