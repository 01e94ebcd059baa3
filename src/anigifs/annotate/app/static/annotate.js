/** The annotator's page: one item at a time, judged with a key, kept until the server has it. */

import { Api, ApiError, uuid } from "./api.js";
import { Combobox } from "./combobox.js";
import { Decoder } from "./decoder.js";
import { Items } from "./items.js";
import { Keys } from "./keys.js";
import { Outbox } from "./outbox.js";
import { $, banner, say, showConnection, showItem } from "./page.js";
import { NO_ANSWERS, QUESTIONS, answer, complete, rest, told } from "./verdict.js";
import { Viewer } from "./viewer.js";

const RENEW_MS = 4 * 60_000;
const HISTORY = 20;

class App {
  api = new Api(document.querySelector("meta[name=csrf-token]").content);
  items = new Items(this.api, new Decoder());
  outbox = new Outbox(document.body.dataset.person, (votes) => this.#send(votes));
  viewer = new Viewer();
  classes = [];
  shown = null;
  answers = NO_ANSWERS;
  flag = "";
  previous = null;
  /** When the first frame of the current item was on screen; 0 before. */
  seenAt = 0;
  /** The key press that led here, for the measure of the page's own time; 0 when measured. */
  pressedAt = 0;
  history = [];
  undoing = false;
  undoId = null;

  async start() {
    this.items.judged(this.outbox.list());
    this.#wire();
    this.#drawConnection();
    await this.refill();
    this.outbox.flush();
    this.loadClasses();
  }

  #wire() {
    this.items.addEventListener("change", () => this.#follow());
    this.items.addEventListener("loaded", ({ detail }) => this.#loaded(detail));
    this.viewer.player.addEventListener("painted", () => this.#painted());
    this.outbox.addEventListener("change", () => this.#drawConnection());
    this.outbox.addEventListener("reply", ({ detail }) => this.items.merge(detail));
    this.outbox.addEventListener("refused", ({ detail }) => this.#refused(detail));
    window.addEventListener("online", () => this.#back());
    window.addEventListener("offline", () => this.#drawConnection());
    document.addEventListener("visibilitychange", () => document.hidden || this.#back());
    setInterval(() => this.items.list.length && this.refill(), RENEW_MS);
    this.#wireButtons();
    this.#wireKeys();
    this.#wireDialogs();
  }

  #wireButtons() {
    const clicks = {
      accept: (e) => this.all("yes", e), unsure: (e) => this.all("unsure", e),
      skip: (e) => this.vote({ act: "skip" }, e), undo: () => this.undo(),
      other: () => this.openOther(), again: () => this.items.again(),
      "end-look": () => this.refill(), "end-undo": () => this.undo(),
      "help-open": () => $("help").showModal(), "banner-close": () => ($("banner").hidden = true),
    };
    Object.entries(clicks).forEach(([id, act]) => $(id).addEventListener("click", act));
    document.querySelectorAll("[data-answer]").forEach((button) => {
      const { question } = button.closest("[data-question]").dataset;
      button.addEventListener("click", (e) => this.answer(question, button.dataset.answer, e));
    });
    document.querySelectorAll("[data-flag]").forEach((button) => {
      button.addEventListener("click", () => this.toggleFlag(button.dataset.flag));
    });
    $("neighbours").addEventListener("click", (event) => {
      const name = event.target.closest("[data-other]")?.dataset.other;
      if (name) this.chooseOther(name, event);
    });
    $("note").addEventListener("keydown", (event) => {
      if (event.key === "Escape") $("class").focus();
    });
  }

  #wireKeys() {
    const { player, boxes } = this.viewer;
    const play = (event) => event.repeat || player.toggle();
    const step = (by) => () => player.step(by);
    const actions = {
      a: (e) => this.all("yes", e), u: (e) => this.all("unsure", e), o: () => this.openOther(),
      s: (e) => this.vote({ act: "skip" }, e), z: (e) => e.repeat || this.undo(),
      f: () => this.toggleFlag("sensitive"), t: () => this.toggleFlag("takedown"),
      n: () => $("note").focus(), g: () => ($("guide").open = !$("guide").open),
      " ": play, p: play, ",": step(-1), ".": step(1), ArrowLeft: step(-1), ArrowRight: step(1),
      "[": () => player.faster(-1), "]": () => player.faster(1), l: () => this.viewer.loop(),
      "+": () => this.viewer.zoom(1), "=": () => this.viewer.zoom(1),
      "-": () => this.viewer.zoom(-1), 0: () => this.viewer.zoom(0),
      b: () => this.viewer.boxMode(), Escape: () => boxes.active && this.viewer.boxMode(false),
      "?": () => $("help").showModal(),
    };
    QUESTIONS.forEach((question, k) => {
      actions[k + 1] = (e) => this.answer(question, "no", e);
      actions[`Shift+${k + 1}`] = (e) => this.answer(question, "unsure", e);
    });
    for (let k = 0; k < 5; k++) actions[k + 4] = (e) => this.neighbour(k, e);
    this.keys = new Keys(actions);
    $("keys-on").checked = this.keys.on;
    $("keys-on").addEventListener("change", () => (this.keys.on = $("keys-on").checked));
  }

  #wireDialogs() {
    document.querySelectorAll("[data-close]").forEach((button) => {
      button.addEventListener("click", () => button.closest("dialog").close());
    });
    this.combobox = new Combobox($("other-input"), $("other-list"), $("other-count"), (name) => {
      $("other-dialog").close();
      this.chooseOther(name);
    });
  }

  // What is on screen

  /** Show the first item of the list, if it is not shown already; the end when there is none. */
  #follow() {
    const entry = this.items.current;
    this.#drawProgress();
    document.body.dataset.ahead = this.items.list.filter((each) => each.fetched).length;
    if (!entry) {
      this.#end();
    } else if (entry !== this.shown) {
      this.#show(entry);
    }
  }

  #show(entry) {
    this.shown = entry;
    this.seenAt = 0;
    this.answers = NO_ANSWERS;
    this.previous = entry.item.previous ?? null;
    this.flag = this.previous?.flag ?? "";
    $("note").value = this.previous?.note ?? "";
    $("work").hidden = false;
    $("end").hidden = true;
    document.body.dataset.state = "loading";
    document.body.dataset.item = entry.key;
    showItem(entry.item, this.items.done === null ? 0 : this.#doneHere() + 1);
    this.viewer.show(entry, this.previous?.boxes);
    if (entry.error) this.viewer.fail(entry.error);
    this.#drawAnswers();
    $("class").focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  #loaded(entry) {
    if (entry !== this.shown) return;
    this.viewer.show(entry, this.previous?.boxes);
    if (entry.error) this.viewer.fail(entry.error);
  }

  #painted() {
    this.seenAt = performance.now();
    document.body.dataset.state = "ready";
    if (this.pressedAt) {
      performance.measure("anigifs:turn", { start: this.pressedAt, end: this.seenAt });
      this.pressedAt = 0;
    } else {
      performance.mark("anigifs:first-frame");
    }
  }

  #end() {
    this.shown = null;
    this.pressedAt = 0;
    this.viewer.player.clear();
    const waits = this.outbox.count > 0 || !navigator.onLine;
    document.body.dataset.state = waits ? "waiting" : "end";
    delete document.body.dataset.item;
    $("end-title").textContent = waits ? "One moment" : "All done, thank you!";
    $("end-text").textContent = waits
      ? "Nothing more is loaded here. As soon as the server answers, it goes on; your votes are kept."
      : "No item waits for you now. More may come when others have voted or new ones are found.";
    $("work").hidden = true;
    $("end").hidden = false;
    if (!waits) say("All done, thank you. No item waits for you now.");
    if (!$("end").contains(document.activeElement)) $("end-title").focus();
  }

  #doneHere() {
    return (this.items.done ?? 0) + this.outbox.list().filter((v) => v.act === "vote").length;
  }

  #drawProgress() {
    const { waiting } = this.items;
    if (waiting === null) return;
    const left = Math.max(0, waiting - this.outbox.count);
    $("progress").textContent = `${this.#doneHere()} done · ${left} to go`;
  }

