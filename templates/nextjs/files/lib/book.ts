import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

export interface Entry {
  id: string;
  name: string;
  text: string;
}

const LONGEST = 200;

/** An entry of what a form sent; undefined where it is none. */
export function entryOf(name: unknown, text: unknown): Entry | undefined {
  if (typeof name !== "string" || typeof text !== "string") return undefined;
  const [who, what] = [name.trim(), text.trim()];
  if (!who || !what || who.length > LONGEST || what.length > LONGEST) return undefined;
  return { id: randomUUID(), name: who, text: what };
}

/** The book in one file, a line of JSON for each entry; newest first. */
export function book(path = process.env.BOOK ?? "data/book.jsonl") {
  return {
    async read(): Promise<Entry[]> {
      // The build need not look for what the path may be: it is data, and no part of the program.
      const lines = await readFile(/* turbopackIgnore: true */ path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return lines
        .split("\n")
        .filter(Boolean)
        .map((line): Entry => JSON.parse(line))
        .reverse();
    },
    async add(entry: Entry): Promise<void> {
      await mkdir(dirname(path), { recursive: true });
      await appendFile(path, `${JSON.stringify(entry)}\n`);
    },
  };
}
