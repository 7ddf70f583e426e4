// The server prints an address with the set-up code behind "#", which browsers never send.
const code = decodeURIComponent(location.hash.slice(1));
const field = document.getElementById("token");
if (code && field) {
  field.value = code;
  history.replaceState(null, "", location.pathname);
}
