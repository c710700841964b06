// What the tests of streams share: a room with a stream, publishers, viewers, and ffprobe on what they got.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request as http_request } from 'node:http';
import { join } from 'node:path';
import WebSocket from 'ws';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

export let place; export let server;
export async function start() {
  place = temporaryFolder();
  server = await Server.start({ data: join(place.folder, 'data'), args: ['--shards', '3', '--metrics-port', '0'] }).ready;
}
export async function stop() { await server?.kill(); place.remove(); }

export const cookies = (person) => [...person.jar].map((pair) => pair.join('=')).join('; ');
export const csrf_of = async (person, code) => /&quot;csrf&quot;:&quot;([^&]+)&quot;/.exec((await person.request(`/rooms/${code}`)).text)?.[1];

// A room whose owner has its page open, and a stream of theirs.
export async function room(fields = {}) {
  const owner = new Person(server.url);
  const code = await owner.startRoom('Olga');
  const socket = await owner.socket(code);
  const csrf = await csrf_of(owner, code);
  const post = (path, form = {}) => owner.request(`/rooms/${code}/streams${path}`, { method: 'POST', form: { csrf, ...form } });
  const made = await post('', { name: 'Garden', ...fields });
  assert.equal(made.status, 200, made.text);
  const stream = JSON.parse(made.text);
  return { ...stream, owner, code, socket, post, csrf, url: `${server.url}/ingest/${stream.id}/${stream.key}` };
}

// The room's page hears of the stream as wanted.
export async function told(live, want) {
  const fits = (m) => { const stream = m.type === 'live.changed' && m.live.streams.find(({ id }) => id === live.id); return want(stream || undefined); };
  const [last] = live.socket.messages.filter((m) => m.type === 'live.changed').slice(-1);
  const message = last && fits(last) ? last : await live.socket.next((m) => m.type === 'live.changed' && fits(m), 15_000);
  return message.live.streams.find(({ id }) => id === live.id);
}

const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25', '-f', 'lavfi', '-i', 'sine=sample_rate=44100'];
const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-c:a', 'aac'];

export class Ffmpeg {
  constructor(url, { seconds, more = [] } = {}) {
    const words = ['-nostdin', '-v', 'error', ...picture, ...(seconds ? ['-t', String(seconds)] : []), ...coded, ...more, '-f', 'mpegts', url];
    this.process = spawn('ffmpeg', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.said = '';
    this.process.stderr.on('data', (text) => { this.said += text; });
    this.ended = new Promise((done) => { this.process.once('close', (code) => done(code)); });
  }

  kill(signal = 'SIGKILL') { this.process.kill(signal); return this.ended; }
}

// A live socket: everything it brings until it closes.
export function watch(live, path = 'ts', headers = { cookie: cookies(live.owner) }, base = server.url) {
  const web = new WebSocket(`${base.replace('http', 'ws')}/live/${live.id}/${path}`, { origin: base, headers });
  const view = { web, binary: [], texts: [], bytes: 0, first: 0, last: 0 };
  let wake = () => {};
  web.on('message', (data, binary) => {
    view.first ||= Date.now();
    view.last = Date.now();
    if (binary) { view.binary.push(data); view.bytes += data.length; } else view.texts.push(JSON.parse(data.toString()));
    wake();
  });
  web.on('error', () => {});
  view.closed = new Promise((done) => { web.once('close', (code) => { done(code); wake(); }); });
  view.until = (want) => new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`${view.binary.length} messages, ${view.bytes} bytes`)), 15_000);
    wake = () => { if (want(view)) { clearTimeout(timer); done(view); } };
    wake();
  });
  return view;
}

export function probe(name, bytes) {
  const file = join(place.folder, name);
  writeFileSync(file, bytes);
  const text = execFileSync('ffprobe', ['-v', 'warning', '-show_entries', 'packet=codec_type,pts_time,dts_time,flags', '-of', 'csv=p=0', file], { encoding: 'utf8' });
  const packets = text.split('\n').map((line) => line.split(',')).filter((cells) => cells.length >= 4).map(([kind, pts, dts, flags]) => ({ kind, pts: Number(pts), dts: Number(dts), key: flags.includes('K') }));
  return { video: packets.filter(({ kind }) => kind === 'video'), audio: packets.filter(({ kind }) => kind === 'audio') };
}

export const grows = (packets) => packets.every(({ dts }, i) => i === 0 || dts > packets[i - 1].dts);

// A request whose body a test writes: what comes back, and when.
export function publish(path, headers = {}) {
  const url = new URL(server.url);
  const sent = http_request({ host: url.hostname, port: url.port, path, method: 'POST', headers: { ...headers } });
  sent.on('error', () => {});
  const answer = new Promise((done) => {
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => done({ status: response.statusCode, text })).on('error', () => done({ status: response.statusCode, text }));
    });
    sent.once('close', () => done({ status: 0, text: '' }));
  });
  return { sent, answer, write: (bytes) => new Promise((done) => { sent.write(bytes, done); }), end: () => { sent.end(); return answer; } };
}

// Made once for each row of arguments.
const clips = new Map();
export function clip(args) {
  const key = args.join(' ');
  if (!clips.has(key)) clips.set(key, execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...args, 'pipe:1'], { maxBuffer: 64 * 1024 * 1024 }));
  return clips.get(key);
}
