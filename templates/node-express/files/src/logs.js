const TAGS = {
  service: process.env.DD_SERVICE ?? "{{ name }}",
  env: process.env.DD_ENV ?? "dev",
  version: process.env.DD_VERSION ?? "0.1.0",
};

/** Writes one JSON line, with the tags by which Datadog joins logs, traces and metrics of one service. */
export function log(level, message, fields = {}) {
  const line = { timestamp: new Date().toISOString(), level, message, ...TAGS, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** Middleware that writes a line for each answer. */
export function logRequests(request, response, next) {
  const start = performance.now();
  response.once("finish", () => {
    log("INFO", `${request.method} ${request.originalUrl} ${response.statusCode}`, {
      duration_ms: Math.round(performance.now() - start),
    });
  });
  next();
}
