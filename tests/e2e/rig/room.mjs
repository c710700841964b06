// The measured room: one server, an observer without a player who owns the room and knows its timeline by the machine's clock, and
// members, each a browser context behind a network and perhaps with a wrong clock or a slow processor.
import { Person } from '../../system/client.mjs';
import { startWorld, until } from '../harness.mjs';
import { machine } from '../machine_clock.mjs';
import { HOST } from '../fake_youtube.mjs';
import { CLIP, clipBytes } from '../media.mjs';
import { PROFILES, startNetwork } from './network.mjs';

const ORIGIN = 'http://matinee.test';

export async function startRig() {
  const world = await startWorld({ origin: ORIGIN, args: ['--allowed-hosts', 'matinee.test', '--bench-guests', '1'] });
  const routes = {
    'matinee.test:80': Number(new URL(world.server.url).port), 'media.test:80': world.media.port, [`${HOST}:443`]: world.youtube.port,
  };
  const rooms = [];
  return {
    world,
    /** A new room with a policy, and the observer in it. */
    async room(policy = 'free') {
      const room = await Room.open(world, routes, policy);
      rooms.push(room);
      return room;
    },
    async stop() {
      for (const room of rooms) await room.close();
      await world.stop();
    },
  };
}

class Room {
  states = /** @type {any[]} */ ([]);
  /** Server ms − machine ms. */
  offsetMs = 0;
  members = /** @type {any[]} */ ([]);
  #crowd = /** @type {any[]} */ ([]);

  static async open(world, routes, policy) {
    const room = new Room();
    Object.assign(room, { world, routes });
    room.owner = new Person(world.server.url);
    room.code = await room.owner.startRoom('Observer');
    room.socket = await room.owner.socket(room.code);
    room.socket.onmessage = (message) => room.#heard(message);
    room.#heard({ ...room.socket.welcome.playback, type: 'playback.state' });
    await room.#setClock();
    await room.socket.ask({ type: 'room.settings', wait_policy: policy });
    // Without a player: nobody is to wait for it.
    room.socket.send({ type: 'participant.status', state: 'alone', position_ms: 0, ahead_ms: 0, error_ms: 0 });
    return room;
  }

  /**
   * @param {string} name
   * @param {{profile?: keyof typeof PROFILES, offsetMs?: number, driftPpm?: number, cpu?: number, paced?: boolean, enter?: boolean}} [how]
   */
  async member(name, { profile = 'lan', offsetMs = 0, driftPpm = 0, cpu = 1, paced = false, enter = true } = {}) {
    const network = await startNetwork({
      profile: PROFILES[profile], routes: this.routes, media: 'media.test', seed: this.members.length + 1,
      mediaBytesPerSecond: paced ? clipBytes() / CLIP.seconds : 0,
    });
    const clock = offsetMs || driftPpm ? { offsetMs, driftPpm, since: machine() } : undefined;
    const member = await this.world.visitor(name, { clock, numbers: true, proxy: { server: network.url }, viewport: { width: 800, height: 500 } });
    Object.assign(member, { network });
    this.members.push(member);
    await member.openRoom(this.code);
    if (cpu > 1) {
      const devtools = await member.context.newCDPSession(member.page);
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpu });
    }
    if (!enter) await member.page.close();
    return member;
  }

  /** People without a browser, who say once a second that all is well. @param {number} count */
  async crowd(count) {
    for (let i = 0; i < count; i++) {
      const person = new Person(this.world.server.url);
      await person.joinRoom(this.code, `Simulated ${i + 1}`);
      const socket = await person.socket(this.code);
      const timer = setInterval(() => socket.send({ type: 'participant.status', position_ms: 0, ahead_ms: 9000, state: 'playing', error_ms: 0 }), 1000);
      this.#crowd.push({ socket, timer });
    }
  }

  get state() { return this.states.at(-1); }

  /** The observer's own commands, for what is not measured. */
  async command(type, fields) {
    const answer = await this.socket.ask({ type, ...fields, base_rev: this.state.rev, op: `observer-${Math.random()}` });
    if (answer.type !== 'ok') throw new Error(JSON.stringify(answer));
    await until(() => this.state.rev >= answer.rev, { what: `revision ${answer.rev}` });
  }

  watch(url) { return this.command('playback.set', { url }); }
  seek(positionMs) { return this.command('playback.seek', { position_ms: positionMs }); }
  play() { return this.command('playback.play', { position_ms: this.state.position_ms }); }
  pause() { return this.command('playback.pause', { position_ms: Math.round(this.now()) }); }

  /** Where the room is now, ms. */
  now() {
    const { phase, position_ms, at_ms, rate } = this.state;
    return phase === 'playing' ? position_ms + rate * Math.max(0, machine() + this.offsetMs - at_ms) : position_ms;
  }

  /** @returns {Promise<any[][]>} what each page presented: its video's frames or media clock, or the stand-in player's own truth */
  traces(player = 'video', members = this.members) {
    if (player === 'video') return Promise.all(members.map((m) => m.frames()));
    if (player === 'clock') return Promise.all(members.map((m) => m.mediaClock()));
    return Promise.all(members.map((m) => m.youtubeTrace()));
  }

  /** What was clicked and asked of each player. */
  events(members = this.members) { return Promise.all(members.map((m) => m.events())); }

  async close() {
    for (const { socket, timer } of this.#crowd) { clearInterval(timer); socket.close(); }
    for (const member of this.members.splice(0)) {
      await member.context.close();
      await member.network.stop();
    }
    await this.socket.close();
  }

  #heard(message) {
    if (message.type === 'playback.state' && (!this.state || message.rev > this.state.rev)) this.states.push({ ...message, heardAt: machine() });
  }

  /** The quickest of thirty probes over loopback: exact to a fraction of a millisecond. */
  async #setClock() {
    let least = Infinity;
    for (let i = 0; i < 30; i++) {
      const t1 = machine();
      const reply = this.socket.next('clock.reply');
      this.socket.send({ type: 'clock.probe', t1 });
      const { t2, t3 } = await reply;
      const t4 = machine();
      if (t4 - t1 - (t3 - t2) >= least) continue;
      least = t4 - t1 - (t3 - t2);
      this.offsetMs = (t2 - t1 + t3 - t4) / 2;
    }
  }
}

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));
export { machine };
