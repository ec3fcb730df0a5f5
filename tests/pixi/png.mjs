// Just enough of PNG to see the pixels of a page: no interlacing, indexed or 8-bit RGB(A).
import { inflateSync } from 'node:zlib';

const kSignature = '89504e470d0a1a0a';

function readChunks(bytes) {
  if (bytes.subarray(0, 8).toString('hex') !== kSignature) throw new Error('not a PNG');
  const chunks = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.push({
      type: bytes.toString('latin1', at + 4, at + 8),
      data: bytes.subarray(at + 8, at + 8 + length),
    });
    at += length + 12;
  }
  return chunks;
}

function paeth(a, b, c) {
  const [da, db, dc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  if (da <= db && da <= dc) return a;
  return db <= dc ? b : c;
}

function unfilter(raw, rowBytes, height, step) {
  const rows = Buffer.alloc(rowBytes * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (rowBytes + 1)];
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= step ? rows[y * rowBytes + x - step] : 0;
      const up = y > 0 ? rows[(y - 1) * rowBytes + x] : 0;
      const corner = y > 0 && x >= step ? rows[(y - 1) * rowBytes + x - step] : 0;
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter];
      rows[y * rowBytes + x] = raw[y * (rowBytes + 1) + 1 + x] + guess;
    }
  }
  return rows;
}

/** {width, height, pixels}: pixels are "rrggbbaa" as numbers, row by row. */
export function decodePng(bytes) {
  const chunks = readChunks(bytes);
  const find = (type) => chunks.find((chunk) => chunk.type === type)?.data;
  const header = find('IHDR');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, kind, interlace] = [header[8], header[9], header[12]];
  const channels = { 2: 3, 3: 1, 6: 4 }[kind];
  if (!channels || interlace !== 0 || (kind !== 3 && depth !== 8))
    throw new Error(`a PNG of kind ${kind}, ${depth} bits`);
  const data = inflateSync(
    Buffer.concat(chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data)),
  );
  const rowBytes = Math.ceil((width * channels * depth) / 8);
  const rows = unfilter(data, rowBytes, height, Math.max(1, (channels * depth) >> 3));
  const palette = find('PLTE');
  const alphas = find('tRNS') ?? [];
  const pixels = new Uint32Array(width * height);
  const color = (r, g, b, a) => ((r << 24) | (g << 16) | (b << 8) | a) >>> 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes;
      let value;
      if (kind === 3) {
        const bit = x * depth;
        const index = (rows[at + (bit >> 3)] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
        value = color(...palette.subarray(index * 3, index * 3 + 3), alphas[index] ?? 255);
      } else {
        const [r, g, b, a = 255] = rows.subarray(at + x * channels, at + (x + 1) * channels);
        value = color(r, g, b, a);
      }
      pixels[y * width + x] = value;
    }
  }
  return { width, height, pixels };
}
