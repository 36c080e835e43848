// The gallery of templates, and the form that a workspace is made by.

import { ask, Refusal } from "/portal/api.js";
import { byId, element } from "/portal/dom.js";

export async function showTemplates(list, search) {
  const templates = [];
  for (let page = "/api/templates?limit=100"; page; ) {
    const answer = await ask(page);
    templates.push(...answer.templates);
    page = answer.next;
  }
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = templates.filter((one) => words.every((word) => haystack(one).includes(word)));
    list.replaceChildren(...found.map(tile));
    if (!found.length) list.append(element("li", { className: "empty" }, "No template has these words."));
  };
  search.addEventListener("input", show);
  list.setAttribute("aria-busy", "false");
  show();
}

const haystack = (one) =>
  [one.id, one.title, one.description, one.language, one.good_for, ...one.tags].join(" ").toLowerCase();

function tile(one) {
  const button = element(
    "button",
    { type: "button", ariaHasPopup: "dialog" },
    badge(one.language),
    element("span", { className: "title" }, one.title),
    element("span", { className: "about" }, one.good_for ? `${capital(one.good_for)}.` : one.description),
  );
  button.addEventListener("click", () => openForm(one));
  return element("li", {}, button);
}

// The language in short; not the template's icon, which many machines have no font for.
function badge(language) {
  const short = { JavaScript: "JS", TypeScript: "TS" }[language] ?? language.slice(0, 2);
  const made = element("span", { className: "badge", ariaHidden: "true" }, short);
  made.style.setProperty("--hue", [...language].reduce((sum, sign) => sum * 31 + sign.charCodeAt(0), 7) % 360);
  return made;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

function openForm(template) {
  const dialog = byId("new");
  const form = dialog.querySelector("form");
  const name = element("input", {
    name: "name", required: true, maxLength: 40, pattern: "[a-z]([a-z0-9\\-]*[a-z0-9])?", value: template.id.split("/").pop(),
    autocomplete: "off", spellcheck: false, title: "Lower-case letters, digits and hyphens; it starts with a letter.",
  });
  byId("new-title").textContent = `New from ${template.title}`;
  byId("new-description").textContent = template.description;
  byId("new-error").textContent = "";
  byId("new-fields").replaceChildren(
    element("label", {}, "Name", name),
    ...template.variables.map((variable) => field(variable)),
  );
  byId("new-cancel").onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const submit = form.querySelector("[type=submit]");
    submit.disabled = true;
    try {
      const variables = Object.fromEntries(template.variables.map((one) => [one.name, valueOf(form.elements[`variable-${one.name}`])]));
      await ask("/api/workspaces", "POST", { name: name.value, template: template.id, variables });
      dialog.close();
      location.assign(`/workspace/${name.value}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      byId("new-error").textContent = error.message;
    } finally {
      submit.disabled = false;
    }
  };
  dialog.showModal();
  name.select();
}

function field(variable) {
  const name = `variable-${variable.name}`;
  if (variable.type === "boolean") {
    const box = element("input", { type: "checkbox", name, checked: variable.default === "true" });
    return element("label", { className: "check" }, box, variable.title);
  }
  const input = variable.choices.length
    ? element("select", { name }, ...variable.choices.map((choice) => element("option", { selected: choice === variable.default }, choice)))
    : element("input", { name, value: variable.default, autocomplete: "off", inputMode: variable.type === "integer" ? "numeric" : "text" });
  return element("label", {}, variable.title, input);
}

const valueOf = (input) => (input.type === "checkbox" ? String(input.checked) : input.value);
