/**
 * Plays an Animation on a canvas at its true times.
 *
 * Events: "change" (frame or state), "painted" (the first frame of what was shown is on screen).
 */

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
const LATE_MS = 250;

export class Player extends EventTarget {
  animation = null;
  index = 0;
  playing = false;
  loop = true;
  speed = 1;
  #canvas;
  #context;
  #shownAt = 0;
  #ticking = false;
  #stop = new AbortController();

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d");
  }

  /** Show an animation from its first frame on, as soon as that is there. */
  show(animation, { play }) {
    this.clear();
    this.animation = animation;
    this.playing = play;
    const { signal } = this.#stop;
    const start = () => {
      if (signal.aborted || !animation.frames[0]) return;
      this.#size();
      this.#paint(0);
      afterPaint(() => signal.aborted || this.#begin());
    };
    if (animation.frames[0]) start();
    else {
      animation.addEventListener("frame", ({ detail }) => detail === 0 && start(), { signal });
    }
    const change = () => this.#changed();
    ["opened", "frame", "done", "failed"].forEach((e) => animation.addEventListener(e, change, { signal }));
    change();
  }

  clear() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.animation = null;
    this.index = 0;
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  get ready() {
    return Boolean(this.animation?.frames[this.index]);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (!this.animation) return;
    if (!this.loop && this.index === this.animation.length - 1) this.seek(0);
    this.playing = true;
    this.#run();
    this.#changed();
  }

  pause() {
    this.playing = false;
    this.#changed();
  }

  step(by) {
    this.pause();
    const count = this.animation?.length ?? 0;
    if (count) this.seek((this.index + by + count) % count);
  }

  seek(index) {
    if (this.animation?.frames[index]) this.#paint(index);
  }

  faster(by) {
    const at = SPEEDS.indexOf(this.speed) + by;
    this.speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))];
    this.#changed();
  }

  #begin() {
    this.dispatchEvent(new Event("painted"));
    this.#run();
  }

  #run() {
    this.#shownAt = performance.now();
    if (this.#ticking || !this.playing) return;
    this.#ticking = true;
    requestAnimationFrame(this.#tick);
  }

  #tick = (now) => {
    this.#ticking = this.playing && this.animation !== null;
    if (!this.#ticking) return;
    requestAnimationFrame(this.#tick);
    let index = this.index;
    while (now - this.#shownAt >= this.animation.facts?.delaysMs[index] / this.speed) {
      const next = this.#after(index);
      if (next === null) break;
      this.#shownAt += this.animation.facts.delaysMs[index] / this.speed;
      if (now - this.#shownAt > LATE_MS) this.#shownAt = now;
      index = next;
    }
    if (index !== this.index) this.#paint(index);
  };

  /** The frame that follows; null where it is not decoded yet, or the end is reached. */
  #after(index) {
    const last = index === this.animation.length - 1;
    if (last && !this.loop) {
      this.pause();
      return null;
    }
    const next = last ? 0 : index + 1;
    return this.animation.frames[next] ? next : null;
  }

  #size() {
    const { pixelWidth, pixelHeight } = this.animation.facts;
    this.#canvas.width = pixelWidth;
    this.#canvas.height = pixelHeight;
  }

  #paint(index) {
    this.index = index;
    this.#context.putImageData(this.animation.frames[index], 0, 0);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** Call back when what is drawn now has reached the screen. */
export function afterPaint(then) {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(null);
  });
}
