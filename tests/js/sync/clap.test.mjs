import test from 'node:test';
import assert from 'node:assert/strict';
import { nextClap } from '../../../static/js/sync/clap.js';

test('the flash comes on a full second of the room’s clock, the clap earlier by the offset', () => {
  for (const [now, offset] of [[10_000, 0], [10_950, 0], [10_999, 200], [10_300, 1000], [10_300, -1000]]) {
    const { flashInMs, clapInMs } = nextClap(now, offset);
    assert.equal((now + flashInMs) % 1000, 0, `${now} ${offset}`);
    assert.equal(flashInMs - clapInMs, offset);
    assert.ok(clapInMs > 0 && flashInMs > 0, 'nothing in the past');
    assert.ok(flashInMs <= 2100);
  }
});
