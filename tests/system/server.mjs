// Starts and stops the real server binary for tests: its own data folder, any free port, its log kept for the failure message.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const binary = process.env.MATINEE_BIN ?? join(root, 'build/test/matinee');

// No test's server asks the internet about a link or draws sample clips; a test that is about that says so: --link-previews on and its own sites.
const quiet = ['--link-previews', 'off', '--library-samples', 'off'];

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'matinee-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export class Server {
  /** @param {{data: string, args?: string[], wrap?: string[]}} options wrap: a command that execs the server (a shell with a limit set) */
  static start({ data, args = [], wrap = [], env = {} }) {
    const words = [...wrap, binary, '--data', data, '--address', '127.0.0.1', '--port', '0', '--video-port', '0', '--video-plain-port', '0',
      '--argon2-memory', '19', '--argon2-time', '2', ...quiet, ...args];
    const server = new Server();
    server.data = data;
    server.log = '';
    server.process = spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    server.exited = new Promise((done) => server.process.once('exit', (code, signal) => done({ code, signal })));
    const ready = new Promise((done, failed) => {
      const look = (chunk) => {
        server.log += chunk;
        const found = /listening on (https?:\/\/127\.0\.0\.1:\d+)/.exec(server.log);
        if (found) { server.url = found[1]; done(server); }
      };
      server.process.stdout.on('data', look);
      server.process.stderr.on('data', look);
      server.exited.then(({ code, signal }) => failed(new Error(`server ended (${code ?? signal}):\n${server.log}`)));
    });
    server.ready = ready;
    ready.catch(() => {});
    return server;
  }

  async kill() { this.process.kill('SIGKILL'); return this.exited; }
  async stop() { this.process.kill('SIGTERM'); return this.exited; }
}
