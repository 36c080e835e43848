// The list of workspaces: what each does, since when, and what can be done with it.

import { ask, Refusal } from "/portal/api.js";
import { ago, byId, element, mark, renew } from "/portal/dom.js";

const WORDS = { creating: "being made", running: "running", stopped: "stopped", failed: "failed", unknown: "not known" };

export function showWorkspaces(list, live, busy) {
  const items = live.workspaces.map((one) => ({ ...one, taken: live.usage[one.name] ?? null, job: busy.get(one.name) ?? null }));
  list.setAttribute("aria-busy", "false");
  if (!items.length) {
    list.replaceChildren(element("li", { className: "empty" }, "There are no workspaces yet. Describe one above, or start from a template."));
    return;
  }
  renew(list, items, (one) => one.name, row);
}

function row(one) {
  const facts = element("span", { className: "facts" }, ...factsOf(one).map((fact) => element("span", {}, fact)));
  const name = element("span", { className: "name", id: `name-${one.name}` }, one.name);
  const who = element("div", { className: "who" }, mark(one.job ? "busy" : one.state), name, facts);
  const actions = element("div", { className: "actions", role: "group", "aria-labelledby": `name-${one.name}` }, ...actionsOf(one));
  return element("li", {}, who, actions);
}

function factsOf(one) {
  const facts = [one.job ?? WORDS[one.state]];
  if (one.reason && !one.job && one.state !== "stopped") facts.push(one.reason);
  if (one.template) facts.push(one.template);
  if (one.taken?.memory) facts.push(`${Math.round(one.taken.memory / 2 ** 20)} MB`);
  if (one.created) facts.push(`made ${ago(one.created)}`);
  if (one.state === "running") {
    for (const port of Object.keys(one.ports)) {
      facts.push(link(`port ${port}`, `port-${port}`, { href: `/workspace/${one.name}?port=${port}`, target: "_blank", rel: "noopener" }));
    }
  }
  return facts;
}

function actionsOf(one) {
  if (one.job) return [link("Watch", "watch", { className: "button", href: one.workspaceUrl })];
  const actions = [];
  if (one.state === "running" || one.state === "unknown") {
    actions.push(change(one, "Stop", "stop"));
    actions.unshift(link("Open", "open", { className: "button", href: one.workspaceUrl, target: "_blank", rel: "noopener" }));
  } else if (one.state !== "creating") {
    actions.push(change(one, "Start", "start"));
  }
  const remove = element("button", { type: "button", className: "quiet" }, "Delete");
  remove.dataset.action = "delete";
  remove.addEventListener("click", () => askToDelete(one.name));
  return [...actions, remove];
}

function link(word, action, properties) {
  const made = element("a", properties, word);
  made.dataset.action = action;
  return made;
}

// While it is asked for, the button keeps the focus, which one that is disabled would lose.
function change(one, word, action) {
  const button = element("button", { type: "button" }, word);
  button.dataset.action = action;
  button.addEventListener("click", async () => {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    await tell(() => ask(`/api/workspaces/${one.name}/${action}`, "POST"));
    button.ariaBusy = "false";
  });
  return button;
}

function askToDelete(name) {
  const dialog = byId("sure");
  byId("sure-title").textContent = `Delete ${name}?`;
  dialog.returnValue = "no";
  dialog.dataset.name = name;
  dialog.showModal();
}

// One listener for all: the end of one dialog may be told after the next has begun. The row may be another by then.
byId("sure").addEventListener("close", ({ target: dialog }) => {
  const name = dialog.dataset.name;
  if (dialog.returnValue === "yes") tell(() => ask(`/api/workspaces/${name}`, "DELETE"));
  else if (!dialog.open) document.querySelector(`[data-key="${name}"] [data-action="delete"]`)?.focus();
});

// Runs a request; what is refused is shown where everybody looks.
export async function tell(request) {
  const note = byId("refused");
  try {
    const answer = await request();
    note.hidden = true;
    return answer;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    note.textContent = `${error.title}. ${error.message}`;
    note.hidden = false;
    return null;
  }
}
