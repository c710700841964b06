// One request with everything under the test's control: source address, Host, cookies, TLS. For what fetch() does not let one send.
import { request as plain } from 'node:http';
import { connect } from 'node:net';
import { request as secure } from 'node:https';

export function send(base, path, { method = 'GET', headers = {}, body = '', from } = {}) {
  const url = new URL(base);
  const make = url.protocol === 'https:' ? secure : plain;
  return new Promise((done, failed) => {
    const asked = make({ hostname: url.hostname, port: url.port, path, method, headers, localAddress: from, agent: false, rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => done({ status: answer.statusCode, headers: answer.headers, text }));
      answer.on('error', failed);
    });
    asked.on('error', failed);
    asked.end(body);
  });
}

// Sends exactly these bytes and answers everything that comes until the server closes.
export function sendRaw(base, bytes) {
  const { hostname, port } = new URL(base);
  return new Promise((done, failed) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (part) => { text += part; }).on('close', () => done(text)).on('error', failed);
  });
}

// A browser without script at an address of its own: keeps cookies, takes the token out of the form it was shown.
export class Visitor {
  constructor(base, from) { this.base = base; this.from = from; this.jar = new Map(); }

  async ask(path, { method = 'GET', form, headers = {} } = {}) {
    const all = { ...headers };
    if (this.jar.size) all.cookie = [...this.jar].map((pair) => pair.join('=')).join('; ');
    const body = form ? new URLSearchParams(form).toString() : '';
    if (form) {
      all['content-type'] ??= 'application/x-www-form-urlencoded';
      all['content-length'] = Buffer.byteLength(body);
      if (!('origin' in all)) all.origin = this.base;
      if (all.origin === null) delete all.origin;
    }
    const answer = await send(this.base, path, { method, headers: all, body, from: this.from });
    answer.cookies = answer.headers['set-cookie'] ?? [];
    for (const line of answer.cookies) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(line)) this.jar.delete(pair.slice(0, at)); else this.jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return answer;
  }

  async token(page) { return /name="csrf" value="([^"]+)"/.exec((await this.ask(page)).text)?.[1] ?? ''; }

  async submit(page, action, fields, headers = {}) {
    return this.ask(action, { method: 'POST', form: { csrf: await this.token(page), ...fields }, headers });
  }
}
