// Requests to the API, and its errors as they are told everywhere: title, detail, hint.

export class Refusal extends Error {
  constructor(problem) {
    super([problem.detail, problem.hint].filter(Boolean).join("\n"));
    this.title = problem.title;
    this.status = problem.status;
    this.code = problem.code;
  }
}

export async function ask(path, method = "GET", body = undefined) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refusal({ title: "VibeCode does not answer", detail: "Its server has ended.", hint: "`vibecode serve` starts it." });
  }
  const document = await answer.json();
  if (!answer.ok) throw new Refusal(document);
  return document;
}

// Calls `on.workspaces` and `on.jobs` with what they are now, again and again; `on.lost` while nothing is heard.
export function follow(on) {
  const source = new EventSource("/api/events");
  for (const name of ["workspaces", "jobs"]) {
    source.addEventListener(name, (event) => on[name](JSON.parse(event.data)));
  }
  source.addEventListener("open", () => on.lost(false));
  source.addEventListener("error", () => on.lost(true));
  return source;
}
