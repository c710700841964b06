// The desktop client as a process, and what its tests need around it: a room to be in, a screen without a monitor, a film that carries its
// picture number, and reading that number back.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Person } from '../system/client.mjs';
import { Server, temporaryFolder } from '../system/server.mjs';

export const program = process.env.MATINEE_VIDEO_BIN;
export const FILM = { width: 640, height: 360, fps: 30 };

export function ffmpeg(...args) { execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args]); }

// 16 squares across the picture's middle, black or white: the bits of the picture number, lowest first.
export function makeFilm(path, seconds) {
  const { width, height, fps } = FILM;
  const code = `color=s=16x1:r=${fps}:d=${seconds},format=gray,geq=lum='255*mod(floor(N/pow(2,X)),2)',scale=${width}:${height / 3}:flags=neighbor`;
  const graph = `testsrc2=s=${width}x${height}:r=${fps}:d=${seconds}[p];${code}[c];[p][c]overlay=0:${height / 3},format=yuv420p[v]`;
  ffmpeg('-filter_complex', graph, '-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18', '-g', '30', path);
  return path;
}

/** Grey pixels of an image file, or of a part of it: {width, height, x, y}. */
export function greyOf(file, part) {
  const crop = part ? `crop=${part.width}:${part.height}:${part.x}:${part.y},` : '';
  return execFileSync('ffmpeg', ['-v', 'error', '-i', file, '-vf', `${crop}format=gray,scale=${FILM.width}:${FILM.height}`, '-f', 'rawvideo', '-'], { maxBuffer: 1 << 26 });
}

/** The numbers in a folder's pictures, in order of their names. */
export function numbersIn(folder) {
  const size = FILM.width * FILM.height;
  const all = execFileSync('ffmpeg', ['-v', 'error', '-pattern_type', 'glob', '-i', join(folder, '*.jpg'), '-vf', `format=gray,scale=${FILM.width}:${FILM.height}`,
    '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 28 });
  return Array.from({ length: all.length / size }, (_, i) => numberIn(all.subarray(i * size, (i + 1) * size)));
}

export function numberIn(grey) {
  let number = 0;
  for (let bit = 0; bit < 16; bit++) {
    const x = Math.floor((bit + 0.5) * FILM.width / 16);
    if (grey[Math.floor(FILM.height / 2) * FILM.width + x] > 127) number |= 1 << bit;
  }
  return number;
}

/** The picture of this number out of the film itself. */
export function pictureOf(film, number) {
  return execFileSync('ffmpeg', ['-v', 'error', '-i', film, '-vf', `select=eq(n\\,${number}),format=gray`, '-frames:v', '1', '-f', 'rawvideo', '-'], { maxBuffer: 1 << 26 });
}

export class Desktop {
  constructor(args, { env = {}, input } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'matinee-desktop-'));
    this.lines = [];
    this.said = '';
    this.waiting = [];
    const clean = { ...process.env, HOME: this.folder, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', XDG_RUNTIME_DIR: this.folder, DISPLAY: '', WAYLAND_DISPLAY: '', SDL_AUDIODRIVER: 'dummy', ...env };
    this.process = spawn(program, args, { cwd: this.folder, env: clean, stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stdin.on('error', () => {});
    this.process.stdin.end(input ?? '');
    this.exited = new Promise((done) => this.process.once('close', (code, signal) => {
      done({ code, signal, said: this.said });
      for (const w of this.waiting.splice(0)) w.failed(new Error(`ended with ${code ?? signal}: ${this.said}`));
    }));
    let rest = '';
    this.process.stdout.setEncoding('utf8').on('data', (chunk) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop();
      for (const part of parts) this.take(part.startsWith('{') ? JSON.parse(part) : { text: part });
    });
    this.process.stderr.setEncoding('utf8').on('data', (chunk) => { this.said += chunk; this.look(); });
  }

  take(line) { this.lines.push(line); this.look(); }
  look() {
    for (const w of [...this.waiting]) {
      const found = w.want();
      if (found) { this.waiting.splice(this.waiting.indexOf(w), 1); w.done(found); }
    }
  }
  /** The first line of its statistics, from the beginning, that fits; or true when what it said on standard error matches. */
  until(want, timeoutMs = 30_000) {
    const test = want instanceof RegExp ? () => want.test(this.said) : () => this.lines.find(want);
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`not in ${timeoutMs} ms; said: ${this.said}\nlast: ${JSON.stringify(this.lines.slice(-3))}`)), timeoutMs);
      this.waiting.push({ want: test, done: (v) => { clearTimeout(timer); done(v); }, failed: (e) => { clearTimeout(timer); failed(e); } });
      this.look();
    });
  }
  event(name) { return this.until((line) => line.event === name); }
  async stop(signal = 'SIGTERM') {
    this.process.kill(signal);
    const ending = await this.exited;
    rmSync(this.folder, { recursive: true, force: true });
    return ending;
  }
}

