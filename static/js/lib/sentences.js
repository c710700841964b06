// @ts-check
/** Stable error codes of the wire → one clear sentence for a person. Pure. */

/** @type {Record<string, string>} */
const link_sentences = {
  empty: 'Paste a link first.',
  too_long: 'This link is too long.',
  not_a_link: 'This is not a link. It should start with https://',
  scheme: 'Only http and https links can be played.',
  user_info: 'This link hides a name or password in its address, so it is not played.',
  look_alike: 'This address only looks like YouTube. Check the link.',
  no_video_id: 'This YouTube link names no video. Open the video and copy its address.',
  bad_video_id: 'The video in this YouTube link does not exist: its id is damaged. Copy it again.',
  not_media: 'This is a page, not a video. Use a YouTube link, or one that ends in .mp4, .webm or .m3u8.',
  bad_host: 'The address in this link is not valid.',
  bad_port: 'The port in this link is not valid.',
};

/** @type {Record<string, string>} */
const sentences = {
  connection_lost: 'The connection broke. Try again when it is back.',
  slow_down: 'That was quick. Wait a moment.',
  silenced: 'Your chat is stopped.',
  too_long: 'This is too long.',
  empty_text: 'Write something first.',
  bad_text: 'This text holds characters that cannot be sent.',
  stale: 'Somebody else was quicker.',
  no_media: 'Nothing is playing yet.',
  unknown_person: 'This person has left.',
  cannot_target: 'You cannot do this to this person.',
  storage_unavailable: 'The server could not store this just now. Try again in a moment.',
  room_full: 'This room is full.',
  no_such_room: 'No room with this code, or you cannot enter it.',
  room_closed: 'This room is closed.',
  forbidden: 'You have no right to do this here.',
};

/** @param {{code: string, message?: string, detail?: unknown}} error @returns {string} */
export function sentence_for(error) {
  if (error.code === 'bad_media') return link_sentences[String(error.detail)] ?? 'This link cannot be played.';
  return sentences[error.code] ?? error.message ?? 'This did not work. Try again.';
}
