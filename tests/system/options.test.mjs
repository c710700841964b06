// The README's table of options is what --help says. After a change of the option table: node tests/system/options.test.mjs --write
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { binary } from './server.mjs';

const readme = join(dirname(fileURLToPath(import.meta.url)), '../../README.md');
const between = /(<!-- options -->\n)([\s\S]*?)(<!-- end of options -->)/;

// "--name   What it does\n   Allowed: …. Default: … [MATINEE_NAME]", in groups.
function optionsOf(help) {
  const groups = [];
  let words = [];
  const finish = () => {
    const found = /^--(\S+) (.*?) Allowed: (.*)\. Default: (.*) \[(MATINEE_\w+)\]$/.exec(words.join(' ').replace(/\s+/g, ' '));
    if (found) groups.at(-1).options.push({ name: `--${found[1]}`, what: found[2], allowed: found[3], standard: found[4], variable: found[5] });
    words = [];
  };
  for (const line of help.split('\n')) {
    const group = /^(\S.*):$/.exec(line)?.[1];
    if (group || /^ {2}-/.test(line) || line === '') finish();
    if (group) groups.push({ name: group, options: [] });
    else if (line.startsWith('  ')) words.push(line.trim());
  }
  finish();
  return groups.filter((group) => group.options.length > 0);
}

function tableOf(groups) {
  const rows = groups.filter((group) => !group.name.startsWith('Bench')).flatMap(({ name, options }) => [
    `| **${name}** | | | |`,
    ...options.map((o) => `| \`${o.name}\` | ${o.what} | ${o.allowed} | ${o.standard} |`),
  ]);
  return `| option | what | allowed | default |\n|---|---|---|---|\n${rows.join('\n')}\n`;
}

const groups = optionsOf(execFileSync(binary, ['--help'], { encoding: 'utf8' }));
if (process.argv.includes('--write')) {
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(between, (_all, begin, _old, end) => begin + tableOf(groups) + end));
} else {
  test('the README lists every option as --help does', () => {
    assert.ok(groups.flatMap((group) => group.options).length >= 20, 'the form of --help has changed');
    assert.equal(between.exec(readFileSync(readme, 'utf8'))?.[2], tableOf(groups));
  });

  test('an option and its environment variable have the same words', () => {
    for (const option of groups.flatMap((group) => group.options)) assert.equal(option.variable, `MATINEE_${option.name.slice(2).toUpperCase().replaceAll('-', '_')}`);
  });
}
