// @ts-check
// YouTube's error numbers as sentences a person can act on.

/** @type {Record<number, string>} */
const SENTENCES = {
  2: 'YouTube does not know this video. Check the link.',
  5: 'YouTube’s player cannot play this video in this browser.',
  100: 'This video was removed from YouTube, or it is private.',
  101: 'The owner of this video does not let it be played outside YouTube, or it is age-restricted.',
  150: 'The owner of this video does not let it be played outside YouTube, or it is age-restricted.',
  153: 'YouTube refuses to play because it cannot see which site asks. An extension or a browser setting hides the referrer.',
};

/** @param {unknown} number @returns {[code: string, text: string]} */
export function describeError(number) {
  const known = typeof number === 'number' && number in SENTENCES;
  return known ? [`youtube_${number}`, SENTENCES[number]] : ['youtube_error', 'YouTube cannot play this video here.'];
}
