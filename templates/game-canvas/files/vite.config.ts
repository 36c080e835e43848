import { defineConfig } from "vitest/config";

export default defineConfig({
  // The editor's proxy speaks to 127.0.0.1; a port that is taken is said, not changed.
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
});
