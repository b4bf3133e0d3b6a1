// Passkeys: asks the server what to sign, the browser to sign it, and sends the form with the answer.
(() => {
  "use strict";
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list) => (list || []).map((key) => ({ ...key, id: bytes(key.id) }));

  const ask = {
    create: (options) => navigator.credentials.create({ publicKey: {
      ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: keys(options.excludeCredentials) } }),
    get: (options) => navigator.credentials.get({ publicKey: {
      ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) } }),
  };

  const written = (credential) => {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (said[name]) response[name] = text(said[name]);
    }
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: credential.getClientExtensionResults() });
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const missing = form.querySelector("[data-passkey-missing]");
    if (missing) missing.hidden = true;
    form.hidden = false;
    const failed = form.querySelector("[data-passkey-failed]");
    // One question at a time: a double click would ask twice, and the answer to the first question would be wrong.
    let isAsking = false;
    window.addEventListener("pageshow", () => { isAsking = false; });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isAsking) return;
      isAsking = true;
      failed.hidden = true;
      const token = form.querySelector("[name=csrf_token]").value;
      try {
        const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRFToken": token } });
        if (!answer.ok || answer.redirected) throw new Error("no options");
        form.querySelector("[name=answer]").value = written(await ask[form.dataset.passkey](await answer.json()));
      } catch {
        failed.hidden = false;
        isAsking = false;
        return;
      }
      form.submit();
    });
  }
})();
