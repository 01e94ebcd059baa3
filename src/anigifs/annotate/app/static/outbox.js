/**
 * Votes on their way: written down first, sent, and crossed out only when the server stored them.
 *
 * One storage key for each vote, so that two tabs never overwrite each other; keys sort by time.
 * A vote keeps its client_id through every try, so the server counts it once. Votes of somebody
 * else in the same browser are left alone until that person is back.
 *
 * Events: "change" (count or state), "reply" (the server's answer in detail), "refused" (a list
 * of {vote, why} in detail).
 */

const BATCH = 50;
const BATCH_CHARS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export class Outbox extends EventTarget {
  /** "idle", "sending", "waiting" (for the connection) or "signed-out". */
  state = "idle";
  /** False where the browser keeps nothing: then a closed tab loses what was not sent. */
  durable = true;
  #prefix;
  #send;
  #memory = new Map();
  #last = 0;
  #wait = FIRST_WAIT_MS;
  #timer = 0;
  #running = null;

  /** send: async (votes) => {stored, refused, …}; throws ApiError. */
  constructor(person, send) {
    super();
    this.#prefix = `anigifs:outbox:${encodeURIComponent(person)}:`;
    this.#send = send;
    window.addEventListener("online", () => this.retry());
    window.addEventListener("storage", () => this.#changed());
  }

  /** The waiting votes, oldest first. */
  list() {
    return this.#keys().map((key) => JSON.parse(this.#read(key)));
  }

  get count() {
    return this.#keys().length;
  }

  put(vote) {
    this.#last = Math.max(this.#last + 1, Date.now());
    const key = `${this.#prefix}${String(this.#last).padStart(15, "0")}:${vote.client_id}`;
    const text = JSON.stringify(vote);
    try {
      localStorage.setItem(key, text);
    } catch {
      this.durable = false;
      this.#memory.set(key, text);
    }
    this.#changed();
    this.flush();
  }

  /** Take a vote back before it is sent; false where the server may have it already. */
  takeBack(clientId) {
    return this.#alone(() => {
      const there = this.#keyOf(clientId) !== undefined;
      this.#remove(clientId);
      this.#changed();
      return there;
    });
  }

  /** Send at once, however long the last failure asked to wait. */
  retry() {
    this.#wait = FIRST_WAIT_MS;
    if (this.state !== "signed-out") return this.flush();
    return Promise.resolve();
  }

  /** Send what waits; ends when all is sent or something is in the way. */
  flush() {
    this.#running ??= this.#alone(() => this.#drain()).finally(() => {
      this.#running = null;
      if (this.state === "idle" && this.count) this.flush();
    });
    return this.#running;
  }

  async #drain() {
    clearTimeout(this.#timer);
    try {
      let size = BATCH;
      for (let votes = this.#batch(size); votes.length; votes = this.#batch(size)) {
        this.#become("sending");
        size = await this.#sendSome(votes, size);
      }
      this.#wait = FIRST_WAIT_MS;
      this.#become("idle");
    } catch (error) {
      this.#stumble(error);
    }
  }

  /** One batch; a batch refused as a whole is sent vote by vote, to find the one at fault. */
  async #sendSome(votes, size) {
    try {
      this.#settle(await this.#send(votes), votes);
      return size;
    } catch (error) {
      if (error.passes !== false || [401, 403].includes(error.status)) throw error;
      if (votes.length === 1) this.#refuse([{ client_id: votes[0].client_id, why: error.message }], votes);
      return 1;
    }
  }

  #settle(reply, votes) {
    reply.stored.forEach((id) => this.#remove(id));
    this.#refuse(reply.refused ?? [], votes);
    const told = new Set([...reply.stored, ...(reply.refused ?? []).map((r) => r.client_id)]);
    this.dispatchEvent(new CustomEvent("reply", { detail: { ...reply, sent: votes } }));
    if (votes.some((vote) => !told.has(vote.client_id))) {
      throw Object.assign(new Error("the server did not tell of every vote"), { passes: true });
    }
  }

  #refuse(refused, votes) {
    if (!refused.length) return;
    const byId = new Map(votes.map((vote) => [vote.client_id, vote]));
    const detail = refused.map(({ client_id: id, why }) => ({ vote: byId.get(id), why }));
    refused.forEach(({ client_id: id }) => this.#remove(id));
    this.dispatchEvent(new CustomEvent("refused", { detail }));
  }

  #stumble(error) {
    if ([401, 403].includes(error.status)) {
      this.#become("signed-out");
      return;
    }
    const wait = Math.max(this.#wait, 1000 * (error.retryS ?? 0));
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => this.flush(), wait * (0.75 + Math.random() / 2));
    this.#become("waiting");
  }

  #batch(most) {
    const votes = [];
    let room = BATCH_CHARS;
    for (const vote of this.list().slice(0, most)) {
      room -= JSON.stringify(vote).length;
      if (votes.length && room < 0) break;
      votes.push(vote);
    }
    return votes;
  }

  /** One tab at a time sends or takes back. */
  #alone(work) {
    if (!navigator.locks) return Promise.resolve().then(work);
    return navigator.locks.request(this.#prefix, work);
  }

  #keys() {
    const kept = [];
    try {
      for (let i = 0; i < localStorage.length; i++) kept.push(localStorage.key(i));
    } catch {
      this.durable = false;
    }
    return [...kept, ...this.#memory.keys()].filter((key) => key.startsWith(this.#prefix)).sort();
  }

  #keyOf(clientId) {
    return this.#keys().find((key) => key.endsWith(`:${clientId}`));
  }

  #read(key) {
    return this.#memory.get(key) ?? localStorage.getItem(key);
  }

  #remove(clientId) {
    const key = this.#keyOf(clientId);
    if (key === undefined) return;
    if (!this.#memory.delete(key)) localStorage.removeItem(key);
    this.#changed();
  }

  #become(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
