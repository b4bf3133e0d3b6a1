// Light or dark: what the reader chose with the switch, else what the system says. Before the first paint: load it in
// <head> without defer. Paper is white: printing always takes the light theme.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem("theme", theme); } catch { /* private window: for this page only */ } };
  const show = (theme) => { document.documentElement.dataset.bsTheme = theme; };
  const follow = () => show(kept() ?? (dark.matches ? "dark" : "light"));
  follow();
  dark.addEventListener("change", follow);
  window.addEventListener("beforeprint", () => show("light"));
  window.addEventListener("afterprint", follow);

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("[data-theme-switch]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const theme = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
        keep(theme);
        show(theme);
      });
    }
    // Whoever signs out leaves no draft on this device; a session that only expired keeps it.
    document.querySelector("form[data-leaves]")?.addEventListener("submit", () => {
      try {
        for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) localStorage.removeItem(key);
      } catch { /* private window: nothing was kept */ }
    });
    // What is wrong in a form is read out first; an open menu closes when something else is pressed.
    document.querySelector(".error-summary")?.focus();
    document.addEventListener("click", (event) => {
      for (const menu of document.querySelectorAll("details.person-menu[open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
  });
})();