  #drawAnswers() {
    document.querySelectorAll("[data-answer]").forEach((button) => {
      const said = this.answers[button.closest("[data-question]").dataset.question];
      button.setAttribute("aria-pressed", String(said === button.dataset.answer));
    });
    document.querySelectorAll("[data-flag]").forEach((button) => {
      button.setAttribute("aria-pressed", String(this.flag === button.dataset.flag));
    });
    const last = this.history.at(-1);
    const before = this.previous ? `You said: ${told(this.previous)}. Say it again or otherwise.` : "";
    $("last").textContent = before || (last ? `Before: ${told(last.vote)}` : "");
  }

  #drawConnection() {
    showConnection(this.outbox);
    if (this.outbox.state === "signed-out") this.#signedOut();
    this.#drawProgress();
  }

  #signedOut() {
    const { count } = this.outbox;
    const kept = count ? ` Your ${count === 1 ? "vote is" : `${count} votes are`} kept in this browser.` : "";
    banner(
      `Your session is over. Open your invitation link again, then reload this page.${kept}`,
      "Reload", () => location.reload(),
    );
  }

  #refused(list) {
    const [{ vote, why }] = list;
    const more = list.length > 1 ? ` (and ${list.length - 1} more)` : "";
    banner(`The server did not take your vote on ${vote?.label ?? "an item"}${more}: ${why}`);
  }

  // What a person says

  /** Whether the item can be judged: nobody votes on what they have not seen. */
  #seen() {
    if (this.seenAt && !this.undoing) return true;
    say(this.shown?.error ? "It cannot be shown: skip it." : "One moment, it is not on screen yet.");
    return false;
  }

  answer(question, value, event) {
    if (event?.repeat || !this.#seen()) return;
    this.answers = answer(this.answers, question, value);
    this.#drawAnswers();
    if (complete(this.answers)) this.vote({}, event);
    else say(`${question}: ${value}`);
  }

  all(value, event) {
    if (event?.repeat || !this.#seen()) return;
    this.answers = rest(this.answers, value);
    this.vote({}, event);
  }

  neighbour(index, event) {
    const name = this.items.current?.item.neighbours?.[index];
    if (name) this.chooseOther(name, event);
  }

  chooseOther(name, event) {
    if (event?.repeat || !this.#seen()) return;
    const same = name === this.shown.item.label;
    this.answers = answer(this.answers, "exact", same ? "yes" : "no");
    this.vote({ other: same ? "" : name }, event);
  }

  toggleFlag(flag) {
    this.flag = this.flag === flag ? "" : flag;
    this.#drawAnswers();
    say(this.flag ? `Flagged: ${flag}` : "Not flagged");
  }

  /** Write the vote down and go on; the network is nobody's business here. */
  vote(said, event) {
    const entry = this.shown;
    if (!entry || event?.repeat || this.undoing) return;
    if (said.act === "skip" && !this.seenAt && !this.#failed(entry)) return;
    this.pressedAt = event?.timeStamp || performance.now();
    const vote = this.#voteOf(entry, said);
    this.history.push({ item: entry.item, vote, entry });
    if (this.history.length > HISTORY) this.history.shift();
    const older = this.history.at(-2);
    if (older) this.items.release(older.entry);
    this.undoId = null;
    this.outbox.put(vote);
    this.items.finish();
    const next = this.items.current;
    say(`${told(vote)}.${next ? ` Next: ${next.item.label}` : ""}`);
  }

  #failed(entry) {
    return Boolean(entry.error || entry.animation?.error);
  }

  #voteOf(entry, said) {
    const { sha256, label } = entry.item;
    const skip = said.act === "skip";
    return {
      client_id: uuid(), sha256, label, act: "vote", other: "",
      ...(skip ? NO_ANSWERS : this.answers), flag: this.flag,
      note: $("note").value.trim().toWellFormed?.() ?? $("note").value.trim(),
      boxes: skip ? [] : (this.viewer.boxes.track?.boxes() ?? []),
      took_ms: this.seenAt ? Math.max(0, Math.round(this.pressedAt - this.seenAt)) : 0, ...said,
    };
  }

  openOther() {
    if (!this.#seen()) return;
    if (!this.classes.length) this.loadClasses();
    $("other-dialog").showModal();
    this.combobox.open(this.classes, this.shown.item.neighbours ?? []);
    $("other-input").focus();
  }

  // Undo: what is still here is taken out of the outbox, what the server has it gives back

  async undo() {
    if (this.undoing) return;
    this.undoing = true;
    try {
      const last = this.history.at(-1);
      if (last && (await this.outbox.takeBack(last.vote.client_id))) {
        this.#returned({ ...last.item, previous: last.vote });
      } else {
        await this.#undoAtServer();
      }
    } catch (error) {
      banner(`Nothing was undone: ${error.message}. The vote is stored; try again later.`);
    } finally {
      this.undoing = false;
    }
  }

  async #undoAtServer() {
    if (this.outbox.count) throw new ApiError(0, "votes before it are still on their way");
    this.undoId ??= uuid();
    const reply = await this.api.undo(this.undoId);
    this.undoId = null;
    if (reply.item) this.#returned(reply.item, reply);
    else say("There is nothing to undo.");
  }

  #returned(item, { waiting, done } = {}) {
    this.history.pop();
    this.pressedAt = 0;
    this.items.waiting = waiting ?? this.items.waiting;
    this.items.done = done ?? this.items.done;
    this.items.bringBack(item);
    say(`Undone. Again: ${item.label}`);
  }

  // The network

  #send(votes) {
    const unsent = Math.max(0, this.outbox.count - votes.length);
    return this.api.vote(votes, this.items.wanted(unsent));
  }

  async refill() {
    try {
      await this.items.fill(this.outbox.count);
    } catch (error) {
      if ([401, 403].includes(error.status)) this.#signedOut();
      else if (!this.shown) this.#unreachable(error);
    }
  }

  #unreachable(error) {
    this.#end();
    document.body.dataset.state = "waiting";
    $("end-title").textContent = "One moment";
    $("end-text").textContent = `Items could not be loaded: ${error.message}.`;
    setTimeout(() => this.shown || this.refill(), 5000);
  }

  async loadClasses() {
    try {
      this.classes = (await this.api.classes()).classes;
      if ($("other-dialog").open) this.combobox.open(this.classes, this.shown?.item.neighbours ?? []);
    } catch {
      // asked again when the list is opened
    }
  }

  /** The connection or the person is back. */
  async #back() {
    this.#drawConnection();
    if (this.outbox.state === "signed-out") {
      const entered = await this.api.me().then(() => true, () => false);
      if (entered) location.reload();
      return;
    }
    await this.outbox.retry();
    if (this.shown?.error) this.items.again();
    if (this.items.list.length < 2) await this.refill();
  }
}

new App().start();
