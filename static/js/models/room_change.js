// @ts-check
/** What somebody changed in a room's settings. Pure. */
import { grants, roles } from './rights.js';

/** @typedef {import('../types.js').Room} Room */
/** @typedef {import('../types.js').Grant} Grant */
/** @typedef {{name: string, preset: string, wait_policy: string, slow_ms: number, access: string, password: string, grants: Record<string, Grant[]>}} Said what a form holds; "" where nothing is chosen */

/**
 * Only what is different from what the form showed at first: whatever somebody else has changed in the meantime stays.
 * @param {Room} seen the room as the form showed it @param {Said} said @param {Room} room as it is now
 * @returns {Record<string, unknown> | null} fields of room.settings
 */
export function changed_room_settings(seen, said, room) {
  /** @type {Record<string, unknown>} */
  const change = {};
  if (said.name && said.name !== seen.name) change.name = said.name;
  if (said.wait_policy && said.wait_policy !== seen.wait_policy) change.wait_policy = said.wait_policy;
  if (said.slow_ms !== (seen.slow_ms ?? 0)) change.slow_ms = said.slow_ms;
  if (said.access && (said.access !== seen.access || said.password)) change.access = said.access;
  if (said.password) change.password = said.password;
  // A preset that is chosen is what the table holds; without one the table is somebody's own.
  const table = changed_grants(seen, said, room);
  if (said.preset && (said.preset !== seen.preset || table)) change.preset = said.preset;
  else if (table) change.grants = table;
  return Object.keys(change).length ? change : null;
}

/** The wire takes the table whole: what was ticked or unticked here, on top of what every role has now. @param {Room} seen @param {Said} said @param {Room} room */
function changed_grants(seen, said, room) {
  /** @type {Record<string, Grant[]>} */
  const table = {};
  let moved = false;
  for (const role of roles.slice(1)) {
    const has = (/** @type {Room} */ one, /** @type {Grant} */ grant) => (one.grants[role] ?? []).includes(grant);
    const wanted = (/** @type {Grant} */ grant) => (said.grants[role] ?? []).includes(grant);
    moved ||= grants.some((grant) => wanted(grant) !== has(seen, grant));
    table[role] = grants.filter((grant) => (wanted(grant) === has(seen, grant) ? has(room, grant) : wanted(grant)));
  }
  return moved ? table : null;
}

/** Which preset a table of rights is, "" when none. @param {Record<string, Grant[]>} table @param {Record<string, Record<string, Grant[]>>} presets */
export function preset_of(table, presets) {
  const same = (/** @type {Record<string, Grant[]>} */ preset) => roles.slice(1).every((role) => grants.every((grant) => (table[role] ?? []).includes(grant) === (preset[role] ?? []).includes(grant)));
  return Object.keys(presets).find((name) => same(presets[name])) ?? '';
}
