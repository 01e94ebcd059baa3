/** What the page shows of an item: text only, links only to http(s) pages. */

export const $ = (id) => document.getElementById(id);

export function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

/** Tell a screen reader, politely; the same text again is told again. */
export function say(text) {
  $("said").textContent = $("said").textContent === text ? `${text}\u00a0` : text;
}

/** The address if it is one of a web page, else null. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function showItem(item, number) {
  $("class").textContent = item.label;
  $("eyebrow").textContent = number ? `Proposed class · item ${number}` : "Proposed class";
  $("canvas").setAttribute("aria-label", `Animation, proposed as ${item.label}`);
  showNeighbours(item.neighbours ?? []);
  showGuide(item.guide ?? {});
  showSource(item);
}

function showNeighbours(names) {
  const label = make("span", "or rather", { class: "dim" });
  const buttons = names.slice(0, 5).map((name, k) => {
    const button = make("button", name, {
      type: "button", "data-other": name, "aria-keyshortcuts": String(k + 4), class: "chip",
    });
    button.append(" ", make("kbd", String(k + 4)));
    return button;
  });
  $("neighbours").replaceChildren(label, ...buttons);
  $("neighbours").hidden = !buttons.length;
}

function showGuide({ definition = "", accepted = [], rejected = [] }) {
  $("definition").textContent = definition;
  const groups = [["Accepted", accepted], ["Rejected", rejected]].filter(([, list]) => list.length);
  $("examples").replaceChildren(...groups.map(([title, list]) => group(title, list)));
  $("guide").hidden = !definition && !groups.length;
}

function group(title, list) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const figures = list.slice(0, 6).map((example) => figure(title, example, still));
  const box = make("div", "", { class: `examples ${title.toLowerCase()}` });
  box.append(make("h3", title), ...figures);
  return box;
}

/** An example; who asks for less motion sees it move only after a press. */
function figure(title, { media, note = "" }, still) {
  const element = make("figure");
  const image = make("img", "", { alt: `${title} example`, loading: "lazy", decoding: "async" });
  const show = () => {
    if (/^\/media\/[0-9a-f]+$/i.test(media)) image.src = media;
  };
  if (still) {
    const button = make("button", "Show", { type: "button", "aria-label": `Show ${title} example` });
    button.addEventListener("click", () => (show(), button.replaceWith(image)));
    element.append(button);
  } else {
    show();
    element.append(image);
  }
  if (note) element.append(make("figcaption", note));
  return element;
}

function showSource({ title, provider, page_url: page, licence }) {
  const rows = [["Title", title], ["From", provider], ["Licence", licence]];
  const parts = rows.filter(([, value]) => value).map(([name, value]) => row(name, make("span", value)));
  const address = webAddress(page);
  if (address) {
    const link = make("a", address, { href: address, target: "_blank", rel: "noopener noreferrer" });
    parts.push(row("Page", link));
  }
  $("source").replaceChildren(...parts);
}

function row(name, value) {
  const element = make("div");
  const shown = make("dd");
  shown.append(value);
  element.append(make("dt", name), shown);
  return element;
}

export const seconds = (ms) => `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;

export function loopText(loops) {
  if (loops === null) return "plays once";
  if (loops === 0) return "loops for ever";
  return `plays ${loops + 1} times`;
}

/** What the file is, in a line. */
export function factsText(animation) {
  const { width, height, loops, ending, shrink } = animation.facts;
  const parts = [
    `${width} × ${height} px`, seconds(animation.durationMs), `the file ${loopText(loops)}`,
  ];
  if (ending === "truncated") parts.push("cut off: what there is is shown");
  if (ending === "junk") parts.push("damaged: what could be read is shown");
  if (shrink > 1) parts.push(`very large: shown at 1/${shrink} of its size`);
  if (!animation.whole && !animation.error) parts.push("still loading");
  return parts.join(" · ");
}

/** What the connection is like, and how many votes wait for it; nothing where all is well. */
export function showConnection({ count, state, durable }) {
  const votes = `${count} ${count === 1 ? "vote waits" : "votes wait"}`;
  let text = "";
  if (state === "signed-out") text = `Signed out · ${votes}`;
  else if (count && (state === "waiting" || !navigator.onLine)) text = `${votes} for the connection`;
  else if (!navigator.onLine) text = "No connection";
  else if (!durable && count) text = `${votes}; keep this tab open`;
  if ($("connection").textContent !== text) $("connection").textContent = text;
  $("connection").hidden = !text;
}

/** Say something that stays until it is closed, with a button that does `act`, if there is one. */
export function banner(text, button = "", act = null) {
  $("banner-text").textContent = text;
  $("banner-do").textContent = button;
  $("banner-do").hidden = !button;
  $("banner-do").onclick = act;
  $("banner").hidden = false;
}
