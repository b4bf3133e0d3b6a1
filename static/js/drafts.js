// What is typed into a form with data-draft is kept on this device until it has been saved: a lost connection, a closed
// page or an expired session loses nothing. Keyed by form and person; older than a week it is thrown away.
(() => {
  const WEEK = 7 * 24 * 60 * 60 * 1000;
  const place = (key) => `draft:${key}`;
  const store = {
    read(key) { try { return JSON.parse(localStorage.getItem(place(key))); } catch { return null; } },
    write(key, draft) { try { localStorage.setItem(place(key), JSON.stringify(draft)); } catch { /* private window: nothing is kept */ } },
    drop(key) { try { localStorage.removeItem(place(key)); } catch { /* nothing was kept */ } },
  };

  for (const done of document.querySelectorAll("[data-draft-done]")) store.drop(done.dataset.draftDone);

  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = form.dataset.draft;
  const note = document.querySelector("[data-draft-note]");
  const discard = note?.querySelector("[data-draft-discard]");
  const tell = (text, offersDiscard) => {
    if (!note) return;
    note.hidden = !text;
    note.querySelector("[data-draft-text]").textContent = text;
    discard.hidden = !offersDiscard;
  };

  const kept = (control) => control.name && control.name !== "csrf_token" && control.type !== "submit" && control.type !== "file";
  const isChoice = (control) => control.type === "radio" || control.type === "checkbox";
  const state = () => {
    const values = {};
    for (const control of form.elements) {
      if (kept(control) && (!isChoice(control) || control.checked)) values[control.name] = control.value;
    }
    return values;
  };
  const asServed = JSON.stringify(state());

  const fill = (values) => {
    for (const control of form.elements) {
      if (!kept(control)) continue;
      if (isChoice(control)) control.checked = values[control.name] === control.value;
      else if (control.name in values) control.value = values[control.name];
      if (control.value && !isChoice(control) && control.type !== "hidden") control.closest("details")?.setAttribute("open", "");
    }
  };

  // A page that answers with errors already shows what was typed; only a fresh page takes the draft back.
  const draft = store.read(key);
  if (draft && Date.now() - draft.at > WEEK) store.drop(key);
  else if (draft && "draftRestore" in form.dataset) {
    fill(draft.values);
    if (JSON.stringify(state()) !== asServed) tell(note?.dataset.restored ?? "", true);
    else store.drop(key);
  }

  const keep = () => store.write(key, { at: Date.now(), values: state() });
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  discard?.addEventListener("click", () => { store.drop(key); form.reset(); tell("", false); });

  form.addEventListener("submit", (event) => {
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    tell(note?.dataset.offline ?? "", false);
    note?.scrollIntoView({ block: "center" });
  });
  window.addEventListener("offline", () => { keep(); tell(note?.dataset.offline ?? "", false); });
  window.addEventListener("online", () => tell(note?.dataset.online ?? "", false));
})();
