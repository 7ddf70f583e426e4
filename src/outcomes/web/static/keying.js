// Keying goes on without the mouse: Enter leads to the next field, and what a code means lights up.
// Without this script Tab does the same, and the meaning is shown once the page was sent.
const form = document.querySelector("form.keying");
const fields = form ? [...form.querySelectorAll("input:not([type=hidden]), textarea, #done")] : [];

for (const field of fields) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || field.id === "done") return;
    event.preventDefault();
    const next = fields[fields.indexOf(field) + 1];
    next.focus();
    if (next.select) next.select();
  });
  const codes = document.getElementById(field.dataset.codes || "");
  if (!codes) continue;
  const show = () => {
    const typed = field.value.split(/[\s,;]+/).filter(Boolean);
    const known = new Map([...codes.children].map((each) => [each.dataset.code, each]));
    for (const [code, each] of known) each.classList.toggle("taken", typed.includes(code));
    const said = field.parentElement.querySelector(".said");
    const meant = typed.map((code) => known.get(code)?.querySelector("span").textContent ?? "?");
    said.textContent = meant.join(", ");
  };
  field.addEventListener("input", show);
  field.addEventListener("focus", show);
  field.addEventListener("blur", () => {
    for (const each of codes.children) each.classList.remove("taken");
  });
}

const first = fields.find((field) => field.getAttribute("aria-invalid")) ?? fields[0];
if (first && !location.hash && !document.querySelector(".note")) first.focus();

for (const field of document.querySelectorAll("[data-takes]")) {
  field.addEventListener("input", () => {
    document.getElementById(field.dataset.takes).checked = true;
  });
}
