/**
 * GIF's LZW: every code is a slice of what was already written, so the table is only the list
 * of where the slices start. The Python twin is anigifs.media.lzw.
 */

const TABLE = 4096;
const MAX_MIN_BITS = 11;

/** Copy the sub-blocks in bytes[start, end) into `out`, without their lengths; how many bytes. */
export function joinBlocks(bytes, start, end, out) {
  const last = Math.min(end, bytes.length);
  let pos = start;
  let count = 0;
  while (pos < last) {
    const size = Math.min(bytes[pos], last - pos - 1);
    if (size <= 0) break;
    out.set(bytes.subarray(pos + 1, pos + 1 + size), count);
    count += size;
    pos += size + 1;
  }
  return count;
}

/**
 * Unpack `count` bytes of `codes` into palette indices, at most `pixels` of them, in `out`.
 *
 * Returns how many were written: fewer than asked for when the stream is damaged, none when the
 * code size is one that browsers refuse.
 */
export function unpack(codes, count, minBits, out, pixels) {
  if (minBits > MAX_MIN_BITS) return 0;
  const clear = 1 << minBits;
  const endBit = 8 * count;
  const starts = new Int32Array(TABLE + 2);
  let size = minBits + 1;
  let entry = clear + 1;
  let bit = 0;
  let written = 0;
  while (written < pixels && bit + size <= endBit) {
    const at = bit >> 3;
    const word = codes[at] | (codes[at + 1] << 8) | (codes[at + 2] << 16);
    const code = (word >> (bit & 7)) & ((1 << size) - 1);
    bit += size;
    if (code === clear) {
      size = minBits + 1;
      entry = clear + 1;
      continue;
    }
    starts[entry + 1] = written;
    if (code < clear) {
      out[written++] = code & 255;
    } else if (code > clear + 1 && code <= entry) {
      const from = starts[code];
      const length = Math.min(starts[code + 1] - from + 1, pixels - written);
      for (let i = 0; i < length; i++) out[written + i] = out[from + i];
      written += length;
    } else {
      break;
    }
    if (entry < TABLE) {
      entry += 1;
      if (!(entry & ((1 << size) - 1)) && entry > clear + 2 && entry < TABLE) size += 1;
    }
  }
  return written;
}
