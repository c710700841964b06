// @ts-check
import { t } from './strings.js';

/** A room code for reading aloud: "K – Kilo, 7 – Seven". Letters by the ITU/NATO spelling alphabet, figures as they are said. Pure. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** @param {string} code @returns {{letter: string, word: string}[]} */
export function spelled_words(code) {
  const words = t('share.spelling').split(' ');
  return [...code].flatMap((letter) => {
    const word = words[letters.indexOf(letter)];
    return word ? [{ letter, word }] : [];
  });
}
