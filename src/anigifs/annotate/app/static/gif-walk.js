/**
 * The structure of a GIF without its pixels: images, times, loops, and how the file ends.
 *
 * Reads what browsers read, case by case as docs/gif-conformance.md lists them; the Python twin
 * is anigifs.media.walker. Damage is a fact here, not an error.
 */

export const KEEP = 1;
export const CLEAR = 2;
export const RESTORE = 3;
const DISPOSALS = [KEEP, KEEP, CLEAR, RESTORE, RESTORE, KEEP, KEEP, KEEP];
const LOOPING = ["NETSCAPE2.0", "ANIMEXTS1.0"];

/** A delay of 10 ms or less plays as 100 ms, as in every browser. */
const FLOOR_MS = 10;
const INSTEAD_MS = 100;

/** The defaults of anigifs.media.limits. */
export const LIMITS = Object.freeze({
  bytes: 128 * 2 ** 20,
  sidePx: 65_535,
  canvasPx: 2 ** 25,
  frames: 20_000,
  totalPx: 2 ** 30,
  durationS: 3_600,
});

/** kind: "not-decodable" or "limit". */
export class GifError extends Error {
  constructor(kind, message) {
    super(message);
    this.name = "GifError";
    this.kind = kind;
  }
}

class Truncated extends Error {}

export function playedMs(rawMs) {
  return rawMs <= FLOOR_MS ? INSTEAD_MS : rawMs;
}

/**
 * Walk a whole file in memory.
 *
 * Returns {width, height, loops, images, ending}: loops is null where the file does not say, 0
 * for ever; ending is "trailer", "truncated" or "junk". Throws GifError for what is no GIF, has
 * no image or no canvas, or is above `limits`.
 */
export function walk(bytes, limits = LIMITS) {
  check("bytes", bytes.length, limits);
  const facts = new Walker(bytes, limits).walk();
  if (!facts.images.length) {
    throw new GifError("not-decodable", "the GIF holds no image");
  }
  if (!facts.width || !facts.height) {
    throw new GifError("not-decodable", `the canvas is ${facts.width} × ${facts.height} pixels`);
  }
  return facts;
}

function check(name, value, limits) {
  if (value > limits[name]) {
    throw new GifError("limit", `${name} is ${value}, above the limit of ${limits[name]}`);
  }
}

function text(bytes, start, end) {
  return String.fromCharCode(...bytes.subarray(start, end));
}

class Walker {
  constructor(bytes, limits) {
    this.bytes = bytes;
    this.limits = limits;
    this.pos = 0;
    this.width = this.height = this.totalPx = this.durationMs = 0;
    this.images = [];
    this.loops = null;
    this.palette = null;
    this.forgetControl();
  }

  walk() {
    this.screen();
    let ending = "truncated";
    try {
      ending = this.blocks();
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
    }
    const { width, height, loops, images } = this;
    return { width, height, loops, images, ending };
  }

  screen() {
    if (!["GIF87a", "GIF89a"].includes(text(this.bytes, 0, 6))) {
      throw new GifError("not-decodable", "the file is not a GIF");
    }
    try {
      const at = this.take(13);
      this.width = this.short(at + 6);
      this.height = this.short(at + 8);
      this.checkCanvas();
      this.palette = this.colourTable(this.bytes[at + 10]);
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
      throw new GifError("not-decodable", "the GIF ends before its first image");
    }
  }

  blocks() {
    for (;;) {
      const kind = this.bytes[this.take(1)];
      if (kind === 0x2c) this.image();
      else if (kind === 0x21) this.extension();
      else return kind === 0x3b ? "trailer" : "junk";
    }
  }

  extension() {
    const label = this.bytes[this.take(1)];
    const start = this.pos;
    if (!this.skipBlocks()) throw new Truncated();
    if (label === 0xf9) this.control(start);
    else if (label === 0xff && LOOPING.includes(text(this.bytes, start + 1, start + 12))) {
      this.looping(start);
    }
  }

  control(start) {
    if (this.bytes[start] < 4) return;
    const flags = this.bytes[start + 1];
    this.delayCs = this.short(start + 2);
    this.disposal = DISPOSALS[(flags >> 2) & 7];
    this.transparent = flags & 1 ? this.bytes[start + 4] : -1;
  }

  looping(start) {
    let at = start + 1 + this.bytes[start];
    while (this.bytes[at]) {
      if (this.bytes[at] >= 3 && (this.bytes[at + 1] & 7) === 1) this.loops = this.short(at + 2);
      at += 1 + this.bytes[at];
    }
  }

  image() {
    const at = this.take(9);
    let [left, top, width, height] = [0, 2, 4, 6].map((offset) => this.short(at + offset));
    const flags = this.bytes[at + 8];
    const palette = this.colourTable(flags) ?? this.palette;
    const codeBits = this.bytes[this.take(1)];
    const dataAt = this.pos;
    if (!width || !height) {
      [left, top, width, height] = [0, 0, this.width, this.height];
    } else if (!this.images.length && (width > this.width || height > this.height)) {
      this.width = Math.max(this.width, left + width);
      this.height = Math.max(this.height, top + height);
      this.checkCanvas();
    }
    const whole = this.skipBlocks();
    if (whole || this.pos > dataAt + 1) {
      const { delayCs, disposal, transparent } = this;
      this.keep({
        left, top, width, height, delayMs: 10 * delayCs, disposal, transparent,
        interlaced: Boolean(flags & 0x40), palette, codeBits, dataAt, dataEnd: this.pos,
      });
    }
    if (!whole) throw new Truncated();
    this.forgetControl();
  }

  keep(image) {
    this.images.push(image);
    this.durationMs += playedMs(image.delayMs);
    this.totalPx += Math.max(image.width * image.height, this.width * this.height);
    check("frames", this.images.length, this.limits);
    check("canvasPx", image.width * image.height, this.limits);
    check("totalPx", this.totalPx, this.limits);
    check("durationS", this.durationMs / 1000, this.limits);
  }

  forgetControl() {
    this.delayCs = 0;
    this.disposal = KEEP;
    this.transparent = -1;
  }

  checkCanvas() {
    check("sidePx", Math.max(this.width, this.height), this.limits);
    check("canvasPx", this.width * this.height, this.limits);
  }

  colourTable(flags) {
    if (!(flags & 0x80)) return null;
    const colours = 2 << (flags & 7);
    return { at: this.take(3 * colours), colours };
  }

  /** Go behind the terminator; false, and to the end, where the file ends before it. */
  skipBlocks() {
    const end = this.bytes.length;
    let pos = this.pos;
    while (pos < end && this.bytes[pos]) pos += 1 + this.bytes[pos];
    this.pos = Math.min(pos + 1, end);
    return pos < end;
  }

  /** Where the next `count` bytes start; they are read. */
  take(count) {
    if (this.pos + count > this.bytes.length) throw new Truncated();
    this.pos += count;
    return this.pos - count;
  }

  short(at) {
    return this.bytes[at] | (this.bytes[at + 1] << 8);
  }
}
