// node check_sheet.mjs FILE.dgxp.json...
// Each sheet is read twice: strictly, by the rules of TexturePacker's JSON hash, and with pixi.js.
// What Pixi makes of it must be what the file says, and every frame must have its copied edge.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decodePng } from './png.mjs';
import { readSheet } from './texturepacker_hash.mjs';

// Pixi asks for the browser's name while it loads; node has had a navigator only since 21.
globalThis.navigator ??= { userAgent: 'node' };
const { Spritesheet, TextureSource } = await import('pixi.js');

const results = { passed: 0, failed: 0 };

function check(file, claim, problem) {
  if (problem === '') {
    results.passed++;
  } else {
    results.failed++;
    console.error(`${file}: ${claim}: ${problem}`);
  }
}

/** '' when equal, else what differs. */
function difference(actual, wanted) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
  return a === b ? '' : `${a} instead of ${b}`;
}

const rectOf = ({ x, y, width, height }) => ({ x, y, w: width, h: height });

function compareFrame(texture, frame) {
  if (!texture) return 'no texture';
  const seen = {
    frame: rectOf(texture.frame),
    orig: rectOf(texture.orig),
    trim: texture.trim ?? null,
    rotate: texture.rotate,
    anchor: texture.defaultAnchor ?? null,
    borders: texture.defaultBorders ?? null,
  };
  const { x, y, w, h } = frame.frame;
  return difference(seen, {
    frame: { x, y, w, h },
    orig: { x: 0, y: 0, w, h },
    trim: null,
    rotate: 0,
    anchor: frame.anchor ?? null,
    borders: frame.borders ?? null,
  });
}

async function checkPixi(file, { sheet, order }, image) {
  const source = new TextureSource({ width: image.width, height: image.height });
  const loaded = new Spritesheet({ texture: source, data: sheet });
  await loaded.parse();
  check(file, 'Pixi has every frame and no other',
    difference(Object.keys(loaded.textures).sort(), [...order].sort()));
  const wrong = order.map((name) => [name, compareFrame(loaded.textures[name], sheet.frames[name])])
    .find(([, problem]) => problem !== '');
  check(file, 'Pixi has frame, orig, anchor and borders of every frame',
    wrong ? `'${wrong[0]}': ${wrong[1]}` : '');
  const seen = Object.entries(loaded.animations)
    .map(([id, textures]) => [id, textures.map((texture) => texture?.label)]);
  check(file, 'Pixi has every animation',
    difference(Object.fromEntries(seen), sheet.animations));
  check(file, 'Pixi draws at scale 1', difference(loaded.resolution, 1));
}

/** '' or the first pixel around the frame that is no copy of its edge. */
function checkEdges({ x, y, w, h }, image, extrude) {
  const at = (px, py) => image.pixels[py * image.width + px];
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  for (let py = y - extrude; py < y + h + extrude; py++) {
    for (let px = x - extrude; px < x + w + extrude; px++) {
      if (px < 0 || py < 0 || px >= image.width || py >= image.height) return 'off the page';
      if (at(px, py) !== at(clamp(px, x, x + w - 1), clamp(py, y, y + h - 1)))
        return `pixel ${px},${py} is not its neighbour's`;
    }
  }
  return '';
}

function checkPixels(file, { sheet, order }, image) {
  const { size, dgxp } = sheet.meta;
  check(file, 'the image has the size the sheet says',
    difference({ w: image.width, h: image.height }, { w: size.w, h: size.h }));
  const wrong = order
    .map((name) => [name, checkEdges(sheet.frames[name].frame, image, dgxp.extrude)])
    .find(([, problem]) => problem !== '');
  check(file, 'every frame has its copied edge', wrong ? `'${wrong[0]}': ${wrong[1]}` : '');
  const palette = new Set(dgxp.palette);
  const foreign = image.pixels.find((pixel) => (pixel & 255) !== 0 &&
    !palette.has('#' + (pixel >>> 8).toString(16).padStart(6, '0')));
  check(file, 'every pixel is in the palette',
    foreign === undefined ? '' : `0x${foreign.toString(16)} is not`);
}

async function checkFile(file) {
  const text = readFileSync(file, 'utf8');
  const png = readFileSync(join(dirname(file), JSON.parse(text).meta.image));
  const read = readSheet(text, png);
  check(file, 'the strict reader takes it', '');
  const image = decodePng(png);
  checkPixels(file, read, image);
  for (const other of read.sheet.meta.related_multi_packs ?? [])
    check(file, `its page '${other}' is a sheet`,
      JSON.parse(readFileSync(join(dirname(file), other), 'utf8')).frames ? '' : 'no frames');
  await checkPixi(file, read, image);
}

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('usage: node check_sheet.mjs FILE.dgxp.json...');
  process.exit(64);
}
for (const file of files) {
  try {
    await checkFile(file);
  } catch (error) {
    check(file, 'it can be read', error.message);
  }
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
