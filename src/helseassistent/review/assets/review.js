// The page for staff: keys, and picking a quote in the source. Everything else works without this script.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const say = (text) => { byId("ra-status").textContent = text; };
  const keysOff = "helseassistent-uten-hurtigtaster";

  // --- The list of keys, and whether single keys do anything.
  const dialog = byId("ra-keys");
  const keysOn = byId("ra-keys-on");
  keysOn.checked = localStorage.getItem(keysOff) === null;
  keysOn.addEventListener("change", () => {
    if (keysOn.checked) localStorage.removeItem(keysOff);
    else localStorage.setItem(keysOff, "ja");
  });
  byId("ra-keys-open").hidden = false;
  byId("ra-keys-open").addEventListener("click", () => dialog.showModal());

  // --- The source: which sentence one stands on, which are selected, what is picked.
  let now = null; // the sentence that the arrow keys have come to
  let anchor = null; // where a selection of sentences began
  let words = null; // a range picked by mouse: {start, end, text}

  const page = () => byId("ra-page");
  const canPick = () => byId("ra-source")?.dataset.canPick === "ja";
  const sentences = () => [...page().querySelectorAll(".ra-sentence")];
  const startOf = (piece) => Number(piece.dataset.start);
  const endOf = (piece) => Number(piece.dataset.end);
  const points = (text) => [...text].length; // code points, as the server counts

  function selected() {
    if (words) return words;
    if (!anchor || !now) return null;
    const [first, last] = startOf(anchor) <= startOf(now) ? [anchor, now] : [now, anchor];
    return { start: startOf(first), end: endOf(last), text: textBetween(startOf(first), endOf(last)) };
  }

  function textBetween(start, end) {
    const within = [...page().querySelectorAll("[data-start]")].filter((p) => startOf(p) >= start && endOf(p) <= end);
    return within.map((piece) => piece.textContent).join("");
  }

  function show() {
    const range = words ? null : selected();
    for (const piece of sentences()) {
      const inside = range && startOf(piece) >= range.start && endOf(piece) <= range.end;
      if (canPick()) piece.setAttribute("aria-selected", String(Boolean(inside)));
      piece.classList.toggle("ra-now", piece === now);
    }
    if (now && canPick()) page().setAttribute("aria-activedescendant", now.id);
    const pick = byId("ra-pick");
    if (pick) pick.disabled = !selected();
  }

  function moveTo(piece, { extend = false, scroll = true } = {}) {
    if (!piece) return;
    words = null;
    if (extend) anchor ??= now ?? piece;
    else anchor = null;
    now = piece;
    show();
    if (scroll) now.scrollIntoView({ block: "nearest" });
  }

  function first() {
    const marked = page().querySelector("mark");
    return marked ? marked.closest(".ra-sentence") ?? sentences()[0] : sentences()[0];
  }

  function toMark() {
    const marked = page()?.querySelector("mark");
    if (!marked) return;
    const box = page();
    box.scrollTop += marked.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }

  function onPageKey(event) {
    const all = sentences();
    const at = all.indexOf(now);
    const to = {
      ArrowDown: () => (at < 0 ? first() : all[Math.min(at + 1, all.length - 1)]),
      ArrowUp: () => (at < 0 ? first() : all[Math.max(at - 1, 0)]),
      Home: () => all[0],
      End: () => all[all.length - 1],
    }[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (to) moveTo(to(), { extend: event.shiftKey });
    else if (event.key === " " && now) { words = null; anchor = anchor ? null : now; show(); }
    else if (event.key === "Enter") { if (!selected()) { anchor = now; show(); } pick(); }
    else if (event.key === "Escape" && (anchor || words)) { anchor = words = null; show(); event.stopPropagation(); }
    else return;
    event.preventDefault();
  }

  // Where in the page a point of the browser's selection is.
  function offsetOf(node, offset) {
    const holder = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
    if (!holder) {
      const next = node.childNodes[offset];
      return next?.dataset?.start !== undefined ? startOf(next) : null;
    }
    const before = document.createRange();
    before.setStart(holder, 0);
    before.setEnd(node, offset);
    return startOf(holder) + points(before.toString());
  }

  function onSelection() {
    const selection = document.getSelection();
    if (!page() || !canPick() || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!page().contains(range.startContainer) || !page().contains(range.endContainer)) return;
    const start = offsetOf(range.startContainer, range.startOffset);
    const end = offsetOf(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start || !range.toString().trim()) return;
    anchor = null;
    words = { start, end, text: range.toString() };
    show();
  }

  function pick() {
    const range = selected();
    const source = byId("ra-source").dataset;
    if (!range || !range.text.trim()) return;
    const value = `${source.mark}:${range.start}-${range.end}:${source.file}`;
    const list = byId("ra-picked-list");
    if (![...list.querySelectorAll("input")].some((input) => input.value === value)) {
      const item = document.createElement("li");
      const input = Object.assign(document.createElement("input"), { type: "hidden", name: "right", value });
      const quote = Object.assign(document.createElement("q"), { textContent: range.text.trim() });
      const title = Object.assign(document.createElement("span"), { className: "ra-quiet", textContent: source.title });
      const remove = Object.assign(document.createElement("button"), { type: "button", className: "ra-plain ra-remove" });
      const unseen = Object.assign(document.createElement("span"), { className: "ha-unseen", textContent: " sitatet" });
      remove.append("Fjern", unseen);
      item.append(input, quote, " ", title, " ", remove);
      list.append(item);
    }
    byId("ra-picked-none").hidden = true;
    const verdict = document.querySelector("input[name=judgement]:checked")?.value;
    let told = "";
    if (verdict !== "corrected" && verdict !== "should_answer" && verdict !== "wrong_source" && verdict !== "dangerous") {
      const chosen = byId("ra-form").dataset.kind === "answer" ? "corrected" : "should_answer";
      const radio = document.querySelector(`input[name=judgement][value=${chosen}]`);
      radio.checked = true;
      told = ` Vurderingen er satt til ${radio.parentElement.querySelector("b").textContent}.`;
    }
    anchor = words = null;
    document.getSelection().removeAllRanges();
    show();
    say(`Valgt som riktig sitat: ${range.text.trim()}.${told}`);
  }

  function setUpSource() {
    now = anchor = words = null;
    if (!page()) return;
    page().addEventListener("keydown", onPageKey);
    page().addEventListener("focus", () => { if (!now && page().matches(":focus-visible")) moveTo(first(), { scroll: false }); });
    page().addEventListener("click", (event) => {
      if (!document.getSelection().isCollapsed) return;
      const piece = event.target.closest(".ra-sentence");
      if (!piece) return;
      const again = anchor === piece && now === piece;
      moveTo(piece, { extend: event.shiftKey, scroll: false });
      if (!event.shiftKey) { anchor = again ? null : piece; show(); }
    });
    byId("ra-pick")?.addEventListener("click", pick);
    show();
    toMark();
  }

  // Another page is shown in place, so that what is written in the form stays.
  async function load(address) {
    const response = await fetch(address, { headers: { accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("ra-source");
    if (!response.ok || !fresh) { location.assign(address); return; }
    byId("ra-source").replaceWith(document.adoptNode(fresh));
    const file = document.querySelector("#ra-form [name=words_file]");
    if (file) file.value = fresh.dataset.file ?? "";
    setUpSource();
    (page() ?? byId("ra-source").querySelector("a"))?.focus({ preventScroll: true });
    byId("ra-source").scrollIntoView({ block: "nearest" });
    say(`Viser ${fresh.dataset.title ?? "søket"}.`);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.ra-load");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      load(link.href.split("#")[0]);
    }
    const remove = event.target.closest(".ra-remove");
    if (remove) {
      remove.closest("li").remove();
      const left = byId("ra-picked-list").children.length;
      byId("ra-picked-none").hidden = left > 0;
      say("Sitatet er fjernet.");
      byId("ra-save").focus();
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "ra-find") return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    for (const [name, value] of new FormData(event.target)) query.set(name, value);
    load(`${event.target.action.split("?")[0]}?${query}`);
  });
  document.addEventListener("selectionchange", onSelection);

  // --- Single keys.
  function step(by) {
    const all = [...document.querySelectorAll(".ra-question")];
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)].focus();
  }
  function verdict(number) {
    const radio = document.querySelectorAll("input[name=judgement]")[number - 1];
    if (!radio) return;
    radio.checked = true;
    radio.focus();
  }
  const single = {
    "?": () => dialog.showModal(),
    "/": () => (byId("ra-search") ?? document.querySelector("#ra-find input[type=search]"))?.focus(),
    j: () => step(1),
    k: () => step(-1),
    s: () => page()?.focus(),
    n: () => byId("ra-note")?.focus(),
    v: () => (document.querySelector("input[name=importance]:checked") ?? document.querySelector("input[name=importance]"))?.focus(),
    g: () => { if (page()) { page().focus(); moveTo(first()); toMark(); } },
    q: () => byId("ra-back")?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (dialog.open) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && byId("ra-form")) {
      event.preventDefault();
      byId("ra-form").requestSubmit();
      return;
    }
    const field = event.target.closest("input:not([type=radio]), select, textarea");
    if (field || event.ctrlKey || event.altKey || event.metaKey || !keysOn.checked) return;
    const does = /^[1-6]$/.test(event.key) ? () => verdict(Number(event.key)) : single[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  setUpSource();
  (byId("ra-conflict") ?? byId("ra-error"))?.scrollIntoView({ block: "center" });
})();
