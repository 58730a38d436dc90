// Dialogs: a log-in to view, and one for each change, which asks for user and password each time.
import { Problem, change, inWords, logIn } from "./api.js";
import { h, setText } from "./dom.js";

const lengths = [
  ["min", "minutes", 60],
  ["h", "hours", 3600],
  ["d", "days", 86400],
];

function field(label, properties) {
  const input = h("input", { required: true, autocomplete: "off", ...properties });
  return { input, element: h("label", {}, h("span", {}, label), input) };
}

/** Opens a dialog; fulfilled when it is closed, with what `send` returned, or null where it was given up. */
function ask({ title, text, fields, button, mayClose = true, send }) {
  return new Promise((resolve) => {
    let result = null;
    const refusal = h("p", { class: "refusal", role: "alert" });
    const submit = h("button", { type: "submit", class: "main" }, button);
    const heading = h("h2", { id: "dialog-title" }, title);
    const dialog = h(
      "dialog",
      { "aria-labelledby": "dialog-title" },
      h(
        "form",
        {
          onsubmit: async (event) => {
            event.preventDefault();
            submit.disabled = true;
            setText(refusal, "");
            try {
              result = (await send()) ?? {};
              dialog.close();
            } catch (problem) {
              if (!(problem instanceof Problem)) {
                throw problem;
              }
              setText(refusal, inWords(problem));
            } finally {
              submit.disabled = false;
            }
          },
        },
        heading,
        text && h("p", {}, text),
        fields,
        refusal,
        h("div", { class: "buttons" }, submit, mayClose && h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")),
      ),
    );
    dialog.addEventListener("cancel", (event) => mayClose || event.preventDefault());
    dialog.addEventListener("close", () => {
      // Passwords do not stay in the document.
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

function credentials() {
  const user = field("User", { name: "user", autocomplete: "username", autocapitalize: "none", spellcheck: "false" });
  const password = field("Password", { name: "password", type: "password", autocomplete: "current-password" });
  return { elements: [user.element, password.element], read: () => ({ user: user.input.value, password: password.input.value }) };
}

/** Asks who may view, until somebody may. */
export function askForLogin() {
  const who = credentials();
  return ask({
    title: "Log in to view",
    text: "For 12 hours in this tab, and to view only: each change asks again.",
    fields: who.elements,
    button: "Log in",
    mayClose: false,
    send: () => {
      const { user, password } = who.read();
      return logIn(user, password);
    },
  });
}

/** Asks who may change something, and changes it. */
export function askToChange({ title, text, button, method, url, etag }) {
  const who = credentials();
  return ask({ title, text, fields: who.elements, button, send: () => change(method, url, { ...who.read(), etag }) });
}

/** Asks for an override, and sets it. */
export function askToOverride({ name, url, etag, isLatched }) {
  const who = credentials();
  const kinds = h(
    "fieldset",
    {},
    h("legend", {}, "Serve"),
    [
      ["ok", "OK, whatever the checks say"],
      ["fail", "FAIL, whatever the checks say"],
      ["hold", "the state that it has now"],
    ].map(([kind, meaning]) => h("label", { class: "choice" }, h("input", { type: "radio", name: "kind", value: kind, required: true }), h("span", {}, h("strong", {}, kind), ` – ${meaning}`))),
  );
  const reason = field("Reason", { name: "reason", maxlength: 500 });
  const amount = field("For", { name: "for", type: "number", min: 0, step: "any", value: 1 });
  const unit = h("select", { name: "unit", "aria-label": "Unit" }, lengths.map(([value, word]) => h("option", { value, selected: value === "h" }, word)));
  return ask({
    title: `Override ${name}`,
    text: isLatched ? "It is latched: to serve ok takes a user who may reset it as well." : "It always expires, after 30 days at the latest.",
    fields: [kinds, reason.element, h("div", { class: "length" }, amount.element, unit), ...who.elements],
    button: "Set the override",
    send: () =>
      change("PUT", url, {
        ...who.read(),
        etag,
        body: {
          kind: kinds.querySelector("input:checked").value,
          reason: reason.input.value,
          for_seconds: Number(amount.input.value) * lengths.find(([value]) => value === unit.value)[2],
        },
      }),
  });
}
