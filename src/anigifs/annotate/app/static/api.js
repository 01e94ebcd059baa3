/** Calls to the server, with the page's token; every failure is one ApiError with a sentence. */

const TIMEOUT_MS = 20_000;

/** status: of the HTTP answer, 0 where none came. retryS: when the server asks to come back. */
export class ApiError extends Error {
  constructor(status, message, retryS = 0) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.retryS = retryS;
  }

  /** Whether the same call may succeed later without anybody doing anything. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export class Api {
  constructor(csrf) {
    this.csrf = csrf;
  }

  next(count) {
    return this.#json(`/api/next?count=${count}`);
  }

  classes() {
    return this.#json("/api/classes");
  }

  me() {
    return this.#json("/api/me");
  }

  vote(votes, count) {
    return this.#json("/api/votes", { votes, count });
  }

  undo(clientId) {
    return this.#json("/api/undo", { client_id: clientId });
  }

  /** The bytes of a GIF; only paths of our own server are asked for. */
  async media(path) {
    if (!/^\/media\/[0-9a-f]+$/i.test(path)) throw new ApiError(400, "the address is not ours");
    return (await this.#fetch(path, {})).arrayBuffer();
  }

  async #json(path, body) {
    const options = { headers: { Accept: "application/json" } };
    if (body !== undefined) {
      options.method = "POST";
      options.headers["Content-Type"] = "application/json";
      options.headers["X-CSRF-Token"] = this.csrf;
      options.body = JSON.stringify(body);
    }
    const answer = await this.#fetch(path, options);
    try {
      return await answer.json();
    } catch {
      throw new ApiError(0, "the server's answer did not arrive whole");
    }
  }

  async #fetch(path, options) {
    let answer;
    try {
      answer = await fetch(path, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch {
      throw new ApiError(0, "the server cannot be reached");
    }
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    const retryS = Number(answer.headers.get("Retry-After")) || 0;
    throw new ApiError(answer.status, told.error ?? `the server answered ${answer.status}`, retryS);
  }
}

/** A random UUID, also where the page is not in a secure context. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
