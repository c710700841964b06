// Builders for controller tests: a look at a room that plays from 0 since local time 0, and a player of your choice.
export function look({ now = 10_000, errorMs = 0, hidden = false, phase = 'playing', rev = 'r', startAt = 0, holdMs = 0, rate = 1, ...reading } = {}) {
  const target = (t) => (phase === 'playing' ? holdMs + rate * Math.max(0, t - startAt) : holdMs);
  return {
    now, rev, phase, rate, holdMs, startAt, target, hidden,
    reading: { state: 'playing', positionMs: target(now) + errorMs, at: now, bufferedAheadMs: 9000, durationMs: 600_000, ready: true, ...reading },
  };
}

/** Steps through looks a tick apart; answers the last decision. */
export function steps(controller, state, looks) {
  let decision = null;
  for (const l of looks) {
    decision = controller.step(state, l);
    state = decision.state;
  }
  return decision;
}

export const action = (decision, name) => decision.actions.find((a) => a.do === name);
export const rateOf = (decision) => action(decision, 'rate')?.rate;
