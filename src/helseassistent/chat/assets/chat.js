// The conversation in the browser. Runs once inside Gradio's HTML component, which gives `element`, its root. Text typed
// by people enters the page through textContent only; HTML comes from chat/markup.py, which escapes everything that is
// not ours.
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
const said = new WeakMap(); // a reply's article -> the question and the reply as plain text
const STEPS = { searching: "working.0", reading: "working.1", checking: "working.2", phrasing: "working.3" };
const STAGES = { waiting: "waiting", ...STEPS };
const LONG = 8000; // milliseconds after which a person is told that it takes some time

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

// What is being done, for the eye, where the reply will come, as the server tells it. The status line has told the ear
// once.
function pending() {
  const article = document.createElement("article");
  article.className = "ha-message ha-pending";
  article.setAttribute("aria-hidden", "true");
  const who = document.createElement("p");
  who.className = "ha-who";
  who.textContent = plain(words("assistant"));
  const step = document.createElement("p");
  step.className = "ha-body";
  step.textContent = plain(words("working.0"));
  article.append(who, step);
  const tell = (key) => (step.textContent = plain(words(key)));
  const clock = setTimeout(() => tell("working_long"), LONG);
  const hear = ({ stage, sentence }) => {
    if (stage) return tell(STAGES[stage] ?? "working.0");
    const drafted = document.createElement("p");
    drafted.className = "ha-drafted";
    drafted.textContent = sentence;
    article.append(drafted);
  };
  return { article, hear, end: () => (clearTimeout(clock), article.remove()) };
}

// What was masked leaves the page too: the message shows its placeholders and says why.
function mask(question, answer) {
  question.querySelector(".ha-body").textContent = answer.question;
  const told = document.createElement("p");
  told.className = "ha-removed";
  told.textContent = answer.removed;
  question.append(told);
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
  say(plain(words("working.0")), false);
  question.scrollIntoView({ block: "nearest" });
  return question;
}

function post(address, value, accepted = "application/json") {
  const headers = { "Content-Type": "application/json", Accept: accepted };
  return fetch(address, { method: "POST", headers, body: JSON.stringify(value) });
}

// The last object of a reply that comes line by line; the stages and checked sentences before it are told to `hear`.
async function received(response, hear) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let last = null;
  const take = (line) => {
    const told = JSON.parse(line);
    if (told.stage || told.sentence) hear(told);
    else last = told;
  };
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = lines.pop();
    lines.forEach(take);
    if (!done) continue;
    if (rest) take(rest);
    return last;
  }
}

async function ask(text) {
  const mine = visit;
  const question = begin(text);
  const wait = pending();
  log.append(wait.article);
  wait.article.scrollIntoView({ block: "nearest" });
  let answer;
  // What the page offered stands alone, and was tried out alone.
  const alone = [...log.querySelectorAll(".ha-next")].some((offered) => offered.textContent === text);
  const before = alone ? [] : turns;
  try {
    const asked = { turns: [...before, text].slice(-10), lang: chosen, turn };
    answer = await received(await post("./message", asked, "application/x-ndjson"), wait.hear);
  } catch {
    answer = { failed: navigator.onLine ? "failed" : "offline" };
  }
  wait.end();
  working = false;
  send.removeAttribute("aria-disabled");
  if (mine !== visit) return; // deleted while we waited
  if (!answer || typeof answer.html !== "string") {
    const key = answer && answer.failed;
    show(question, failure(["busy", "limited", "off", "offline"].includes(key) ? key : "failed"));
    say("", true);
    if (!field.value) field.value = text;
  } else {
    turns = [...before, answer.question ?? text];
    if (answer.removed) mask(question, answer);
    const holder = document.createElement("template");
    holder.innerHTML = answer.html;
    const reply = holder.content.firstElementChild;
    said.set(reply, { question: answer.question ?? text, reply: answer.text });
    show(question, reply);
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
function fillIn(example) {
  field.value = example.textContent;
  complain("");
  grow();
  field.focus();
}
for (const example of element.querySelectorAll(".ha-example"))
  example.addEventListener("click", () => fillIn(example));

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // not allowed in this frame, or the page is not served over TLS
    const area = document.createElement("textarea");
    area.className = "ha-unseen";
    area.value = text;
    element.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function wholeConversation() {
  const now = new Date().toLocaleString(language === "nn" ? "nn-NO" : "nb-NO", { dateStyle: "long", timeStyle: "short" });
  const exchanges = [...log.querySelectorAll(".ha-reply")].map((reply) => said.get(reply)).filter(Boolean);
  const parts = exchanges.flatMap(({ question, reply }) => [
    `${plain(words("you"))}:\n${question}`,
    `${plain(words("assistant"))}:\n${reply}`,
  ]);
  const numbers = ["emergency.0", "emergency.1"].map((key) => plain(words(key))).join("\n");
  return [filled("download_head", { date: now }), numbers, ...parts].join("\n\n") + "\n";
}

function download() {
  const address = URL.createObjectURL(new Blob(["\ufeff", wholeConversation()], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "helseassistent.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

async function judge(reply, button) {
  const { helpful, reason = null } = button.dataset;
  const verdict = { reply: reply.dataset.reply, helpful: helpful === "true", reason };
  let heard = false;
  try {
    heard = (await post("./api/feedback", verdict)).ok;
  } catch {
    heard = false;
  }
  if (!heard) return say(plain(words("feedback_failed")), true);
  for (const other of reply.querySelectorAll("[data-helpful]")) {
    const holds = other === button || (!other.dataset.reason && other.dataset.helpful === helpful);
    other.setAttribute("aria-pressed", holds);
  }
  reply.querySelector(".ha-why").hidden = verdict.helpful;
  const asking = !verdict.helpful && !reason;
  reply.querySelector(".ha-thanks").hidden = asking;
  say(asking ? reply.querySelector(".ha-why > span").textContent : plain(words("feedback_thanks")), false);
}

const cameFrom = new WeakMap(); // a link back to the answer -> the number that led to its card

// To the card of a source, and from there back to the number that led to it, or else to its first.
function lead(link) {
  const target = document.getElementById(link.getAttribute("href").slice(1));
  if (link.matches(".ha-mark")) cameFrom.set(target.querySelector(".ha-back"), link);
  const reached = cameFrom.get(link) ?? target;
  reached.focus({ preventScroll: true });
  reached.scrollIntoView({ block: "nearest" });
}

find("#ha-download").addEventListener("click", download);
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
log.addEventListener("click", async (event) => {
  const pressed = event.target.closest(".ha-mark, .ha-back, .ha-copy, .ha-next, [data-helpful]");
  const reply = pressed?.closest(".ha-reply");
  if (!reply) return;
  if (pressed.matches("[data-helpful]")) return judge(reply, pressed);
  if (pressed.matches(".ha-next")) return fillIn(pressed);
  if (!pressed.matches(".ha-copy")) {
    event.preventDefault();
    return lead(pressed);
  }
  const done = await copy(said.get(reply).reply);
  pressed.focus({ preventScroll: true });
  say(plain(words(done ? "copied" : "copy_failed")), true);
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
let folded = [];
window.addEventListener("beforeprint", () => {
  const closed = [...log.querySelectorAll("details:not([open])")];
  folded.push(...closed);
  for (const part of closed) part.open = true;
});
window.addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
  folded = [];
});
document.querySelector("#ha-loading")?.remove();
speak(language);
