/** A text field with a list of names that fit what is typed (the ARIA combobox pattern). */

const MOST = 40;

/** The names that fit, best first: starts with it, a word starts with it, holds all its words. */
export function matching(names, typed) {
  const wanted = plain(typed);
  if (!wanted) return names.slice(0, MOST);
  const words = wanted.split(" ");
  const grade = (name) => {
    if (name === wanted) return 0;
    if (name.startsWith(wanted)) return 1;
    if (words.every((word) => ` ${name}`.includes(` ${word}`))) return 2;
    return words.every((word) => name.includes(word)) ? 3 : 4;
  };
  return names
    .map((name) => [grade(plain(name)), name])
    .filter(([g]) => g < 4)
    .sort((a, b) => a[0] - b[0])
    .slice(0, MOST)
    .map(([, name]) => name);
}

function plain(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

export class Combobox {
  #input;
  #list;
  #count;
  #choose;
  #names = [];
  #first = [];
  #active = -1;

  /** choose(name) is called with the name taken from the list. */
  constructor(input, list, count, choose) {
    this.#input = input;
    this.#list = list;
    this.#count = count;
    this.#choose = choose;
    input.addEventListener("input", () => this.#fill());
    input.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(option.dataset.name);
    });
  }

  /** names: all of them; first: those to offer before anything is typed. */
  open(names, first) {
    this.#names = names;
    this.#first = first.filter((name) => names.includes(name));
    this.#input.value = "";
    this.#fill();
  }

  #fill() {
    const typed = this.#input.value;
    const others = this.#names.filter((name) => !this.#first.includes(name));
    const found = matching(typed ? this.#names : [...this.#first, ...others], typed);
    this.#list.replaceChildren(...found.map((name, k) => this.#option(name, k)));
    this.#input.setAttribute("aria-expanded", String(found.length > 0));
    this.#count.textContent = found.length
      ? `${found.length === MOST ? `the best ${MOST}` : found.length} of ${this.#names.length} classes`
      : `None of the ${this.#names.length} classes fits. Press 3 instead: not this class.`;
    this.#activate(found.length && typed ? 0 : -1);
  }

  #option(name, k) {
    const option = document.createElement("li");
    option.id = `class-option-${k}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.name = name;
    option.textContent = name;
    return option;
  }

  #activate(index) {
    const options = [...this.#list.children];
    this.#active = options.length ? Math.max(-1, Math.min(options.length - 1, index)) : -1;
    options.forEach((o, k) => o.setAttribute("aria-selected", String(k === this.#active)));
    const active = options[this.#active];
    if (active) {
      this.#input.setAttribute("aria-activedescendant", active.id);
      active.scrollIntoView({ block: "nearest" });
    } else {
      this.#input.removeAttribute("aria-activedescendant");
    }
  }

  #key(event) {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in moves) this.#activate(Math.max(0, this.#active + moves[event.key]));
    else if (event.key === "Enter") this.#enter(event);
    else return;
    event.preventDefault();
  }

  #enter(event) {
    const active = this.#list.children[this.#active];
    if (active && !event.repeat) this.#choose(active.dataset.name);
  }
}
