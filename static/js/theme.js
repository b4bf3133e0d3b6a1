// Follows the reader's system into the dark theme, before the first paint: load it in <head> without defer.
// Paper is white: printing always takes the light theme.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const show = (theme) => { document.documentElement.dataset.bsTheme = theme; };
  const follow = () => show(dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
  window.addEventListener("beforeprint", () => show("light"));
  window.addEventListener("afterprint", follow);
})();
