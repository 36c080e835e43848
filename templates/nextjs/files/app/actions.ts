"use server";

import { revalidatePath } from "next/cache";

import { book, entryOf } from "@/lib/book";
import { log } from "@/lib/log";

/** Keeps what the form sends; answers what is wrong with it, or nothing. */
export async function sign(_: string, form: FormData): Promise<string> {
  const entry = entryOf(form.get("name"), form.get("text"));
  if (!entry) return "A name and a text are needed, each of at most 200 characters.";
  await book().add(entry);
  log("INFO", "Signed", { entry: entry.id });
  revalidatePath("/");
  return "";
}
