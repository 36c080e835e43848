import { expect, test } from "vitest";

import { HEIGHT, over, start, step, WIDTH, type Game } from "../src/game";

const still = { direction: 0 };
const middle = () => 0.5;

/** Plays for some seconds in small steps. */
function play(game: Game, seconds: number, input = still, random = middle): Game {
  for (let time = 0; time < seconds; time += 0.02) game = step(game, input, 0.02, random);
  return game;
}

test("a star that falls into the basket is caught", () => {
  const game = play(start(), 5);
  expect(game.score).toBeGreaterThan(0);
  expect(game.lives).toBe(3);
});

test("a star that falls beside it costs a life, and three of them the game", () => {
  const game = play(start(), 12, { direction: -1 });
  expect(game).toMatchObject({ score: 0, lives: 0 });
  expect(over(game)).toBe(true);
  expect(step(game, still, 1)).toBe(game);
});

test("the basket stays on the screen, and goes where a finger is", () => {
  expect(play(start(), 3, { direction: 1 }).basket).toBe(WIDTH - 45);
  expect(play(start(), 3, { direction: -1 }).basket).toBe(45);
  expect(step(start(), { direction: 1, finger: 200 } as typeof still, 0.02).basket).toBe(200);
});

test("stars fall inside the screen, and faster the more were caught", () => {
  for (const random of [() => 0, () => 0.999]) {
    const [star] = step(start(), still, 0.02, random).stars;
    expect(star!.x).toBeGreaterThan(0);
    expect(star!.x).toBeLessThan(WIDTH);
  }
  const [slow] = step(start(), still, 0.02).stars;
  const [fast] = step({ ...start(), score: 20 }, still, 0.02).stars;
  expect(fast!.speed).toBeGreaterThan(slow!.speed);
});

test("nothing is left below the basket", () => {
  expect(play(start(), 8, { direction: 0 }, Math.random).stars.every((star) => star.y < HEIGHT)).toBe(true);
});
