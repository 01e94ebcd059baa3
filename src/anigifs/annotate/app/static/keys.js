/** Single keys for the whole page: which key does what, and when keys belong to something else. */

const STORE = "anigifs:keys";

/** Whether typing goes into a field, or a dialog is open. */
function elsewhere(target) {
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(target.closest?.("textarea, select, input:not([type=range]):not([type=checkbox])"));
}

/** What the focused control does with this key itself. */
function own(target, key) {
  if (target.closest?.("input[type=range]")) return key.startsWith("Arrow");
  return key === " " && Boolean(target.closest?.("button, a, summary, input"));
}

/** The name of a key as in the table of actions: "a", "Shift+1", " ", "ArrowLeft". */
export function nameOf(event) {
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  const shifted = digit && event.shiftKey ? "Shift+" : "";
  if (digit && event.location === 0 && /^Digit/.test(event.code)) return shifted + digit;
  return event.key.length === 1 ? event.key.toLowerCase() : event.key;
}

export class Keys {
  #actions;

  /** actions: name of a key → function(event). */
  constructor(actions) {
    this.#actions = actions;
    document.addEventListener("keydown", (event) => this.#take(event));
  }

  get on() {
    try {
      return localStorage.getItem(STORE) !== "off";
    } catch {
      return true;
    }
  }

  set on(on) {
    try {
      localStorage.setItem(STORE, on ? "on" : "off");
    } catch {
      // kept nowhere, so on again at the next visit
    }
  }

  #take(event) {
    if (event.defaultPrevented || event.isComposing || elsewhere(event.target)) return;
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey;
    if (!undo && (event.ctrlKey || event.metaKey || event.altKey)) return;
    const name = undo ? "z" : nameOf(event);
    const act = this.#actions[name];
    if (!act || own(event.target, event.key)) return;
    if (!this.on && !undo && name !== "Escape") return;
    event.preventDefault();
    act(event);
  }
}
