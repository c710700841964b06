// A person at a browser: opens pages, fills what the page asks for by its labels, and reads what it shows.
import { CLIP, readFrame } from './media.mjs';
import { instrument } from './instruments.mjs';
import { shift_of } from './machine_clock.mjs';
import { skewClock } from './rig/skewed_clock.mjs';
import { until } from './waiting.mjs';

export class Visitor {
  /**
   * @param {any} world @param {string} name
   * @param {import('playwright-core').BrowserContextOptions & {clock?: Parameters<typeof skewClock>[0], numbers?: boolean}} options
   *   clock: this person's is wrong; numbers: frame numbers are read from the picture now and then
   */
  static async open(world, name, { clock, numbers = false, ...options }) {
    const visitor = new Visitor();
    visitor.world = world;
    visitor.name = name;
    visitor.context = await world.browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    // One script: several would run in no certain order.
    await visitor.context.addInitScript({ content: `${clock ? `(${skewClock})(${JSON.stringify(clock)});` : ''}(${instrument})({ fps: ${CLIP.fps}, read: ${numbers ? readFrame : undefined} });` });
    visitor.page = await visitor.context.newPage();
    visitor.requests = [];
    visitor.problems = [];
    visitor.clicks = 0;
    visitor.fields = 0;
    visitor.context.on('request', (request) => visitor.requests.push(request.url()));
    visitor.page.on('pageerror', (error) => visitor.problems.push(String(error)));
    visitor.page.on('console', (message) => {
      if (message.type() === 'error') visitor.problems.push(message.text());
    });
    return visitor;
  }

  goto(path) { return this.page.goto(this.world.url + path); }

  async click(name, role = 'button') {
    this.clicks++;
    await this.page.getByRole(role, { name, exact: true }).click();
  }

  /** The part is fetched first: what it shows is there when the dialog is. */
  async openSettings() {
    await this.page.locator('#open-settings').click();
    await this.page.locator('#settings[open]').waitFor();
  }

