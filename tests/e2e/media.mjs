// Video for the stories: a clip that carries its frame number in the picture, made by ffmpeg once, and a server for it.
import { execFileSync } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';
import { built } from './paths.mjs';

const TYPES = { '.m3u8': 'application/vnd.apple.mpegurl', '.ts': 'video/mp2t' };
export const CLIP = { seconds: 60, fps: 60, width: 320, height: 180, bits: 16, codeHeight: 40 };

/** The path of the clip. Its upper 40 rows are 16 squares, black or white: the bits of the frame number, lowest first. */
export function makeClip() {
  const folder = join(built, 'e2e');
  const path = join(folder, 'clip-60.mp4');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const { seconds, fps, width, height, bits, codeHeight } = CLIP;
  const code = `color=s=${bits}x1:r=${fps}:d=${seconds},format=gray,geq=lum='255*mod(floor(N/pow(2,X)),2)',scale=${width}:${codeHeight}:flags=neighbor`;
  const graph = `testsrc2=s=${width}x${height}:r=${fps}:d=${seconds}[picture];${code}[code];[picture][code]overlay=0:0,format=yuv420p[v];` +
    `sine=frequency=220:sample_rate=48000:duration=${seconds},volume=0.2[a]`;
  const half = `${path}.${process.pid}.mp4`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-filter_complex', graph, '-map', '[v]', '-map', '[a]', '-c:v', 'libx264', '-preset', 'veryfast',
    '-crf', '20', '-g', '60', '-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart', half]);
  renameSync(half, path);
  return path;
}

/** The clip fifteen times over, made only when somebody asks for it. */
export function makeLongClip() {
  const path = join(built, 'e2e', 'long.mp4');
  if (existsSync(path)) return path;
  const half = `${path}.${process.pid}.mp4`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-stream_loop', '14', '-i', makeClip(), '-c', 'copy', '-movflags', '+faststart', half]);
  renameSync(half, path);
  return path;
}

/** The clip as a stream: its folder, with index.m3u8 and segments of 2 s. */
export function makeStream() {
  const folder = join(built, 'e2e', 'hls');
  if (existsSync(join(folder, 'index.m3u8'))) return folder;
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', makeClip(), '-c', 'copy', '-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod',
    '-hls_segment_filename', join(half, 'part-%02d.ts'), join(half, 'index.m3u8')]);
  renameSync(half, folder);
  return folder;
}

/** The clip's first twenty seconds as a camera that Chromium can play, 30 pictures a second. */
export function makeCamera() {
  const path = join(built, 'e2e', 'camera.mjpeg');
  if (existsSync(path)) return path;
  const half = `${path}.${process.pid}.mjpeg`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-t', '20', '-i', makeClip(), '-an', '-r', '30', '-c:v', 'mjpeg', '-q:v', '3', '-f', 'mjpeg', half]);
  renameSync(half, path);
  return path;
}

export const clipBytes = () => statSync(makeClip()).size;

/** Runs in the page: the number in the picture a <video> shows now. @param {HTMLVideoElement} video */
export function readFrame(video) {
  const canvas = new OffscreenCanvas(16, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingEnabled = false;
  // One pixel from the middle of each square.
  context.drawImage(video, 0, 20, video.videoWidth, 1, 0, 0, 16, 1);
  const { data } = context.getImageData(0, 0, 16, 1);
  let number = 0;
  for (let bit = 0; bit < 16; bit++) if (data[bit * 4] > 127) number |= 1 << bit;
  return number;
}

/** Serves the clip, and what is added, with ranges; keeps what was asked for. */
export async function startMediaServer() {
  const files = new Map([['/clip.mp4', makeClip()]]);
  const folders = /** @type {[string, string][]} */ ([]);
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const asked = request.url.split('?')[0];
    const inFolder = folders.find(([under]) => asked.startsWith(under));
    const path = asked === '/long.mp4' ? makeLongClip() : inFolder ? join(inFolder[1], basename(asked)) : files.get(asked);
    if (!path || !existsSync(path)) return response.writeHead(404).end();
    const size = statSync(path).size;
    const cors = asked.startsWith('/no-cors/') ? {} : { 'access-control-allow-origin': '*' };
    const head = { 'content-type': TYPES[extname(path)] ?? 'video/mp4', 'accept-ranges': 'bytes', ...cors, 'cache-control': 'no-store' };
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = range ? Number(range[1]) : 0;
    const to = range && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
    if (from > to) return response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    response.writeHead(range ? 206 : 200, { ...head, 'content-length': to - from + 1, ...(range ? { 'content-range': `bytes ${from}-${to}/${size}` } : {}) });
    if (request.method === 'HEAD') return response.end();
    createReadStream(path, { start: from, end: to }).on('error', () => response.destroy()).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { port: server.address().port, requests, add: (url, path) => { files.set(url, path); },
    /** Whatever lies in a folder, also what comes later. */ folder: (under, path) => { folders.push([under, path]); },
    stop: () => { server.closeAllConnections(); return new Promise((done) => server.close(done)); } };
}
