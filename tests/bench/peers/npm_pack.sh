#!/usr/bin/env bash
# npm_pack.sh free-tex-packer-core|maxrects-packer LIST: the least page that the packer finds for the sizes in
# LIST ("width height" a line), as "width height ms_a_pack ms_altogether".
set -euo pipefail
case $1 in
  free-tex-packer-core) version=0.3.9 ;;
  maxrects-packer) version=2.7.4 ;;
esac
folder=$(bash "$(dirname "$0")/npm_package.sh" "$1@$version")
node --input-type=module - "$1" "$folder/node_modules/" "$2" <<'JS'
import fs from 'node:fs';
import { createRequire } from 'node:module';
const [name, modules, list] = process.argv.slice(2);
const sizes = fs.readFileSync(list, 'utf8').trim().split('\n').map(line => line.split(' ').map(Number));
const area = sizes.reduce((sum, [w, h]) => sum + w * h, 0);

// A page {width, height} no larger than asked for that holds all, or null.
let pack;
if (name === 'maxrects-packer') {
  const { MaxRectsPacker } = await import(`${modules}${name}/dist/maxrects-packer.mjs`);
  pack = (width, height) => {
    const packer = new MaxRectsPacker(width, height, 0, { smart: true, pot: false, square: false, border: 0 });
    packer.addArray(sizes.map(([w, h], i) => ({ width: w, height: h, data: i })));
    return packer.bins.length === 1 ? packer.bins[0] : null;
  };
} else {
  const Bin = createRequire(modules)(`${modules}${name}/packers/MaxRectsBin.js`);
  pack = (width, height) => {
    const bin = new Bin(width, height, false);
    const rects = sizes.map(([w, h]) => ({ frame: { w, h } }));
    return bin.pack(rects, 'BestShortSideFit').length === sizes.length ? { width, height } : null;
  };
}

const start = process.cpuUsage();
const used = () => { const { user, system } = process.cpuUsage(start); return (user + system) / 1000; };
let packs = 0;
let best = null;
const attempt = (width, height) => {
  packs += 1;
  const page = pack(width, height);
  if (page && (!best || page.width * page.height < best.width * best.height)) best = page;
  return page !== null;
};
// Squares, the side by bisection; then other widths as long as there is time.
let low = Math.floor(Math.sqrt(area));
let high = Math.ceil(low * 1.2);
while (high - low > 1) {
  const side = (low + high) >> 1;
  if (attempt(side, side)) high = side; else low = side;
}
for (let step = 1; step <= 10 && used() < 10000; ++step)
  for (const width of [Math.ceil(high * (1 + 0.02 * step)), Math.ceil(high * (1 - 0.02 * step))])
    if (best) attempt(width, Math.floor((best.width * best.height - 1) / width));
console.log(best.width, best.height, (used() / packs).toFixed(3), used().toFixed(1));
JS
