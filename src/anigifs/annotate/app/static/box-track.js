/** Boxes on key frames of one animation, in [0, 1] of the canvas, and what lies between them. */

export const SMALLEST = 0.01;
const CORNERS = ["x1", "y1", "x2", "y2"];

export class BoxTrack {
  #keys = new Map();

  /** startMs: when a frame appears; boxes: as in a vote. */
  constructor(startMs, boxes = []) {
    this.startMs = startMs;
    boxes.forEach(({ frame, ...box }) => this.set(frame, box));
  }

  get frames() {
    return [...this.#keys.keys()].sort((a, b) => a - b);
  }

  set(frame, box) {
    this.#keys.set(frame, tidy(box));
  }

  delete(frame) {
    return this.#keys.delete(frame);
  }

  clear() {
    this.#keys.clear();
  }

  /** {box, kind}: kind is "key", "between" (linear in time) or "outside" (before the first or
   * after the last key frame: the nearest one, as a start for the next; no vote has a box there);
   * null without any key frame. */
  at(frame) {
    const frames = this.frames;
    if (!frames.length) return null;
    if (this.#keys.has(frame)) return { box: this.#keys.get(frame), kind: "key" };
    const after = frames.find((key) => key > frame);
    const before = frames.filter((key) => key < frame).at(-1);
    if (after === undefined || before === undefined) {
      return { box: this.#keys.get(after ?? before), kind: "outside" };
    }
    const [from, to] = [this.startMs(before), this.startMs(after)];
    const part = (this.startMs(frame) - from) / (to - from);
    const [a, b] = [this.#keys.get(before), this.#keys.get(after)];
    const mixed = CORNERS.map((name) => [name, a[name] + part * (b[name] - a[name])]);
    return { box: Object.fromEntries(mixed), kind: "between" };
  }

  /** As a vote carries them. */
  boxes() {
    return this.frames.map((frame) => {
      const box = this.#keys.get(frame);
      const corners = CORNERS.map((name) => [name, Number(box[name].toFixed(5))]);
      return { frame, time_ms: this.startMs(frame), ...Object.fromEntries(corners) };
    });
  }
}

/** The same box with its corners in order, on the canvas, and not too small to see. */
export function tidy({ x1, y1, x2, y2 }) {
  const [left, right] = span(x1, x2);
  const [top, bottom] = span(y1, y2);
  return { x1: left, y1: top, x2: right, y2: bottom };
}

function span(a, b) {
  const clamp = (value, most) => Math.max(0, Math.min(most, value));
  const from = clamp(Math.min(a, b), 1 - SMALLEST);
  return [from, clamp(Math.max(a, b, from + SMALLEST), 1)];
}

/** Move as far as the canvas allows, keeping the size. */
export function moved(box, dx, dy) {
  const stepX = Math.max(-box.x1, Math.min(1 - box.x2, dx));
  const stepY = Math.max(-box.y1, Math.min(1 - box.y2, dy));
  return { x1: box.x1 + stepX, y1: box.y1 + stepY, x2: box.x2 + stepX, y2: box.y2 + stepY };
}

/** Move the right and bottom edges. */
export function resized(box, dx, dy) {
  return tidy({
    ...box,
    x2: Math.max(box.x1 + SMALLEST, box.x2 + dx),
    y2: Math.max(box.y1 + SMALLEST, box.y2 + dy),
  });
}
