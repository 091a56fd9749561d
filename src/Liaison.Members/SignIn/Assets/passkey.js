// The only script of the pages: WebAuthn can be reached in no other way. The form carries what the hub asks and what the authenticator answers.
"use strict";
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]"), button = form.querySelector("button");
    failed.hidden = button.disabled = true;
    try {
      const asked = JSON.parse(form.dataset.options);
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = button.disabled = false;
    }
  });
}
