// @ts-check
import { sentence_for } from '../lib/sentences.js';
import { t } from '../lib/strings.js';
import { can } from '../models/rights.js';
import { make_asks } from '../views/asks.js';

/** @typedef {import('../app.js').App} App */

/** Who asks to be let in, for those who may. Loaded when somebody first does. @param {App} app @param {(text: string) => void} say */
export function control_asks(app, say) {
  const { people, connection } = app;
  const view = make_asks(async (person, on) => {
    const reply = await connection.request({ type: 'room.admit', person: person.id, on });
    if (reply.type === 'error' && reply.code !== 'unknown_person') say(sentence_for(reply));
    else if (on && reply.type !== 'error') say(t('asks.may_come', { name: person.name }));
  });
  const paint = () => view.paint(can(app.room, people.self, 'remove') ? people.knocked : []);
  people.on('change', paint);
  app.on('room', paint);
  paint();
}
