/** The page's side of the GIF worker: bytes in, an Animation that fills up frame by frame out. */

const SILENCE_MS = 20_000;

/**
 * One GIF being decoded. Events: "opened", "frame" (its index in detail), "done", "failed".
 *
 * frames: ImageData by index, undefined until decoded. facts: null until opened, see gif-worker.js.
 * error: why it cannot be shown (or not to its end), "" while all is well.
 */
export class Animation extends EventTarget {
  facts = null;
  frames = [];
  error = "";
  whole = false;

  get length() {
    return this.facts ? this.facts.delaysMs.length : 0;
  }

  /** When frame `index` appears, in ms from the start. */
  startMs(index) {
    return this.facts.delaysMs.slice(0, index).reduce((sum, ms) => sum + ms, 0);
  }

  get durationMs() {
    return this.startMs(this.length);
  }

  take(message) {
    if (message.type === "opened") this.facts = message.facts;
    else if (message.type === "frame") this.#frame(message);
    else if (message.type === "done") this.whole = true;
    else this.error = message.message;
    this.dispatchEvent(new CustomEvent(message.type, { detail: message.index }));
  }

  #frame({ index, pixels }) {
    const { pixelWidth, pixelHeight } = this.facts;
    this.frames[index] = new ImageData(new Uint8ClampedArray(pixels), pixelWidth, pixelHeight);
  }
}

export class Decoder {
  #worker = null;
  #jobs = new Map();
  #next = 0;
  #watch = 0;
  #heard = 0;

  /** Start to decode; `bytes` (ArrayBuffer) is handed over. A lower urgency goes first. */
  open(bytes, urgency = 0) {
    const animation = new Animation();
    const job = this.#next++;
    animation.job = job;
    this.#jobs.set(job, animation);
    this.#ready().postMessage({ type: "open", job, bytes, urgency }, [bytes]);
    this.#listen();
    return animation;
  }

  hurry(animation, urgency) {
    if (this.#jobs.has(animation.job)) {
      this.#ready().postMessage({ type: "urgency", job: animation.job, urgency });
    }
  }

  drop(animation) {
    if (this.#jobs.delete(animation.job)) {
      this.#ready().postMessage({ type: "drop", job: animation.job });
    }
  }

  #ready() {
    if (!this.#worker) {
      this.#worker = new Worker("/static/gif-worker.js", { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#take(data);
      this.#worker.onerror = () => this.#giveUp("the decoder stopped");
    }
    return this.#worker;
  }

  #take(message) {
    this.#heard = performance.now();
    const animation = this.#jobs.get(message.job);
    if (message.type === "done" || message.type === "failed") this.#jobs.delete(message.job);
    animation?.take(message);
  }

  /** A worker that says nothing for long is ended, and its files are given up. */
  #listen() {
    this.#heard = performance.now();
    if (this.#watch) return;
    this.#watch = setInterval(() => {
      if (!this.#jobs.size) {
        clearInterval(this.#watch);
        this.#watch = 0;
      } else if (performance.now() - this.#heard > SILENCE_MS) {
        this.#giveUp("decoding took too long");
      }
    }, 1000);
  }

  #giveUp(message) {
    this.#worker?.terminate();
    this.#worker = null;
    const left = [...this.#jobs.values()];
    this.#jobs.clear();
    left.forEach((animation) => animation.take({ type: "failed", message }));
  }
}
