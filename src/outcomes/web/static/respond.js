/* The page works without this. It stops a second click from sending a page twice, and lets a
   kiosk begin anew when nobody is there. */
(function () {
  "use strict";
  var sent = false;
  document.addEventListener("submit", function (event) {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    window.setTimeout(function () { sent = false; }, 5000);
  });
  var summary = document.querySelector(".summary");
  if (summary) { summary.focus(); }

  var kiosk = document.body.dataset;
  window.addEventListener("pageshow", function (event) {
    sent = false;
    if (event.persisted && kiosk.go) { window.location.replace(kiosk.go); }
  });
  if (!kiosk.go) { return; }
  var idle = document.getElementById("idle");
  var seconds = Number(kiosk.idle);
  var last = Date.now();
  ["pointerdown", "keydown", "scroll", "input", "touchstart"].forEach(function (kind) {
    document.addEventListener(kind, function () {
      last = Date.now();
      if (idle) { idle.hidden = true; }
    }, { passive: true, capture: true });
  });
  window.setInterval(function () {
    var quiet = (Date.now() - last) / 1000;
    if (quiet >= seconds) { window.location.replace(kiosk.go); }
    else if (idle && quiet >= seconds - 30) { idle.hidden = false; }
  }, 1000);
})();
