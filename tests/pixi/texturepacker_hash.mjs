// A strict reader of `.dgxp.json` by the rules of TexturePacker's "JSON hash" and of the format's
// own block. It shares nothing with the writer: it reads text and bytes and says what it saw.
import { createHash } from 'node:crypto';

export class SheetError extends Error {}

function need(condition, message) {
  if (!condition) throw new SheetError(message);
}

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const isInteger = (value) => Number.isSafeInteger(value);
const isPlainObject = (value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The keys of every object of a JSON text in the order of the text, by path; JSON.parse hides
 *  repeated keys and moves those that look like numbers. */
export function keysInOrder(text) {
  const found = new Map();
  let at = 0;
  const space = () => {
    while (' \n\r\t'.includes(text[at]) && at < text.length) at++;
  };
  const string = () => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return JSON.parse(text.slice(start, ++at));
  };
  const members = (path) => {
    const keys = [];
    found.set(path, keys);
    at++;
    for (space(); text[at] !== '}'; space()) {
      if (text[at] === ',') at++;
      space();
      const key = string();
      keys.push(key);
      space();
      at++; // ':'
      value(`${path}/${key}`);
    }
    at++;
  };
  const elements = (path) => {
    at++;
    let index = 0;
    for (space(); text[at] !== ']'; space()) {
      if (text[at] === ',') at++;
      value(`${path}/${index++}`);
    }
    at++;
  };
  function value(path) {
    space();
    if (text[at] === '{') return members(path);
    if (text[at] === '[') return elements(path);
    if (text[at] === '"') return string();
    while (at < text.length && !',]} \n\r\t'.includes(text[at])) at++;
    return undefined;
  }
  value('');
  return found;
}

function checkText(text, keys) {
  need(text.endsWith('}\n') && !text.includes('\r'), 'not LF with one final newline');
  for (const [path, names] of keys) {
    need(new Set(names).size === names.length, `repeated key in '${path || '/'}'`);
    if (path === '/frames') continue;
    const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    need(names.join('\n') === sorted.join('\n'), `keys of '${path || '/'}' are not sorted`);
  }
}

function checkRect(rect, name) {
  need(isPlainObject(rect), `${name} is no object`);
  for (const key of ['x', 'y', 'w', 'h'])
    need(isInteger(rect[key]) && rect[key] >= 0, `${name}.${key} is no whole number`);
  need(rect.w > 0 && rect.h > 0, `${name} is empty`);
}

function checkFrame(name, frame, page) {
  checkRect(frame.frame, `frame of '${name}'`);
  const { x, y, w, h } = frame.frame;
  need(x + w <= page.w && y + h <= page.h, `'${name}' leaves the page`);
  need(frame.rotated === false, `'${name}' is rotated`);
  need(frame.trimmed === false, `'${name}' is trimmed`);
  const { sourceSize, spriteSourceSize } = frame;
  need(isPlainObject(sourceSize), `'${name}' has no sourceSize`);
  need(sourceSize.w === w && sourceSize.h === h, `'${name}': sourceSize differs from frame`);
  checkRect(spriteSourceSize, `spriteSourceSize of '${name}'`);
  const whole = spriteSourceSize.x === 0 && spriteSourceSize.y === 0 &&
    spriteSourceSize.w === w && spriteSourceSize.h === h;
  need(whole, `'${name}': spriteSourceSize is not the whole frame`);
  if (frame.anchor !== undefined)
    need(Number.isFinite(frame.anchor.x) && Number.isFinite(frame.anchor.y), `anchor of '${name}'`);
  if (frame.borders !== undefined) {
    const { left, top, right, bottom } = frame.borders;
    need([left, top, right, bottom].every((it) => isInteger(it) && it >= 0), `borders of '${name}'`);
    need(left + right <= w && top + bottom <= h, `borders of '${name}' are wider than it`);
  }
  if (frame.duration !== undefined)
    need(isInteger(frame.duration) && frame.duration > 0, `duration of '${name}'`);
}

