import { nearest } from "../src/index.ts";

const commands = ["start", "stop", "status", "restart"];
for (const written of ["strat", "satus", "banana"]) {
  console.log(`${written}: ${nearest(written, commands) ?? "no idea"}`);
}
