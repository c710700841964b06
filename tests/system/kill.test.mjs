// kill -9 under load: whatever was acknowledged (seen by anybody as chat.message, chat.edited or chat.deleted) is there afterwards, once, in
// one order for all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Person } from './client.mjs';
import { Server, temporaryFolder } from './server.mjs';

const rounds = Number(process.env.MATINEE_KILL_ROUNDS ?? 20);

test('rounds of kill -9 under load lose nothing, double nothing and keep one order', { timeout: 180_000 }, async () => {
  const place = temporaryFolder();
  const unlimited = ['--bench-guests', '1'];   // without flood rules the load is as heavy as the disk allows
  let server = await Server.start({ data: place.folder, args: unlimited }).ready;
  const people = [];
  try {
    const owner = new Person(server.url);
    const code = await owner.startRoom('Killed often');
    people.push(owner);
    for (let i = 1; i < 4; i++) {
      const guest = new Person(server.url);
      await guest.joinRoom(code, `Guest ${i}`);
      people.push(guest);
    }
    const acknowledged = new Map();                 // id → seq, as anybody saw it
    const unanswered = people.map(() => new Map()); // id → text, per person
    const edited = new Set(); const deleted = new Set();   // seqs, as anybody was told
    let number = 0;
    let acknowledgedInAll = 0;
    for (let round = 0; round < rounds; round++) {
      const sockets = await Promise.all(people.map((p) => p.socket(code)));
      const want = 4 + Math.floor(Math.random() * 20);   // kill after so many acknowledgements of this round
      let got = 0;
      await new Promise((done, failed) => {
        sockets.forEach((socket, i) => {
          socket.onmessage = (m) => {
            if (m.type === 'error' && m.code === 'slow_down' && m.id) return setTimeout(() => post(i, m.id, true), m.retry_ms + 5);
            if (m.type === 'chat.edited') return edited.add(m.seq);
            if (m.type === 'chat.deleted') return deleted.add(m.seq);
            if (m.type !== 'chat.message') return;
            const seen = acknowledged.get(m.id);
            if (seen !== undefined && seen !== m.seq) return failed(new Error(`${m.id} was seq ${seen} and is now ${m.seq}`));
            if (seen === undefined) { acknowledged.set(m.id, m.seq); acknowledgedInAll++; }
            if (!unanswered[i].delete(m.id)) return;      // somebody else's, or a repeat
            if (m.seq % 3 === 0) sockets[i].send({ type: 'chat.edit', seq: m.seq, text: `edited ${m.id}` });
            if (m.seq % 7 === 0) sockets[i].send({ type: 'chat.delete', seq: m.seq });
            if (++got < want) post(i);
            else { server.process.kill('SIGKILL'); done(); }
          };
          const post = (who, id, again) => {
            if (!id) { id = `message-${String(++number).padStart(6, '0')}`; unanswered[who].set(id, `text ${id}`); }
            if (sockets[who].web.readyState === 1) sockets[who].send({ type: 'chat.post', id, text: `text ${id}`, ...(again ? { again: true } : {}) });
          };
          socket.post = post;
        });
        people.forEach((_, i) => {
          for (const m of sockets[i].welcome.messages) unanswered[i].delete(m.id);
          for (const id of unanswered[i].keys()) sockets[i].post(i, id, true);
          sockets[i].post(i);
        });
      });
      await server.exited;
      server = await Server.start({ data: place.folder, args: unlimited }).ready;
      for (const p of people) p.base = server.url;
    }
    const [first, second] = await Promise.all([people[0].socket(code), people[1].socket(code)]);
    const history = await first.history();
    const again = await second.history();
    assert.deepEqual(history.map((m) => [m.seq, m.id]), again.map((m) => [m.seq, m.id]));
    const bySeq = history.map((m) => m.seq);
    assert.deepEqual(bySeq, [...bySeq].sort((a, b) => a - b));
    assert.equal(new Set(history.map((m) => m.id)).size, history.length, 'a message is there twice');
    const stored = new Map(history.map((m) => [m.id, m.seq]));
    for (const [id, seq] of acknowledged) assert.equal(stored.get(id), seq, `${id} was acknowledged as ${seq}`);
    for (const m of history) {   // what was asked for and not acknowledged may be there or not, but nothing else
      const may = [...(deleted.has(m.seq) ? [] : edited.has(m.seq) ? [`edited ${m.id}`] : [`text ${m.id}`]), ...(m.seq % 3 === 0 ? [`edited ${m.id}`] : [])];
      if (m.deleted) assert.ok(m.text === '' && m.seq % 7 === 0, JSON.stringify(m));
      else assert.ok(!deleted.has(m.seq) && may.includes(m.text), JSON.stringify(m));
    }
    assert.ok(edited.size > 5 && deleted.size > 2, `${edited.size} edits and ${deleted.size} deletes acknowledged`);
    console.log(`${rounds} kills, ${acknowledgedInAll} acknowledged, ${history.length} stored`);
    assert.ok(acknowledgedInAll >= rounds * 4);
    first.close();
    second.close();
  } finally {
    await server.kill();
    place.remove();
  }
});
