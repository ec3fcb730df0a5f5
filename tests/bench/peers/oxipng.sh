#!/usr/bin/env bash
# oxipng.sh LIST: mean bytes and CPU microseconds of oxipng -o6 over the files that LIST names, one a line.
set -euo pipefail
folder=$(bash "$(dirname "$0")/npm_package.sh" @jsquash/oxipng@2.3.0)
node --input-type=module - "$1" "$folder/node_modules/@jsquash/oxipng/codec/pkg" <<'JS'
import fs from 'node:fs';
const [list, codec] = process.argv.slice(2);
const oxipng = await import(`${codec}/squoosh_oxipng.js`);
await oxipng.default(await WebAssembly.compile(fs.readFileSync(`${codec}/squoosh_oxipng_bg.wasm`)));
const files = fs.readFileSync(list, 'utf8').trim().split('\n').map(path => fs.readFileSync(path));
oxipng.optimise(files[0], 6, false, true);  // compiled before the clock starts
const start = process.cpuUsage();
let bytes = 0;
for (const file of files) bytes += oxipng.optimise(file, 6, false, true).length;
const used = process.cpuUsage(start);
console.log(bytes / files.length, (used.user + used.system) / files.length);
JS
