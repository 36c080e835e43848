import starlight from "@astrojs/starlight";
import { defineConfig } from "astro/config";

export default defineConfig({
  // The editor's proxy speaks to 127.0.0.1.
  server: { host: "127.0.0.1", port: 4321 },
  integrations: [
    starlight({
      title: "{{ title }}",
      disable404Route: true,
      customCss: ["./src/style.css"],
      sidebar: [
        { label: "Guides", items: [{ autogenerate: { directory: "guides" } }] },
        { label: "Reference", items: ["reference"] },
      ],
    }),
  ],
});
