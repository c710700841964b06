// Other people's web sites for tests, on loopback and free ports: an oEmbed service, files, and whatever a hostile one might do.
import { createServer } from 'node:http';
import { createServer as createPlain } from 'node:net';

const listening = async (server) => {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${server.address().port}`;
};

// `answers`: path → (request, response) => void; everything else is 404. Keeps the paths that were asked for.
export async function startSite(answers) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    const answer = answers[request.url.split('?')[0]];
    if (answer) answer(request, response); else response.writeHead(404).end();
  });
  const url = await listening(server);
  return { url, asked, answers, stop: () => { server.closeAllConnections(); return new Promise((done) => server.close(done)); } };
}

// Bytes instead of HTTP: `speak(socket)` once a request's head has come.
export async function startRawSite(speak) {
  const open = new Set();
  const server = createPlain((socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket)).once('data', () => speak(socket));
  });
  const url = await listening(server);
  return { url, open, stop: () => { for (const socket of open) socket.destroy(); return new Promise((done) => server.close(done)); } };
}

const box = (type, content) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

// As much of an MP4 as tells its length.
export function mp4({ ms }) {
  const header = Buffer.alloc(100);
  header.writeUInt32BE(1000, 12);
  header.writeUInt32BE(ms, 16);
  return Buffer.concat([box('ftyp', Buffer.from('isom')), box('moov', box('mvhd', header))]);
}

export const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 1)]);
