// The tests a page of docs/ names, as `FOLDER/FILE` “NAME”, that are not there.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export function missingTests(page) {
  const text = readFileSync(join(root, page), 'utf8');
  const named = [...text.matchAll(/`([a-z0-9_]+\/[a-z0-9_/.]+\.(?:cpp|mjs))`((?:[,;]? “[^”]+”)+)/g)];
  if (named.length === 0) return [`${page} names no test`];
  const missing = [];
  for (const [, file, names] of named) {
    const path = join(root, 'tests', file);
    const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
    for (const [, name] of names.matchAll(/“([^”]+)”/g)) {
      const found = source.includes(`TEST_CASE("${name}"`) || source.includes(`test('${name}'`) || source.includes(`test(\`${name}\``);
      if (!found) missing.push(`${file}: ${name}`);
    }
  }
  return missing;
}
