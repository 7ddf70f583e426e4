// Puts a minus and a plus beside each number, for fingers; without it the numbers are typed.
(() => {
  for (const input of document.querySelectorAll("input[data-steps]")) {
    const step = Number(input.dataset.steps) || 1;
    const name = input.labels[0].firstChild.textContent.trim();
    const button = (sign, words, by) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "second";
      made.textContent = sign;
      made.setAttribute("aria-label", `${words}: ${name}`);
      made.addEventListener("click", () => {
        const next = (Number(input.value) || 0) + by;
        input.value = Math.min(Number(input.max), Math.max(Number(input.min), next));
      });
      return made;
    };
    input.before(button("\u2212", "fewer", -step));
    input.after(button("+", "more", step));
  }
})();
