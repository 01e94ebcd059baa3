/** The left side of the page: the player with its controls, zoom and boxes. */

import { BoxEditor } from "./box-editor.js";
import { BoxTrack } from "./box-track.js";
import { $, factsText, make, say } from "./page.js";
import { Player } from "./player.js";

const ZOOMS = ["Fit", 1, 2, 3, 4];
const FIT_UP = 3;

export class Viewer {
  player = new Player($("canvas"));
  boxes = new BoxEditor($("box-layer"), this.player, say);
  #zoom = 0;
  #motion = matchMedia("(prefers-reduced-motion: reduce)");

  constructor() {
    this.player.addEventListener("change", () => this.#draw());
    this.boxes.addEventListener("change", () => this.#drawBoxes());
    new ResizeObserver(() => this.#fit()).observe($("stage"));
    const { player, boxes } = this;
    const clicks = {
      play: () => player.toggle(), back: () => player.step(-1), ahead: () => player.step(1),
      slower: () => player.faster(-1), faster: () => player.faster(1), loop: () => this.loop(),
      "zoom-out": () => this.zoom(-1), "zoom-in": () => this.zoom(1), box: () => this.boxMode(),
      "box-delete": () => boxes.remove(), "box-clear": () => boxes.remove(true),
      "box-done": () => this.boxMode(false),
    };
    Object.entries(clicks).forEach(([id, act]) => $(id).addEventListener("click", act));
    $("scrub").addEventListener("input", () => {
      const index = Number($("scrub").value) - 1; // pausing draws, and so writes the value
      player.pause();
      player.seek(index);
    });
  }

  /** Show an entry of the list as soon as its pictures are there. previous: boxes of a vote. */
  show(entry, previous = []) {
    this.#zoom = 0;
    const { animation } = entry;
    this.boxes.show(null);
    $("stage-failed").hidden = true;
    if (!animation) {
      this.player.clear();
      this.#draw();
      return;
    }
    this.player.show(animation, { play: !this.#motion.matches });
    this.boxes.show(new BoxTrack((frame) => animation.startMs(frame), previous));
  }

  fail(message) {
    $("stage-error").textContent =
      `This animation cannot be shown: ${message}. Skip it, and somebody else gets it.`;
    $("stage-failed").hidden = false;
  }

  loop() {
    this.player.loop = !this.player.loop;
    this.#draw();
  }

  zoom(by) {
    this.#zoom = by === 0 ? 0 : Math.max(0, Math.min(ZOOMS.length - 1, this.#zoom + by));
    this.#fit();
  }

  boxMode(active = !this.boxes.active) {
    if (active && !this.player.ready) return;
    const was = this.boxes.active;
    this.boxes.toggle(active);
    if (was && !active) $("box").focus({ preventScroll: true });
  }

  #draw() {
    const { player } = this;
    const { animation, index } = player;
    document.body.dataset.playing = String(player.playing);
    $("play").setAttribute("aria-label", player.playing ? "Pause" : "Play");
    $("play").setAttribute("aria-pressed", String(player.playing));
    $("loop").setAttribute("aria-pressed", String(player.loop));
    $("speed").textContent = `${player.speed}×`;
    const count = animation?.length ?? 0;
    if (Number($("scrub").max) !== count) this.#opened(count);
    $("scrub").value = index + 1;
    $("scrub").setAttribute("aria-valuetext", `frame ${index + 1} of ${count}`);
    this.#drawCounter(animation, index, count);
    this.#drawNote(animation, count);
    if (animation?.error && !this.player.ready) this.fail(animation.error);
  }

  #opened(count) {
    $("scrub").max = Math.max(1, count);
    $("scrub").disabled = count < 2;
    this.#fit();
    this.#drawBoxes();
  }

  #drawCounter(animation, index, count) {
    const counter = count
      ? `frame ${index + 1} of ${count} · ${Math.round(animation.facts.delaysMs[index])} ms`
      : "";
    if ($("counter").textContent !== counter) $("counter").textContent = counter;
    const raw = count ? animation.facts.rawDelaysMs[index] : 0;
    $("counter").title = count ? `The file says ${raw} ms` : "";
    const facts = count ? factsText(animation) : "";
    if ($("facts").textContent !== facts) $("facts").textContent = facts;
  }

  #drawNote(animation, count) {
    let note = "";
    if (!this.player.ready && !animation?.error) note = "Loading…";
    else if (this.#motion.matches && !this.player.playing && count > 1) {
      note = "Paused, for your system asks for less motion. Space plays.";
    }
    if ($("stage-note").textContent !== note) $("stage-note").textContent = note;
    $("stage-note").hidden = !note;
  }

  #drawBoxes() {
    const { boxes, player } = this;
    const frames = boxes.track?.frames ?? [];
    $("box").setAttribute("aria-pressed", String(boxes.active));
    $("box-bar").hidden = !boxes.active;
    const keys = `${frames.length} key ${frames.length === 1 ? "frame" : "frames"}`;
    $("box-text").textContent = frames.length
      ? `${keys}. Between the first and the last the box moves along, elsewhere there is none. ` +
        "Step with , and . and press Enter to set another."
      : "Drag a box around the acting character, or press an arrow key.";
    const count = player.animation?.length ?? 0;
    $("marks").replaceChildren(
      ...frames.map((frame) => {
        const mark = make("span");
        mark.style.left = `${count > 1 ? (100 * frame) / (count - 1) : 0}%`;
        return mark;
      }),
    );
  }

  /** Size the picture: whole within the stage and at most three times its size, or as asked. */
  #fit() {
    const facts = this.player.animation?.facts;
    $("zoom").textContent = this.#zoom ? `${ZOOMS[this.#zoom]}×` : "Fit";
    if (!facts) return;
    const stage = $("stage");
    const fitting = Math.min(
      stage.clientWidth / facts.width, stage.clientHeight / facts.height, FIT_UP,
    );
    const scale = this.#zoom ? ZOOMS[this.#zoom] : fitting;
    $("picture").style.width = `${Math.max(1, Math.round(facts.width * scale))}px`;
    $("picture").style.height = `${Math.max(1, Math.round(facts.height * scale))}px`;
    $("picture").classList.toggle("sharp", scale / facts.shrink >= 2);
  }
}