  async fill(label, text) {
    this.fields++;
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  async signUp(password = 'correct horse battery') {
    await this.goto('/signup');
    await this.fill('Name', this.name);
    await this.page.locator('#password').fill(password);
    await this.click('Sign up');
    await this.page.waitForURL((url) => !url.pathname.startsWith('/signup'));
  }

  /** From the landing page; a guest says a name. Answers the room's code. */
  async startRoom() {
    await this.goto('/');
    if (await this.page.getByLabel('Your name', { exact: true }).count()) await this.fill('Your name', this.name);
    await this.click('Start a room');
    await this.inRoom();
    return this.code;
  }

  get code() { return new URL(this.page.url()).pathname.split('/').at(-1); }

  /** By the code, typed into the landing page; a guest is then asked for a name. */
  async joinByCode(code) {
    await this.goto('/');
    await this.fill('Room code', code);
    await this.click('Join');
    await this.page.waitForURL(/\/rooms\//);
    await this.giveName();
    await this.inRoom();
  }

  async openRoom(code) {
    await this.goto(`/rooms/${code}`);
    await this.giveName();
    await this.inRoom();
  }

  async giveName() {
    if (!(await this.page.locator('form[action$="/join"] #name').count())) return;
    await this.fill('Your name', this.name);
    await this.click('Join');
  }

  /** The room page is there and its socket is welcome. */
  async inRoom() {
    await this.page.waitForURL(/\/rooms\/[A-Z0-9]{8}$/);
    await this.page.locator('#connection[data-state="joined"]').waitFor({ state: 'attached' });
  }

  async say(text) {
    await this.page.locator('#chat-text').fill(text);
    await this.page.locator('#chat-text').press('Enter');
  }

  /** What the chat shows, oldest first. @returns {Promise<string[]>} */
  said() { return this.page.locator('#chat-list .line-text').allInnerTexts(); }

  async watch(link) {
    await this.page.locator('#source-link').fill(link);
    await this.click('Watch this');
  }

  /** @param {'shown'|'painted'|'pressed'} what of the chat, so far: text → machine time it was shown, painted, or Enter pressed @returns {Promise<Record<string, number>>} */
  async chatTimes(what) {
    const times = await this.page.evaluate(`window.matineeTest.${what}`);
    const shiftMs = await shift_of(this.page.mainFrame());
    return Object.fromEntries(Object.entries(times).map(([text, at]) => [text, at + shiftMs]));
  }

  play() { return this.page.getByRole('button', { name: 'Play', exact: true }).click(); }

  pause() { return this.page.getByRole('button', { name: 'Pause', exact: true }).click(); }

  /** A drag on the time bar, let go. @param {number} seconds */
  seek(seconds) { return this.page.locator('#time').fill(String(seconds)); }

  badge() { return this.page.locator('#badge').getAttribute('data-kind'); }

  /** The <video> as it is: position, and the frame in its picture, on the machine's one clock. */
  async video() {
    const shiftMs = await shift_of(this.page.mainFrame());
    return this.page.evaluate(`(() => { const v = document.querySelector('#player video');
      if (!v) return null;
      return { positionMs: v.currentTime * 1000, durationMs: v.duration * 1000, paused: v.paused, seeking: v.seeking, rate: v.playbackRate, muted: v.muted,
        frame: v.readyState >= 2 && v.videoWidth ? (${readFrame})(v) : null, at: performance.timeOrigin + performance.now() + ${shiftMs} }; })()`);
  }

  /** @param {string} list of window.matineeTest @returns {Promise<any[][]>} its entries, on the machine's clock */
  async #recorded(list) {
    const shiftMs = await shift_of(this.page.mainFrame());
    const entries = await this.page.evaluate(`window.matineeTest.${list}`);
    return entries.map(([at, ...rest]) => [at + shiftMs, ...rest]);
  }

  /** Every frame presented since the page opened: [machine time ms, media time ms, moving]. @returns {Promise<any[][]>} */
  frames() { return this.#recorded('frames'); }

  /** The media clock, 20 times a second, in the same form. @returns {Promise<any[][]>} */
  mediaClock() { return this.#recorded('clock'); }

  /** What was clicked and asked of the player: [machine time ms, what, value]. @returns {Promise<any[][]>} */
  events() { return this.#recorded('events'); }

  /** Machine time at which this page began to be opened. */
  async opened() { return (await this.page.evaluate('performance.timeOrigin')) + (await shift_of(this.page.mainFrame())); }

  #youtubeFrame() { return this.page.frames().find((f) => f.url().startsWith('https://www.youtube-nocookie.com/')); }

  /** The stand-in YouTube player's own truth, or null. */
  async youtube() {
    const frame = this.#youtubeFrame();
    const now = await frame?.evaluate('window.fake ? window.fake.read() : null');
    return now ? { ...now, at: now.at + (await shift_of(frame)) } : null;
  }

  /** Where it was, 20 times a second, in the form of frames(). @returns {Promise<any[][]>} */
  async youtubeTrace() {
    const frame = this.#youtubeFrame();
    const shiftMs = await shift_of(frame);
    return (await frame.evaluate('window.fake.trace')).map(([at, ...rest]) => [at + shiftMs, ...rest]);
  }

  /** The player plays: a position that only jumped, by a seek, does not count. */
  moving(player = 'video', timeoutMs = 15_000) {
    const plays = (/** @type {any} */ s) => s && (player === 'video' ? !s.paused && !s.seeking : s.moving);
    return until(async () => {
      const before = await this[player]();
      await new Promise((later) => setTimeout(later, 60));
      const after = await this[player]();
      return plays(before) && plays(after) && after.positionMs > before.positionMs && after;
    }, { timeoutMs, what: `${this.name}'s ${player} moving` });
  }

  standing(player = 'video') {
    return until(async () => {
      const now = await this[player]();
      return now && (player === 'video' ? now.paused && !now.seeking : !now.moving) && now;
    }, { what: `${this.name}'s ${player} standing` });
  }

  async close() { await this.context.close(); }
}
