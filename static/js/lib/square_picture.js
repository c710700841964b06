// @ts-check
import { t } from './strings.js';

/** Makes the picture of a person from a file: the middle square, scaled down, as the server takes it. Everything happens in this browser. */

export const picture_side = 192;
export const picture_bytes_max = 64 * 1024;
export const file_bytes_max = 20 * 1024 * 1024;

/** The largest square in the middle. Pure. @param {number} width @param {number} height */
export function middle_square(width, height) {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/** Smaller and smaller until it fits; WebP where the browser can write it, else JPEG. */
const attempts = /** @type {const} */ ([['image/webp', 0.86], ['image/webp', 0.6], ['image/jpeg', 0.86], ['image/jpeg', 0.6]]);

/** @param {HTMLCanvasElement} canvas @param {string} type @param {number} quality @returns {Promise<Blob | null>} */
const written = (canvas, type, quality) => new Promise((done) => canvas.toBlob(done, type, quality));

/** @param {File} file @returns {Promise<Blob>} fails with a sentence for the person */
export async function square_picture(file) {
  if (file.size > file_bytes_max) throw new Error(t('account.picture_too_large'));
  const image = await createImageBitmap(file).catch(() => {
    throw new Error(t('account.picture_unreadable'));
  });
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = picture_side;
  const brush = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  // What is transparent becomes white: below the picture stands the initial.
  brush.fillStyle = '#ffffff';
  brush.fillRect(0, 0, picture_side, picture_side);
  brush.imageSmoothingQuality = 'high';
  const { x, y, side } = middle_square(image.width, image.height);
  brush.drawImage(image, x, y, side, side, 0, 0, picture_side, picture_side);
  image.close();
  for (const [type, quality] of attempts) {
    const blob = await written(canvas, type, quality);
    if (blob?.type === type && blob.size <= picture_bytes_max) return blob;
  }
  throw new Error(t('account.picture_too_heavy'));
}
