// node check_broken.mjs FILE.dgxp.json
// Breaks a good sheet in many ways, one at a time, and runs check_sheet.mjs on each: it must take
// the good one and refuse all others, or it would prove nothing.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const good = process.argv[2];
if (!good) {
  console.error('usage: node check_broken.mjs FILE.dgxp.json');
  process.exit(64);
}
const checker = join(dirname(fileURLToPath(import.meta.url)), 'check_sheet.mjs');
const text = readFileSync(good, 'utf8');
const image = JSON.parse(text).meta.image;
const png = readFileSync(join(dirname(good), image));

/** The text with its revision made right again, so that only the change itself is wrong. */
function resealed(changed) {
  const line = /^ {6}"revision": "[0-9a-f]{64}",\n/m;
  const hash = createHash('sha256').update(changed.replace(line, '')).update(png).digest('hex');
  return changed.replace(line, `      "revision": "${hash}",\n`);
}

const replace = (from, to) => () => {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`nothing to break: ${from}`);
  return { text: resealed(changed) };
};

const broken = {
  // All, because a figure that does not touch its border looks the same one pixel further.
  'frames one pixel to the right': replace(/("frame":\{[^}]*"x":)(\d+)/g, (_, a, x) => a + (+x + 1)),
  'a frame off the page': replace(/("frame":\{[^}]*"y":)(\d+)/, '$199999'),
  'a frame without extent': replace(/("frame":\{"h":)\d+/, '$10'),
  'a rotated frame': replace('"rotated":false', '"rotated":true'),
  'a trimmed frame': replace('"trimmed":false', '"trimmed":true'),
  'another source size': replace(/("sourceSize":\{"h":)\d+/, '$11000'),
  'an anchor that is no number': replace(/("anchor":\{"x":)[^,]+/, '$1"left"'),
  'a repeated frame': replace(/^( {4}"[^"]+": \{"anchor".*?\}),?\n/m, '$1,\n$1,\n'),
  'unsorted keys': replace(/"rotated":false,("sourceSize":\{[^}]*\})/, '$1,"rotated":false'),
  'another page size': replace(/("size": \{"h":)\d+/, '$14000'),
  'another image': replace(/("image": ")[^"]+/, '$1../other.png'),
  'another schema': replace('"schema": 1', '"schema": 2'),
  'a wrong digest': replace(/("image_sha256": ")../, '$1zz'),
  'a foreign palette': replace(/("palette": \[)"#......"/, '$1"#123457"'),
  'carriage returns': replace(/\n/g, '\r\n'),
  'no final newline': replace(/\n$/, ''),
  'a stale revision': () => ({ text: text.replace('"filter": "nearest"', '"filter": "linear"') }),
  'a damaged image': () => {
    const changed = Buffer.from(png);
    changed[changed.length >> 1] ^= 0x10;
    return { png: changed };
  },
};
if (Object.keys(JSON.parse(text).animations).length > 0) {
  broken['an animation of unknown frames'] = replace(/("animations": \{\n[^[]*\[")/, '$1no ');
  broken['an animation without frames'] = replace(/("animations": \{\n[^[]*\[)[^\]]*/, '$1');
  broken['a tag past the last frame'] = replace(/("to":)\d+/, '$199999');
}

const results = { passed: 0, failed: 0 };
function expect(status, claim, files) {
  const folder = mkdtempSync(join(tmpdir(), 'dgxp-broken-'));
  writeFileSync(join(folder, 'sheet.dgxp.json'), files.text ?? text);
  writeFileSync(join(folder, image), files.png ?? png);
  const run = spawnSync(process.execPath, [checker, join(folder, 'sheet.dgxp.json')]);
  rmSync(folder, { recursive: true });
  // A crash has status 1, too: only a verdict counts.
  const hasVerdict = /^\d+ passed, \d+ failed\n$/.test(run.stdout.toString());
  if (run.status === status && hasVerdict) {
    results.passed++;
  } else {
    results.failed++;
    console.error(`${claim}: status ${run.status} instead of ${status}\n${run.stderr}`);
  }
}

const single = text.replace(/^ {4}"related_multi_packs": .*\n/m, '');
expect(0, 'the good sheet', { text: single === text ? text : resealed(single) });
for (const [claim, make] of Object.entries(broken)) expect(1, claim, make());
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
