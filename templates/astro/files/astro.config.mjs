import { defineConfig } from "astro/config";

export default defineConfig({
  // Where it will be published: the feed's links begin with it.
  site: "https://example.com",
  // The editor's proxy speaks to 127.0.0.1.
  server: { host: "127.0.0.1", port: 4321 },
});
