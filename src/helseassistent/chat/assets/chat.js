// The conversation in the browser. Runs once inside Gradio's HTML component, which gives `element` (its root) and
// `server` (our Python functions). Text typed by people enters the page through textContent only; HTML comes from
// chat/markup.py, which escapes everything that is not ours.
const data = window.helseassistent;
const find = (selector) => element.querySelector(selector);
const [log, form, field, send] = ["#ha-log", "#ha-form", "#ha-question", "#ha-send"].map(find);
const [status, error, undo, actions, welcome] =
  ["#ha-status", "#ha-error", "#ha-undo", "#ha-actions", "#ha-welcome"].map(find);
let language = data.language;
let chosen = data.chosen;
let turns = [];
let turn = 0;
let visit = 0;
let working = false;
let deleted = null;

const words = (key) => data.texts[language][key];
const plain = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.textContent;
};
const filled = (key, values) =>
  plain(words(key)).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

function say(text, seen) {
  status.classList.toggle("ha-unseen", !seen);
  status.textContent = text;
}

function complain(text) {
  error.textContent = text;
  field.toggleAttribute("aria-invalid", Boolean(text));
  if (text) field.setAttribute("aria-invalid", "true");
}

function speak(next) {
  language = next;
  document.documentElement.lang = next;
  document.title = plain(words("title"));
  for (const node of document.querySelectorAll("[data-t]")) node.innerHTML = words(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]"))
    node.setAttribute("aria-label", plain(words(node.dataset.label)));
  for (const node of document.querySelectorAll("[data-language]")) {
    if (node.dataset.language === next) node.setAttribute("aria-current", "true");
    else node.removeAttribute("aria-current");
  }
  if (!working) say("", true);
  complain("");
}

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 4}px`;
}

function messageOf(text) {
  const article = document.createElement("article");
  article.className = "ha-message ha-asked";
  article.lang = language;
  article.setAttribute("aria-labelledby", `ha-${turn}-you`);
  const who = document.createElement("h3");
  who.className = "ha-who";
  who.id = `ha-${turn}-you`;
  who.textContent = plain(words("you"));
  const body = document.createElement("p");
  body.className = "ha-body";
  body.textContent = text;
  article.append(who, body);
  return article;
}

function failure(key) {
  const article = document.createElement("article");
  article.className = "ha-message ha-reply ha-failed";
  article.lang = language;
  article.innerHTML = `<div class="ha-body" role="alert"><p>${words(key)}</p><p>${words("failed_help")}</p></div>`;
  return article;
}

function show(question, reply) {
  log.append(reply);
  welcome.hidden = true;
  actions.hidden = false;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  question.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
}

function begin(text) {
  deleted = null;
  undo.hidden = true;
  turn += 1;
  working = true;
  send.setAttribute("aria-disabled", "true");
  const question = messageOf(text);
  log.append(question);
  welcome.hidden = true;
  field.value = "";
  grow();
  say(plain(words("working")), true);
  question.scrollIntoView({ block: "nearest" });
  return question;
}

async function ask(text) {
  const mine = visit;
  const question = begin(text);
  const patience = setTimeout(() => say(plain(words("working_long")), true), 8000);
  let answer;
  try {
    answer = await server.message({ turns: [...turns, text].slice(-10), lang: chosen, turn });
  } catch {
    answer = { failed: navigator.onLine ? "failed" : "offline" };
  }
  clearTimeout(patience);
  working = false;
  send.removeAttribute("aria-disabled");
  if (mine !== visit) return; // deleted while we waited
  if (!answer || typeof answer.html !== "string") {
    const key = answer && answer.failed;
    show(question, failure(["busy", "offline"].includes(key) ? key : "failed"));
    say("", true);
    if (!field.value) field.value = text;
  } else {
    turns.push(text);
    const holder = document.createElement("template");
    holder.innerHTML = answer.html;
    show(question, holder.content.firstElementChild);
    say(answer.spoken, false);
  }
  grow();
  field.focus({ preventScroll: true });
}

function submit() {
  if (working) return;
  const text = field.value.trim();
  if (!text) return complain(plain(words("empty")));
  const over = [...text].length - data.limit;
  if (over > 0) return complain(filled("too_long", { over, limit: data.limit }));
  complain("");
  ask(text);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
  field.focus({ preventScroll: true });
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
field.addEventListener("input", () => {
  grow();
  if (error.textContent) complain("");
});
for (const example of element.querySelectorAll(".ha-example"))
  example.addEventListener("click", () => {
    field.value = example.textContent;
    complain("");
    grow();
    field.focus();
  });
find("#ha-print").addEventListener("click", () => window.print());
find("#ha-clear").addEventListener("click", () => {
  deleted = { nodes: [...log.childNodes], turns };
  log.replaceChildren();
  turns = [];
  visit += 1;
  undo.hidden = false;
  actions.hidden = true;
  welcome.hidden = false;
  say(plain(words("cleared")), true);
  field.focus();
});
undo.addEventListener("click", () => {
  log.replaceChildren(...deleted.nodes);
  turns = deleted.turns;
  deleted = null;
  undo.hidden = true;
  actions.hidden = false;
  welcome.hidden = true;
  say(plain(words("restored")), true);
  field.focus();
});
log.addEventListener("click", (event) => {
  const mark = event.target.closest(".ha-mark");
  if (!mark) return;
  event.preventDefault();
  const card = document.getElementById(mark.getAttribute("href").slice(1));
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
});
document.querySelector(".ha-skip").addEventListener("click", (event) => {
  event.preventDefault();
  field.focus();
});
for (const link of document.querySelectorAll("[data-language]"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    chosen = link.dataset.language;
    speak(chosen);
    history.replaceState(null, "", link.getAttribute("href"));
  });
window.addEventListener("beforeprint", () => {
  for (const part of log.querySelectorAll("details")) part.open = true;
});
document.querySelector("#ha-loading")?.remove();
speak(language);
