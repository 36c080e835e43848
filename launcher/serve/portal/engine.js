// Where workspaces live, in the corner: which engine, and whether it is in reach.

import { byId, mark } from "/portal/dom.js";

const WORDS = { kind: "your cluster", local: "this machine", context: "another cluster" };

export function showEngine(live, lost) {
  const line = byId("engine");
  if (lost) return line.replaceChildren(mark("failed"), "VibeCode does not answer");
  if (!live) return line.replaceChildren();
  const engine = live.engines.find((one) => one.engine === live.chosen) ?? live.engines[0];
  line.title = live.reason;
  line.replaceChildren(mark(engine.error ? "failed" : "running"), engine.error ? engine.error.title : WORDS[engine.engine]);
  const note = byId("unreachable");
  const errors = live.engines.filter((one) => one.error);
  if (note) {
    note.hidden = !errors.length;
    note.textContent = errors.map((one) => `${WORDS[one.engine]}: ${one.error.title}. ${one.error.hint}`).join("\n");
  }
}
