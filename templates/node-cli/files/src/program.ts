import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { styleText } from "node:util";

import { Command, InvalidArgumentError } from "commander";

import { readingTime } from "./reading.ts";

/** A whole number from 1 on, as an option takes it. */
function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return number;
}

/** The command line: what it takes, and how it answers. */
export function createProgram(input: NodeJS.ReadableStream = process.stdin, print: (line: string) => void = console.log) {
  const program = new Command("readtime").description("{{ title }}.").version("0.1.0");

  program
    .command("time")
    .description("say how long each file takes to read; - is standard input")
    .argument("<file...>")
    .option("--speed <words>", "words a minute", positive, 230)
    .option("--json", "answer as JSON, for a script", false)
    .action(async (files: string[], options: { speed: number; json: boolean }, command: Command) => {
      const answers = [];
      for (const file of files) {
        try {
          const content = file === "-" ? await text(input) : await readFile(file, "utf8");
          answers.push({ file, ...readingTime(content, options.speed) });
        } catch (error) {
          command.error(`error: ${(error as Error).message}`);
        }
      }
      if (options.json) print(JSON.stringify(answers));
      else for (const { file, minutes, words } of answers) print(`${styleText("bold", file)}: ${minutes} min (${words} words)`);
    });

  return program;
}
