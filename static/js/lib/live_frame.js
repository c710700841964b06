// @ts-check
/**
 * A message of the live socket → what it says: the 32-byte header of docs/videoproto.md, then one JPEG, or nothing when the picture is the
 * same as before. Pure.
 * @typedef {{stream: number, sequence: number, captured_ms: number, relay_ms: number, jpeg: Uint8Array<ArrayBuffer> | null}} LiveFrame
 *   captured_ms: server time; jpeg null: the picture before stands still
 */

export const HEADER_BYTES = 32;
const MAGIC = 0x56505231; // "VPR1"
const FRAME = 0x20;
const DUP = 2;

/** @param {ArrayBuffer} message @returns {LiveFrame | null} null: nothing that we can show */
export function read_frame(message) {
  if (message.byteLength < HEADER_BYTES) return null;
  const view = new DataView(message);
  if (view.getUint32(0) !== MAGIC || view.getUint8(4) !== 1 || view.getUint8(5) !== FRAME) return null;
  const dup = (view.getUint16(6) & DUP) !== 0;
  const length = view.getUint32(8);
  if (message.byteLength !== HEADER_BYTES + length || dup !== (length === 0)) return null;
  return {
    stream: view.getUint32(12),
    sequence: view.getUint32(16),
    relay_ms: view.getUint32(20) / 1000,
    captured_ms: Number(view.getBigUint64(24)) / 1000,
    jpeg: dup ? null : new Uint8Array(message, HEADER_BYTES),
  };
}
