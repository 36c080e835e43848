import { defineCollection } from "astro:content";
import { glob } from "astro/loaders";
import { z } from "astro/zod";

/** What each post says of itself at its top; a post that does not is an error with its name. */
const posts = defineCollection({
  loader: glob({ pattern: "*.md", base: "src/posts" }),
  schema: z.object({ title: z.string().max(80), summary: z.string().max(200), date: z.coerce.date() }),
});

export const collections = { posts };
