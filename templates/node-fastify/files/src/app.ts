import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyServerOptions } from "fastify";

import { bookmarks } from "./bookmarks.ts";

/** The tags by which Datadog joins logs, traces and metrics of one service. */
const TAGS = {
  service: process.env.DD_SERVICE ?? "{{ name }}",
  env: process.env.DD_ENV ?? "dev",
  version: process.env.DD_VERSION ?? "0.1.0",
};

export const LOGS = {
  level: process.env.LOG_LEVEL ?? "info",
  base: TAGS,
  messageKey: "message",
  formatters: { level: (level: string) => ({ level: level.toUpperCase() }) },
};

/** The application, without a port, so that tests can have one each. */
export function createApp(logger: FastifyServerOptions["logger"] = false) {
  const app = Fastify({ logger }).withTypeProvider<TypeBoxTypeProvider>();

  app.get("/", async () => ({ title: "{{ title }}", routes: ["/api/bookmarks", "/health"] }));
  app.get("/health", async () => ({ status: "ok" }));
  app.register(bookmarks, { prefix: "/api/bookmarks" });

  return app;
}
