// A job as a waterfall: its steps under each other, each bar where it was in time.

import { ask } from "/portal/api.js";
import { duration, element, mark } from "/portal/dom.js";

const MARKS = { running: "busy", stopping: "busy", done: "done", failed: "failed", stopped: "stopped" };

export function jobCard(job, onDismiss) {
  const active = job.state === "running" || job.state === "stopping";
  const button = element("button", { type: "button", className: "quiet" }, active ? "Stop" : "Dismiss");
  button.dataset.action = "end";
  button.disabled = job.state === "stopping";
  button.setAttribute("aria-label", `${active ? "Stop" : "Dismiss"}: ${job.title}`);
  button.addEventListener("click", () => (active ? ask(job.url, "DELETE") : onDismiss(job)));
  const time = element("span", { className: "time" });
  const rows = job.steps.map((step) => stepRow(step));
  const card = element(
    "div",
    { className: "job" },
    element("div", { className: "job-head" }, mark(MARKS[job.state]), element("strong", {}, job.title), time, button),
    element("div", { className: "steps" }, ...rows.map((row) => row.node)),
    job.error && job.state === "failed" ? failure(job.error) : null,
  );
  // Called again and again while it is on the page: time passes.
  const tick = () => {
    const started = Date.parse(job.started);
    const now = active ? Date.now() : Date.parse(job.finished);
    const total = Math.max(now - started, 1000);
    time.textContent = duration((now - started) / 1000);
    for (const row of rows) row.tick(started, total, now);
  };
  tick();
  return { card, tick, active };
}

export function failure(error) {
  return element("div", { className: "failure", role: "alert" }, element("strong", {}, error.title), `${error.detail}\n${error.hint}`);
}

function stepRow(step) {
  const bar = element("i");
  const time = element("span", { className: "time" });
  const text = step.state === "running" ? step.text : step.note;
  const what = element("span", { className: "what" }, step.title, text ? element("span", { className: "text" }, text) : null);
  const lane = element("span", { className: "lane", ariaHidden: "true" }, bar);
  const node = element("div", { className: `step ${step.state}` }, mark(MARKS[step.state]), what, lane, time);
  const tick = (started, total, now) => {
    const from = Date.parse(step.started);
    const seconds = step.seconds ?? Math.max(0, (now - from) / 1000);
    bar.style.setProperty("--from", `${Math.min(98, ((from - started) / total) * 100)}%`);
    bar.style.setProperty("--span", `${Math.min(100, ((seconds * 1000) / total) * 100)}%`);
    time.textContent = duration(seconds);
  };
  return { node, tick };
}
