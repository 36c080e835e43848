// The page of one workspace: how far it is while it is being made, then its editor.

import { ask, follow, Refusal } from "/portal/api.js";
import { announce, byId, element } from "/portal/dom.js";
import { showEngine } from "/portal/engine.js";
import { failure, jobCard } from "/portal/waterfall.js";

let shown = null;
let going = false;
let seen = "";

export function single(main, name, port) {
  main.append(byId("workspace").content.cloneNode(true));
  byId("single-title").textContent = name;
  document.title = `${name} · VibeCode`;
  let live = null;
  let job = null;
  const show = () => live && step(name, port, live.workspaces.find((one) => one.name === name), job);
  follow({
    workspaces: (now) => { live = now; showEngine(live, false); show(); },
    jobs: (now) => { job = now.jobs.findLast((one) => one.workspace === name) ?? null; show(); },
    lost: (lost) => lost && showEngine(null, true),
  });
  setInterval(() => shown?.active && shown.tick(), 200);
}

function step(name, port, workspace, job) {
  const active = job && (job.state === "running" || job.state === "stopping");
  // What a model writes is only there once it is applied; a template's files are there before the editor is.
  const last = job?.title.startsWith("Writing ") ? "apply" : "ready";
  const ready = job?.steps.some((one) => one.step === last && one.state === "done");
  showJob(job && (active || job.state === "failed") ? job : null);
  if (going) return;
  if (active && !ready) return say(job.title === `Deleting ${name}` ? "It is being deleted." : "The editor opens here as soon as it is ready.");
  if (workspace?.state === "running") return void go(name, port);
  if (!workspace) return say("There is no such workspace. It may have been deleted.");
  if (workspace.state === "creating") return say(workspace.reason ?? "It is being made.");
  say(workspace.state === "stopped" ? "It is stopped; its files are kept." : (workspace.reason ?? "It does not run."), [
    ["Start it", () => ask(`/api/workspaces/${name}/start`, "POST")],
  ]);
}

function showJob(job) {
  const content = JSON.stringify(job);
  if (content === seen) return;
  seen = content;
  shown = job && jobCard(job, () => showJob(null));
  byId("single-job").replaceChildren(...(shown ? [shown.card] : []));
}

async function go(name, port) {
  going = true;
  say("Opening the editor…");
  try {
    const { url } = await ask(`/api/workspaces/${name}/open${port ? `?port=${port}` : ""}`, "POST");
    location.replace(url);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    byId("single-job").replaceChildren(failure({ title: error.title, detail: error.message, hint: "" }));
    say("The editor could not be opened.", [["Try again", () => { going = false; return go(name, port); }]]);
  }
}

function say(words, actions = []) {
  if (byId("single-lead").textContent === words) return;
  byId("single-lead").textContent = words;
  announce(words);
  byId("single-actions").replaceChildren(
    ...actions.map(([word, action]) => {
      const button = element("button", { type: "button", className: "primary" }, word);
      button.addEventListener("click", action);
      return button;
    }),
  );
}
