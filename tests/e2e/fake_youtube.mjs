// Stands in for www.youtube-nocookie.com: a TLS server whose /embed/ID page speaks the messages of
// docs/youtube-player-messages.md and behaves as told for each video id. Without a Referer it answers error 153, as YouTube does.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakePlayer } from './fake_youtube_page.mjs';

export const HOST = 'www.youtube-nocookie.com';

/** What a video does unless a test says otherwise. */
export const USUAL = {
  durationMs: 600_000, loadMs: 150, startDelayMs: 300, seekDelayMs: 250, periodMs: 250, rateLagMs: 60,
  rates: [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2], fine: false, vary: 0, adMs: 0, error: null, silent: false, blocked: false,
};

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'matinee-tls-'));
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${HOST}`,
      '-addext', `subjectAltName=DNS:${HOST}`, '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' });
    return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startFakeYoutube() {
  const behaviours = new Map();
  const requests = [];
  const server = createServer(certificate(), (request, response) => {
    requests.push({ url: request.url, referer: request.headers.referer ?? null });
    const id = /^\/embed\/([\w-]+)\?/.exec(request.url)?.[1];
    if (!id) return response.writeHead(404).end();
    const behaviour = { ...USUAL, ...behaviours.get(id) };
    if (!request.headers.referer) behaviour.error = 153;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(`<!doctype html><meta charset="utf-8"><title>A player</title>
<style>html,body{margin:0;height:100%;background:#000}canvas{width:100%;height:100%;display:block}</style><canvas width="320" height="180"></canvas>
<script>(${fakePlayer})(${JSON.stringify({ id, behaviour })});</script>`);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: server.address().port, requests,
    /** @param {string} id @param {Partial<typeof USUAL>} behaviour */
    behave: (id, behaviour) => behaviours.set(id, behaviour),
    stop: () => { server.closeAllConnections(); return new Promise((done) => server.close(done)); },
  };
}
