/**
 * The items of this person: the one on screen first, the next fetched and decoded ahead.
 *
 * An entry is {item, key, animation, error, fetched}; fetched: its bytes are here, so it can be
 * judged without a connection; `animation` is null until they are being decoded.
 * Events: "change" (the list), "loaded" (an entry's bytes or error, the entry in detail).
 */

const AHEAD = 5;
const DECODED = 2;
const MOST_ASKED = 10;

export const keyOf = ({ sha256, label }) => `${sha256}|${label}`;

export class Items extends EventTarget {
  list = [];
  waiting = null;
  done = null;
  #api;
  #decoder;
  #judged = new Set();
  #bytes = new Map();
  #filling = null;

  constructor(api, decoder) {
    super();
    this.#api = api;
    this.#decoder = decoder;
  }

  get current() {
    return this.list[0] ?? null;
  }

  /** How many items to ask for: those ahead, and those judged here that the server still lends. */
  wanted(unsent) {
    return Math.min(AHEAD + unsent, MOST_ASKED);
  }

  /** Ask the server for items, and to go on lending those that are here. */
  fill(unsent = 0) {
    this.#filling ??= this.#api
      .next(this.wanted(unsent))
      .then((reply) => this.merge(reply))
      .finally(() => (this.#filling = null));
    return this.#filling;
  }

  merge({ items, waiting, done }) {
    this.waiting = waiting ?? this.waiting;
    this.done = done ?? this.done;
    const here = new Map(this.list.map((entry) => [entry.key, entry]));
    for (const item of items ?? []) {
      const key = keyOf(item);
      if (here.has(key)) here.get(key).item.lease_until_s = item.lease_until_s;
      else if (!this.#judged.has(key) && this.list.length < AHEAD + 1) this.#append(item);
    }
    this.#prepare();
    this.#changed();
  }

  /** The current item is judged; the next takes its place. */
  finish() {
    const entry = this.list.shift();
    this.#judged.add(entry.key);
    this.#prepare();
    this.#changed();
    return entry;
  }

  /** Forget an entry's pictures. */
  release(entry) {
    if (entry.animation) this.#decoder.drop(entry.animation);
    entry.animation = null;
    this.#bytes.delete(entry.key);
  }

  /** An item comes back to the front. */
  bringBack(item) {
    const key = keyOf(item);
    this.#judged.delete(key);
    this.list = this.list.filter((entry) => entry.key !== key);
    this.list.unshift(entryOf(item));
    this.list.splice(AHEAD + 2).forEach((entry) => this.release(entry));
    this.#prepare();
    this.#changed();
  }

  /** Votes from before this page was loaded that are still to be sent. */
  judged(votes) {
    votes.forEach((vote) => this.#judged.add(keyOf(vote)));
  }

  /** Try again to get the picture of the current item. */
  again() {
    const entry = this.current;
    if (!entry) return;
    this.release(entry);
    entry.error = "";
    this.#prepare();
  }

  #append(item) {
    this.list.push(entryOf(item));
  }

  #prepare() {
    this.list.forEach((entry, place) => {
      if (entry.animation) this.#decoder.hurry(entry.animation, place);
      else if (!entry.error) this.#load(entry, place);
    });
  }

  async #load(entry, place) {
    const { key } = entry;
    try {
      if (!this.#bytes.has(key)) this.#bytes.set(key, this.#api.media(entry.item.media));
      const bytes = await this.#bytes.get(key);
      entry.fetched = true;
      this.#changed();
      const near = this.list.indexOf(entry);
      if (entry.animation || near < 0 || near >= DECODED) return;
      entry.animation = this.#decoder.open(bytes.slice(0), place);
    } catch (error) {
      this.#bytes.delete(key);
      if (this.list.indexOf(entry) > 0) return;
      entry.error = error.message;
    }
    this.dispatchEvent(new CustomEvent("loaded", { detail: entry }));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function entryOf(item) {
  return { item, key: keyOf(item), animation: null, error: "", fetched: false };
}