/** A server with desktop video, a room, and people who are in it. */
export class World {
  /** @param {{args?: string[]}} options for the server */
  static async start({ args = [] } = {}) {
    const world = new World();
    world.place = temporaryFolder();
    world.server = await Server.start({ data: world.place.folder, args }).ready;
    world.owner = new Person(world.server.url);
    await world.owner.signUp('Ada');
    world.code = await world.owner.startRoom();
    world.sockets = [await world.owner.socket(world.code)];
    world.desktops = [];
    return world;
  }
  async guest(name) {
    const person = new Person(this.server.url);
    await person.joinRoom(this.code, name);
    this.sockets.push(await person.socket(this.code));
    return person;
  }
  /** The words behind "matinee-video join" of a pasted line: HOST:PORT, CODE, --pair, LETTERS. */
  async pair(person) {
    const page = await person.request(`/rooms/${this.code}`);
    const csrf = /csrf(?:"|&quot;):(?:"|&quot;)([^"&]+)/.exec(page.text)?.[1] ?? '';
    const answer = await person.request(`/rooms/${this.code}/desktop`, { method: 'POST', form: { csrf } });
    if (answer.status !== 200) throw new Error(`no line: ${answer.status} ${answer.text.slice(0, 300)}`);
    return JSON.parse(answer.text).line.split(' ').slice(2);
  }
  /** The room's owner logs in: a token file. */
  async login(file) {
    const ending = await this.run(['login', this.server.url, '--name', 'Ada', '--token-file', file], { input: 'correct horse\n' }).exited;
    if (ending.code !== 0) throw new Error(`no login: ${ending.said}`);
  }
  /** The server goes and comes back at the same video port, with the same data. */
  async restart() {
    const [place] = await this.pair(this.owner);
    await this.server.stop();
    this.server = await Server.start({ data: this.place.folder, args: ['--video-port', place.split(':').at(-1)] }).ready;
    this.owner.base = this.server.url;
  }
  run(args, options) {
    const desktop = new Desktop(args, options);
    this.desktops.push(desktop);
    return desktop;
  }
  async stop() {
    for (const desktop of this.desktops) await desktop.stop('SIGKILL');
    for (const socket of this.sockets) socket.web.terminate();
    await this.server.kill();
    this.place.remove();
  }
}

/** An X server that picks a free display by itself. */
export async function startScreen() {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const display = await new Promise((done, failed) => {
    let text = '';
    screen.stdio[3].setEncoding('utf8').on('data', (chunk) => { text += chunk; if (text.includes('\n')) done(`:${text.trim()}`); });
    screen.once('exit', (code) => failed(new Error(`Xvfb ended with ${code}`)));
    screen.once('error', failed);
  });
  const env = { DISPLAY: display };
  const x = (tool, ...args) => execFileSync(tool, args, { env: { ...process.env, ...env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return { env, x, stop: () => { screen.removeAllListeners('exit'); screen.kill(); } };
}

/** Windows on the screen whose title matches, with where they are. */
export function windowsOn(screen, title) {
  let ids = [];
  try { ids = screen.x('xdotool', 'search', '--onlyvisible', '--name', title).trim().split('\n').filter(Boolean); } catch { return []; }
  return ids.map((id) => {
    const about = screen.x('xdotool', 'getwindowgeometry', '--shell', id);
    const value = (name) => Number(new RegExp(`${name}=(-?\\d+)`).exec(about)[1]);
    return { id, x: value('X'), y: value('Y'), width: value('WIDTH'), height: value('HEIGHT'), title: screen.x('xdotool', 'getwindowname', id).trim() };
  });
}
