// A person for tests of the real server: a cookie jar, forms filled the way a browser without script would, and a room socket.
import WebSocket from 'ws';

// Debian 12's Node has no getSetCookie(); our cookies hold no comma, so a comma before a name parts them.
const setCookies = (headers) => headers.getSetCookie?.() ?? (headers.get('set-cookie')?.split(/, (?=[^;,=]+=)/) ?? []);

export class Person {
  constructor(base) { this.base = base; this.jar = new Map(); }

  async request(path, { method = 'GET', form, headers = {} } = {}) {
    const all = { ...headers };
    if (this.jar.size) all.cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    let body;
    if (form) {
      body = new URLSearchParams(form).toString();
      all['content-type'] = 'application/x-www-form-urlencoded';
      all.origin ??= this.base;
    }
    const answer = await fetch(this.base + path, { method, headers: all, body, redirect: 'manual' });
    const cookies = setCookies(answer.headers);
    for (const line of cookies) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const expired = attributes.some((a) => /max-age=0/i.test(a));
      if (expired) this.jar.delete(pair.slice(0, at)); else this.jar.set(pair.slice(0, at).trim(), pair.slice(at + 1));
    }
    const text = await answer.text();
    return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, cookies, text };
  }

  // Opens `page`, takes the form's hidden token, posts `fields` to `action`.
  async submit(page, action, fields) {
    const shown = await this.request(page);
    const token = /name="csrf" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
    return this.request(action, { method: 'POST', form: { csrf: token, ...fields } });
  }

  async startRoom(name) {
    const answer = await this.submit('/', '/rooms', name ? { name } : {});
    const code = /\/rooms\/([A-Z0-9]{8})$/.exec(answer.location ?? '')?.[1];
    if (!code) throw new Error(`no room: ${answer.status} ${answer.location}\n${answer.text.slice(0, 400)}`);
    return code;
  }

  async joinRoom(code, name) {
    const answer = await this.submit(`/rooms/${code}`, `/rooms/${code}/join`, { name });
    if (answer.status !== 303) throw new Error(`not in: ${answer.status}\n${answer.text.slice(0, 400)}`);
  }

  signUp(name, password = 'correct horse', extra = {}) { return this.submit('/signup', '/signup', { name, password, ...extra }); }

  socket(code, options) { return RoomSocket.open(this, code, options); }
}

let tabs = 0;

export class RoomSocket {
  static async open(person, code, { since, tab = `test-tab-${process.pid}-${++tabs}`, join = true, base = person.base } = {}) {
    const socket = new RoomSocket();
    socket.messages = [];
    socket.waiting = [];
    socket.web = new WebSocket(`${base.replace('http', 'ws')}/rooms/${code}/socket`, 'matinee.v1', {
      origin: base, headers: { cookie: [...person.jar].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    socket.closed = new Promise((done) => socket.web.once('close', (closeCode, reason) => {
      done({ code: closeCode, reason: reason.toString() });
      for (const w of socket.waiting.splice(0)) w.failed(new Error(`closed ${closeCode} ${reason}`));
    }));
    socket.web.on('message', (data) => socket.take(JSON.parse(data.toString())));
    await new Promise((done, failed) => { socket.web.once('open', done); socket.web.once('error', failed); });
    socket.web.on('error', () => {});
    if (join) {
      socket.send({ type: 'room.join', tab, ...(since ? { since } : {}) });
      socket.welcome = await socket.next((m) => m.type === 'room.welcome');
    }
    return socket;
  }

  take(message) {
    this.messages.push(message);
    this.onmessage?.(message);
    const found = this.waiting.findIndex((w) => w.want(message));
    if (found >= 0) this.waiting.splice(found, 1)[0].done(message);
  }

  send(message) { this.web.send(typeof message === 'string' ? message : JSON.stringify(message)); }

  // The next message, from now on, that fits.
  next(want, timeoutMs = 10_000) {
    const test = typeof want === 'string' ? (m) => m.type === want : want;
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`no answer in ${timeoutMs} ms; last: ${JSON.stringify(this.messages.slice(-3))}`)), timeoutMs);
      this.waiting.push({ want: test, done: (m) => { clearTimeout(timer); done(m); }, failed: (e) => { clearTimeout(timer); failed(e); } });
    });
  }

  async ask(message) {
    const ref = `r${this.messages.length}-${Math.random().toString(36).slice(2, 8)}`;
    const answer = this.next((m) => m.ref === ref);
    this.send({ ...message, ref });
    return answer;
  }

  async history() {
    const all = [];
    for (let before = Number.MAX_SAFE_INTEGER; ;) {
      const page = await this.ask({ type: 'chat.history', before, limit: 100 });
      if (page.type !== 'chat.page') throw new Error(JSON.stringify(page));
      all.unshift(...page.messages);
      if (!page.more_before || page.messages.length === 0) return all;
      before = page.messages[0].seq;
    }
  }

  close() { this.web.close(1000); return this.closed; }
}
