import { createApp } from "./app.js";
import { log } from "./logs.js";

const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? "127.0.0.1";

const server = createApp().listen(port, host, (error) => {
  if (error) throw error;
  log("INFO", `Listening on http://${host}:${port}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
