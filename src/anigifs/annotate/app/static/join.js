/** Joining: the token stands behind the # of the link, where no log and no other page sees it. */

const told = document.getElementById("told");
const token = decodeURIComponent(location.hash.slice(1));
history.replaceState(null, "", "/join"); // nobody who looks over a shoulder reads it there

function tell(text, bad) {
  told.textContent = text;
  told.classList.toggle("bad", bad);
}

async function join() {
  const answer = await fetch("/join", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token }),
  });
  if (answer.ok) {
    location.replace("/");
    return;
  }
  const { error } = await answer.json();
  tell(error, true);
}

if (token === "") {
  tell("The link is not whole: it must end in # and a long code. Copy all of it.", true);
} else {
  join().catch(() => tell("The server does not answer. Load the link again in a moment.", true));
}
