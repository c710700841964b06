// Makes static/data/emoji_*.json, which the emoji picker reads, from emojibase-data (MIT; names and words from Unicode CLDR):
//   npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz && node tools/emoji_data.mjs package
// The package holds sixty languages at 70 MB, so what is needed of it is kept here and made anew when Unicode adds emoji.
// Form: {"groups": [{"name", "emoji": ["😀|grinning face|other words"]}]}; skin tones and what systems of two years ago cannot draw are left out.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const newest = 15.1;
const components = 2;
const read = (language, file) => JSON.parse(readFileSync(join(folder, language, `${file}.json`), 'utf8'));
const plain = (text) => text.replaceAll('|', ' ').trim();
const sentence_case = (text) => text[0].toLocaleUpperCase() + text.slice(1);

for (const language of ['en', 'de']) {
  const all = read(language, 'data').filter((one) => one.group !== undefined && one.group !== components && one.version <= newest).sort((a, b) => a.order - b.order);
  const groups = read(language, 'messages').groups.filter((group) => group.order !== components).map((group) => ({
    name: sentence_case(group.message),
    emoji: all.filter((one) => one.group === group.order).map((one) => [one.emoji, plain(one.label), plain((one.tags ?? []).join(' '))].join('|')),
  }));
  writeFileSync(new URL(`../static/data/emoji_${language}.json`, import.meta.url), `${JSON.stringify({ groups })}\n`);
}
