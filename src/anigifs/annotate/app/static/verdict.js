/** The three questions as rules: what an answer to one says of the others, and when all is said. */

export const QUESTIONS = ["animation", "character", "exact"];
export const NO_ANSWERS = Object.freeze({ animation: "", character: "", exact: "" });

/** Answer one question: what comes before it, and is open, is yes; after a no nothing is asked. */
export function answer(answers, question, value) {
  const at = QUESTIONS.indexOf(question);
  const said = { ...answers, [question]: value };
  QUESTIONS.forEach((name, k) => {
    if (k < at && said[name] !== "unsure") said[name] = "yes";
    if (k > at && value === "no") said[name] = "";
  });
  return said;
}

/** Give every open question the same answer. */
export function rest(answers, value) {
  return Object.fromEntries(QUESTIONS.map((name) => [name, answers[name] || value]));
}

export function complete(answers) {
  const values = QUESTIONS.map((name) => answers[name]);
  return values.includes("no") || !values.includes("");
}

/** One short sentence for people. */
export function told(vote) {
  if (vote.act === "skip") return "Skipped";
  if (vote.animation === "no") return "Not an animation";
  if (vote.character === "no") return "No character performs";
  if (vote.exact === "no") return vote.other ? `Not ${vote.label}, but ${vote.other}` : `Not ${vote.label}`;
  if (QUESTIONS.every((name) => vote[name] === "yes")) return `Accepted as ${vote.label}`;
  return "Unsure";
}
