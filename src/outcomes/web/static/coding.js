// Coding goes on without the mouse: a key is an answer, Enter saves. Without this script the same
// form is filled in and sent as any other. What was chosen is kept in the tab until it was saved.
const form = document.getElementById("code");
const back = document.getElementById("back");
const skip = document.getElementById("skip");
const help = document.getElementById("help");
const helpLink = document.getElementById("help-link");
const LONGEST_SECONDS = 1800;
const own = form ? "coding:" + form.dataset.task : "";
let sent = false;

// The time that the page was in sight.
let counted = 0;
let since = document.hidden ? null : performance.now();
const seconds = () => {
  const now = since === null ? 0 : (performance.now() - since) / 1000;
  return Math.min(LONGEST_SECONDS, Math.round(counted + now));
};
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { counted = seconds(); since = null; }
  else if (since === null) since = performance.now();
});

// Drafts: only of the article in sight; its name differs from coder to coder.
const answers = () => [...new FormData(form)]
  .filter(([name]) => !["csrf", "task", "shown", "seconds"].includes(name));
const stored = (work) => { try { return work(sessionStorage); } catch { return null; } };
stored((store) => {
  for (const key of Object.keys(store)) {
    if (key.startsWith("coding:") && key !== own) store.removeItem(key);
  }
});
const keep = () => stored((store) => {
  store.setItem(own, JSON.stringify({ answers: answers(), seconds: seconds() }));
});
const restore = () => {
  const draft = stored((store) => JSON.parse(store.getItem(own) || "null"));
  if (!draft) return;
  counted = draft.seconds || 0;
  if (document.getElementById("fault")) return; // the page holds what was sent
  if (JSON.stringify(draft.answers) === JSON.stringify(answers())) return;
  for (const field of form.elements) {
    const given = draft.answers.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value);
    else if (field.type === "text") field.value = given[0] || "";
  }
  document.getElementById("restored").hidden = false;
};

const named = (name) => form ? [...form.querySelectorAll(`input[name="${name}"]`)] : [];
const chosen = (name) => named(name).find((field) => field.checked)?.value ?? "";
const check = (name, value) => {
  for (const field of named(name)) field.checked = field.value === value;
};
const say = (field) => {
  const words = field.dataset.said;
  document.getElementById("said").textContent = field.checked ? words : "Taken back: " + words;
};
const fit = (changed) => { // a tone makes it relevant; what is not relevant has no tone
  if (changed?.name === "tone" && changed.checked) check("relevant", "1");
  if (changed?.name === "relevant" && chosen("relevant") === "0") {
    for (const name of ["tone", "mixed", "self_credit"]) check(name, null);
  }
  for (const field of named("tone")) field.required = chosen("relevant") === "1";
};
const press = (field) => {
  const taken = field.checked;
  if (field.type === "checkbox") field.checked = !taken;
  else if (!taken) field.checked = true;
  else if (field.name === "prompted") check("prompted", "");
  else if (field.name !== "confidence") field.checked = false;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  say(field);
};
const cycle = () => {
  const fields = named("confidence");
  if (!fields.length) return;
  const next = fields[(fields.findIndex((field) => field.checked) + 1) % fields.length];
  if (!next.checked) press(next);
};
const write = (name) => { document.getElementById(name)?.focus(); };
const openHelp = async () => {
  help.showModal();
  const rules = document.getElementById("help-rules");
  if (rules.children.length) return;
  try {
    const reply = await fetch("/desk/coding/codebook");
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    rules.append(...page.getElementById("rules").children);
  } catch {
    rules.textContent = "The rules could not be loaded. Close this, and open the codebook.";
  }
};
const unsure = () => {
  const field = named("confidence").find((each) => each.value === "1");
  if (field && !field.checked) press(field);
};
const commands = {
  s: () => { if (skip) { skip.open = true; skip.querySelector("summary").focus(); } },
  z: () => { if (back && !sent) back.requestSubmit(); },
  c: cycle,
  u: unsure,
  t: () => write("target"),
  w: () => write("note"),
  "?": () => { if (help) openHelp(); },
};

const skipping = (event) => { // while the reasons are open, keys are reasons
  const reason = skip.querySelector(`input[data-keys="${CSS.escape(event.key)}"]`);
  if (reason) { reason.checked = true; reason.focus(); event.preventDefault(); }
  else if (event.key === "Escape" || event.key === "s") { skip.open = false; document.activeElement.blur(); event.preventDefault(); }
  else if (event.key === "Enter" && !event.target.closest("a, button")) {
    event.preventDefault();
    if (!event.repeat) skip.querySelector("form").requestSubmit();
  }
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help?.open) return;
  const at = event.target;
  if (at.matches?.("input[type=text]")) {
    if (event.key === "Escape") at.blur();
    return;
  }
  if (skip?.open) { skipping(event); return; }
  if (event.key === "Enter") {
    if (!form || at.closest?.("a, button, summary")) return;
    event.preventDefault();
    if (!event.repeat) form.requestSubmit();
    return;
  }
  const key = event.key.toLowerCase();
  const field = form && key.length === 1
    && [...form.querySelectorAll("[data-keys]")].find((each) => each.dataset.keys.includes(key));
  if (!field && !commands[key]) return;
  event.preventDefault();
  if (event.repeat) return;
  if (field) press(field);
  else commands[key]();
});

for (const each of document.querySelectorAll("main form[method=post]")) {
  each.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; } // Enter twice saves once
    sent = true;
    setTimeout(() => { sent = false; }, 5000);
    if (each === form && form.elements.seconds) form.elements.seconds.value = seconds();
  });
}
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
helpLink?.addEventListener("click", (event) => {
  if (!help || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openHelp();
});
if (form) {
  restore();
  fit();
  form.addEventListener("change", (event) => { fit(event.target); keep(); });
  form.addEventListener("input", keep);
}
skip?.addEventListener("toggle", () => { // its reasons open below what is in sight
  if (skip.open) skip.querySelector("form").scrollIntoView({ block: "nearest" });
});
document.getElementById("next")?.focus();
