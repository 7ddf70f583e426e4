// Puts newer counts in the place of older ones, while somebody looks, for half an hour at most.
(() => {
  const counts = document.getElementById("counts");
  const until = Date.now() + 30 * 60 * 1000;
  const look = async () => {
    if (Date.now() > until) return;
    try {
      if (!document.hidden) {
        const reply = await fetch(counts.dataset.url, { redirect: "error" });
        if (!reply.ok) return;
        counts.innerHTML = await reply.text();
      }
    } catch { /* the desk is away for a moment: the next look may find it */ }
    setTimeout(look, 10000);
  };
  setTimeout(look, 10000);
})();