function checkMeta(meta) {
  need(isPlainObject(meta), 'no meta');
  need(/^[^/\\]+\.png$/.test(meta.image) && meta.image !== '..png', `meta.image '${meta.image}'`);
  need(meta.format === 'RGBA8888', 'meta.format');
  need(isPlainObject(meta.size) && isInteger(meta.size.w) && isInteger(meta.size.h), 'meta.size');
  need(Number.parseFloat(meta.scale) === 1, 'meta.scale');
  need(typeof meta.app === 'string' && typeof meta.version === 'string', 'meta.app, meta.version');
  const related = meta.related_multi_packs ?? [];
  need(related.every((it) => /^[^/\\]+\.dgxp\.json$/.test(it)), 'meta.related_multi_packs');
}

function checkAnimations(sheet) {
  const { frames, animations, meta } = sheet;
  need(isPlainObject(animations), 'no animations');
  const own = meta.dgxp.anims;
  need(Object.keys(own).sort().join() === Object.keys(animations).sort().join(),
    'meta.dgxp.anims and animations differ');
  for (const [id, names] of Object.entries(animations)) {
    need(names.length > 0, `animation '${id}' is empty`);
    for (const name of names) {
      need(Object.hasOwn(frames, name), `animation '${id}' names '${name}', which is no frame`);
      need(frames[name].duration > 0, `frame '${name}' of animation '${id}' has no duration`);
    }
    need(own[id].repeat === 'loop' || (isInteger(own[id].repeat) && own[id].repeat > 0),
      `repeat of '${id}'`);
    for (const index of Object.keys(own[id].events ?? {}))
      need(Number(index) < names.length, `event ${index} of '${id}'`);
  }
}

function checkTags(sheet, order) {
  const known = ['forward', 'reverse', 'pingpong', 'pingpong_reverse'];
  for (const { name, from, to, direction } of sheet.meta.frameTags) {
    need(known.includes(direction), `direction of tag '${name}'`);
    need(0 <= from && from <= to && to < order.length, `range of tag '${name}'`);
    const tagged = order.slice(from, to + 1);
    const animated = new Set(sheet.animations[name]);
    need(animated.size > 0, `tag '${name}' is no animation`);
    for (const frame of animated)
      need(tagged.includes(frame), `tag '${name}' leaves out '${frame}'`);
  }
}

function checkOwnBlock(sheet, text, png) {
  const own = sheet.meta.dgxp;
  need(own.schema === 1, 'schema');
  need(own.image_size_bytes === png.length, 'image_size_bytes');
  need(own.image_sha256 === sha256(png), 'image_sha256');
  const line = `      "revision": "${own.revision}",\n`;
  need(text.split(line).length === 2, 'no line with the revision');
  need(own.revision === sha256(text.replace(line, ''), png), 'revision');
  need(own.palette.every((it) => /^#[0-9a-f]{6}$/.test(it)), 'palette');
  need(own.palette.join() === [...own.palette].sort().join(), 'palette is not sorted');
  for (const [id, sprite] of Object.entries(own.sprites)) {
    need(sprite.frames.length > 0, `sprite '${id}' has no frames`);
    for (const name of sprite.frames)
      need(Object.hasOwn(sheet.frames, name), `sprite '${id}' names '${name}', which is no frame`);
    for (const anim of sprite.anims)
      need(Object.hasOwn(sheet.animations, anim), `sprite '${id}' names '${anim}'`);
    need(typeof sprite.placeholder === 'boolean', `placeholder of '${id}'`);
  }
}

/** Reads the text of a sheet; `png` holds the bytes of its image. Throws SheetError. */
export function readSheet(text, png) {
  const sheet = JSON.parse(text);
  const keys = keysInOrder(text);
  checkText(text, keys);
  checkMeta(sheet.meta);
  const order = keys.get('/frames') ?? [];
  need(order.length > 0, 'no frames');
  for (const name of order) checkFrame(name, sheet.frames[name], sheet.meta.size);
  checkAnimations(sheet);
  checkTags(sheet, order);
  checkOwnBlock(sheet, text, png);
  return { sheet, order };
}
