// The first page: a prompt, what is under way, the workspaces, the templates.

import { ask, follow, Refusal } from "/portal/api.js";
import { announce, byId, element, renew } from "/portal/dom.js";
import { showEngine } from "/portal/engine.js";
import { showTemplates } from "/portal/templates.js";
import { jobCard } from "/portal/waterfall.js";
import { showWorkspaces, tell } from "/portal/workspaces.js";

const dismissed = new Set();
const told = new Map();
let jobs = [];
let live = null;
let ticking = [];

export function home(main) {
  main.append(byId("home").content.cloneNode(true));
  document.title = "VibeCode";
  setUpPrompt(main.querySelector(".prompt"));
  tell(() => showTemplates(byId("templates"), byId("search")));
  follow({
    workspaces: (now) => { live = now; showAll(); },
    jobs: (now) => { jobs = now.jobs; showAll(); },
    lost: (lost) => {
      byId("workspaces").classList.toggle("stale", lost);
      showEngine(lost ? null : live, lost);
    },
  });
  setInterval(() => ticking.forEach((one) => one.active && one.tick()), 200);
  setInterval(() => live && showWorkspaces(byId("workspaces"), live, busy()), 60_000);
}

const active = (job) => job.state === "running" || job.state === "stopping";
const busy = () => new Map(jobs.filter((job) => active(job) && job.workspace).map((job) => [job.workspace, job.title.split(" ")[0].toLowerCase()]));

function showAll() {
  const shown = jobs.filter((job) => active(job) || (job.state === "failed" && !dismissed.has(job.id)));
  document.querySelector(".jobs").hidden = !shown.length;
  const cards = new Map();
  renew(byId("jobs"), shown, (job) => job.id, (job) => {
    const made = jobCard(job, () => { dismissed.add(job.id); showAll(); });
    cards.set(job.id, made);
    return element("li", {}, made.card);
  });
  ticking = [...ticking.filter((one) => one.card.isConnected), ...cards.values()];
  for (const job of jobs) {
    if (told.has(job.id) && told.get(job.id) !== job.state) announce(`${job.title}: ${job.state}`);
    told.set(job.id, job.state);
  }
  if (live) {
    showWorkspaces(byId("workspaces"), live, busy());
    showEngine(live, false);
  }
}

async function setUpPrompt(form) {
  const [prompt, button, hint] = [byId("prompt"), form.querySelector("button"), byId("prompt-hint")];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    hint.textContent = "";
    try {
      const made = await ask("/api/ai/generate-project", "POST", { prompt: prompt.value });
      location.assign(new URL(made.workspaceUrl).pathname);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      hint.textContent = error.message;
      button.disabled = false;
    }
  });
  prompt.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  const status = await tell(() => ask("/api/status"));
  if (status && !status.models) {
    hint.replaceChildren("First sign in to a language model: ", element("code", {}, "vibecode models login"));
    button.disabled = true;
  } else if (matchMedia("(pointer: fine)").matches) {
    hint.textContent = "Ctrl+Enter builds it";
  }
}
