/**
 * A GIF decoder: what browsers show of a file, frame by frame. No DOM: runs in a worker.
 *
 * A pixel is one uint32 in the byte order of canvas image data (red lowest); 0 is transparent.
 */

import { joinBlocks, unpack } from "./gif-lzw.js";
import { CLEAR, GifError, LIMITS, RESTORE, playedMs, walk } from "./gif-walk.js";

export { GifError, LIMITS };

/** What a file says before any pixel: {width, height, loops, ending, rawDelaysMs, delaysMs, images}. */
export function open(bytes, limits = LIMITS) {
  const facts = walk(bytes, limits);
  const rawDelaysMs = facts.images.map((image) => image.delayMs);
  return { ...facts, rawDelaysMs, delaysMs: rawDelaysMs.map(playedMs) };
}

/**
 * Yield the canvas after each image, a Uint32Array of width × height that the next step changes.
 *
 * Throws GifError at the end of a file in which no image holds a readable pixel.
 */
export function* frames(bytes, facts) {
  const { width, height, images } = facts;
  const canvas = new Uint32Array(width * height);
  const room = images.reduce(
    (most, image) => ({
      codes: Math.max(most.codes, image.dataEnd - image.dataAt),
      pixels: Math.max(most.pixels, image.width * image.height),
    }),
    { codes: 0, pixels: 0 },
  );
  const codes = new Uint8Array(room.codes + 4);
  const indices = new Uint8Array(room.pixels);
  let readable = 0;
  for (const image of images) {
    const area = areaOf(image, width, height);
    const before = image.disposal === RESTORE ? copy(canvas, width, area) : null;
    const count = joinBlocks(bytes, image.dataAt, image.dataEnd, codes);
    const wanted = image.width * image.height;
    const unpacked = unpack(codes, count, image.codeBits, indices, wanted);
    readable += unpacked;
    draw(indices, unpacked, image, coloursOf(image, bytes), canvas, width, area);
    yield canvas;
    if (before) paste(before, canvas, width, area);
    if (image.disposal === CLEAR) clear(canvas, width, area);
  }
  if (!readable) {
    throw new GifError("not-decodable", "no image of the GIF holds a readable pixel");
  }
}

/** The part of the canvas that an image covers; it may be empty. */
function areaOf(image, width, height) {
  const right = Math.min(image.left + image.width, width);
  const bottom = Math.min(image.top + image.height, height);
  const { left, top } = image;
  return { left, top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

function coloursOf(image, bytes) {
  const table = new Uint32Array(256);
  if (image.palette) {
    const { at, colours } = image.palette;
    for (let i = 0; i < colours; i++) {
      const k = at + 3 * i;
      table[i] = bytes[k] | (bytes[k + 1] << 8) | (bytes[k + 2] << 16) | 0xff000000;
    }
  }
  if (image.transparent >= 0) table[image.transparent] = 0;
  return table;
}

/** Where the row-th row of an interlaced image of `height` rows belongs. */
function rowOf(row, height) {
  const first = (height + 7) >> 3;
  const second = first + ((height + 3) >> 3);
  const third = second + ((height + 1) >> 2);
  if (row < first) return row * 8;
  if (row < second) return (row - first) * 8 + 4;
  if (row < third) return (row - second) * 4 + 2;
  return (row - third) * 2 + 1;
}

function draw(indices, count, image, table, canvas, width, area) {
  const rows = image.width ? Math.min(image.height, Math.ceil(count / image.width)) : 0;
  for (let row = 0; row < rows; row++) {
    const y = image.interlaced ? rowOf(row, image.height) : row;
    if (y >= area.height) continue;
    const from = row * image.width;
    const here = Math.min(area.width, count - from);
    const to = (area.top + y) * width + area.left;
    for (let x = 0; x < here; x++) {
      const pixel = table[indices[from + x]];
      if (pixel) canvas[to + x] = pixel;
    }
  }
}

function copy(canvas, width, area) {
  const kept = new Uint32Array(area.width * area.height);
  for (let y = 0; y < area.height; y++) {
    const at = (area.top + y) * width + area.left;
    kept.set(canvas.subarray(at, at + area.width), y * area.width);
  }
  return kept;
}

function paste(kept, canvas, width, area) {
  for (let y = 0; y < area.height; y++) {
    const row = kept.subarray(y * area.width, (y + 1) * area.width);
    canvas.set(row, (area.top + y) * width + area.left);
  }
}

function clear(canvas, width, area) {
  for (let y = 0; y < area.height; y++) {
    const at = (area.top + y) * width + area.left;
    canvas.fill(0, at, at + area.width);
  }
}
