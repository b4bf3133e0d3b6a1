// The screen of the weekly meeting: one page at a time, turned with keys. Without this script the pages stand one below
// the other and the links lead from page to page.
(() => {
  const pages = [...document.querySelectorAll(".deck-page")];
  const said = document.querySelector("[data-deck-said]");
  const full = document.querySelector("[data-deck-full]");
  const leave = document.querySelector("[data-deck-leave]");
  const last = pages.length - 1;
  let typed = "";

  const named = () => Math.max(0, pages.findIndex((page) => `#${page.id}` === location.hash));
  let current = named();

  const show = (number, moves = true) => {
    current = Math.min(last, Math.max(0, number));
    typed = "";
    pages.forEach((page, place) => { page.hidden = place !== current; });
    if (!moves) return;
    history.replaceState(null, "", `#${pages[current].id}`);
    window.scrollTo(0, 0);
    const heading = pages[current].querySelector("[tabindex='-1']");
    heading.focus({ preventScroll: true });
    said.textContent = `${current} / ${last}`;
  };

  // A digit that can only mean one page opens it at once; otherwise the next digit or Enter decides.
  const dial = (digit) => {
    typed += digit;
    const number = Number(typed);
    if (number > last) typed = "";
    else if (number > 0 && number * 10 > last) show(number);
    else said.textContent = typed;
  };

  const fill = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  };

  const atBottom = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  const keys = {
    ArrowRight: () => show(current + 1),
    ArrowLeft: () => show(current - 1),
    PageDown: () => show(current + 1),
    PageUp: () => show(current - 1),
    Home: () => show(0),
    End: () => show(last),
    f: fill,
    F: fill,
    Escape: () => { if (typed) typed = ""; else leave.click(); },
  };

  document.addEventListener("keydown", (event) => {
    const inField = event.target.closest("input, select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey || inField) return;
    const onControl = event.target.closest("a, button");
    let act = keys[event.key];
    if (event.key === "ArrowDown" && atBottom()) act = keys.ArrowRight;
    if (event.key === "ArrowUp" && window.scrollY === 0) act = keys.ArrowLeft;
    if (event.key === " " && !onControl) act = event.shiftKey ? keys.ArrowLeft : keys.ArrowRight;
    if (event.key === "Enter" && typed) act = () => show(Number(typed));
    if (/^\d$/.test(event.key)) act = () => dial(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#page-']");
    if (!link) return;
    event.preventDefault();
    show(pages.findIndex((page) => `#${page.id}` === link.hash));
  });
  window.addEventListener("hashchange", () => show(named()));
  window.addEventListener("beforeprint", () => pages.forEach((page) => { page.hidden = false; }));
  window.addEventListener("afterprint", () => show(current, false));

  if (document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", fill);
  }
  document.querySelector("[data-deck-keys]").hidden = false;
  document.body.classList.add("is-deck");
  show(current, current > 0);
})();
