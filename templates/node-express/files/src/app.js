import { fileURLToPath } from "node:url";

import express from "express";

import { log, logRequests } from "./logs.js";
import { notesRouter } from "./notes.js";

const PUBLIC = fileURLToPath(new URL("../public", import.meta.url));

/** The application, without a server, so that tests can have one each. */
export function createApp() {
  const app = express();
  app.disable("x-powered-by");
  app.use(logRequests);
  app.use(express.json());

  app.get("/health", (request, response) => {
    response.json({ status: "ok" });
  });
  app.use("/api/notes", notesRouter());
  app.use(express.static(PUBLIC));

  app.use((request, response) => {
    response.status(404).json({ error: `There is nothing at ${request.path}.` });
  });
  // Express knows an error handler by its four parameters.
  app.use((error, request, response, _next) => {
    const status = error.status ?? 500;
    if (status >= 500) log("ERROR", error.message, { "error.stack": error.stack });
    response.status(status).json({ error: error.expose ? error.message : "Something went wrong." });
  });

  return app;
}
