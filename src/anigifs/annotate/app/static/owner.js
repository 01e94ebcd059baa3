/** The owner's pages: forms that are sent as JSON, a filter, and numbers that come later. */

const csrf = document.querySelector('meta[name="csrf-token"]').content;

async function post(url, values) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
    body: JSON.stringify(values),
  });
  const told = await answer.json().catch(() => ({ error: "The server sent no answer." }));
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function valuesOf(form, button) {
  const values = Object.fromEntries(new FormData(form));
  if (button?.name) values[button.name] = button.value;
  return values;
}

/** What happens after a form was stored, by its data-then. */
const then = {
  reload: () => location.reload(),
  remove(form) {
    const card = form.closest("[data-card]");
    const next = card.nextElementSibling ?? card.previousElementSibling;
    card.remove();
    next?.focus();
    const left = document.getElementById("left");
    if (left) left.textContent = String(Math.max(0, Number(left.textContent) - 1));
    if (!document.querySelector("[data-card]")) location.reload();
  },
  tell: (form, told) => say(form, told.told, false),
  link(form, told) {
    const place = form.querySelector("[data-link]");
    place.textContent = `${location.origin}/join#${told.token}`;
    place.hidden = false;
    say(form, `The link for ${told.name}, shown this once. Send it to nobody else:`, false);
  },
};

function say(form, text, bad) {
  const place = form.querySelector("[role=status]");
  place.textContent = text;
  place.classList.toggle("bad", bad);
  place.classList.toggle("good", !bad);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.post) return;
  event.preventDefault();
  const values = valuesOf(form, event.submitter);
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => (button.disabled = true));
  try {
    then[form.dataset.then](form, await post(form.dataset.post, values));
  } catch (error) {
    say(form, error.message, true);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
});

const filter = document.getElementById("filter");
filter?.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const row of document.querySelectorAll("[data-label]")) {
    row.hidden = !row.dataset.label.toLowerCase().includes(wanted);
  }
});

if (document.querySelector("[data-counting]")) setTimeout(() => location.reload(), 3000);
