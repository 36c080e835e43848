import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  server: {
    // The editor's proxy speaks to 127.0.0.1; a port that is taken is said, not changed.
    host: "127.0.0.1",
    port: 5173,
    strictPort: true,
    // To the browser, page and API are one site, as they are where they are deployed.
    proxy: { "/api": "http://127.0.0.1:8000", "/health": "http://127.0.0.1:8000" },
  },
  test: { environment: "happy-dom" },
});
