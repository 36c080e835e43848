/** The loop: input, rules, picture, sound, again and again. */

import { draw } from "./draw";
import { over, start, step, WIDTH, type Input } from "./game";
import { beep } from "./sound";

const canvas = document.querySelector("canvas")!;
const context = canvas.getContext("2d")!;
const text = (id: string, words: string) => {
  document.getElementById(id)!.textContent = words;
};

const keys = new Set<string>();
let finger: number | undefined;
let game = start();
let before = performance.now();

addEventListener("keydown", (event) => {
  keys.add(event.key);
  if (event.key === " " && over(game)) game = start();
});
addEventListener("keyup", (event) => keys.delete(event.key));
canvas.addEventListener("pointermove", (event) => {
  finger = (event.offsetX / canvas.clientWidth) * WIDTH;
});
canvas.addEventListener("pointerleave", () => {
  finger = undefined;
});
canvas.addEventListener("pointerdown", () => {
  if (over(game)) game = start();
});

function frame(now: number): void {
  const input: Input = { direction: Number(keys.has("ArrowRight")) - Number(keys.has("ArrowLeft")), finger };
  const seconds = Math.min(0.05, (now - before) / 1000); // a tab that was hidden does not jump ahead
  const after = step(game, input, seconds);
  if (after.score > game.score) beep(660);
  if (after.lives < game.lives) beep(180);
  [game, before] = [after, now];
  draw(context, game);
  text("score", String(game.score));
  text("lives", String(game.lives));
  text("message", over(game) ? "Over! Space or a click begins again." : "");
  requestAnimationFrame(frame);
}

requestAnimationFrame(frame);
