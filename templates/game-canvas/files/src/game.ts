/** The rules: what is where, and what a moment changes. Nothing here knows of a screen, so that tests can play. */

export const WIDTH = 480;
export const HEIGHT = 640;
const BASKET = { width: 90, y: HEIGHT - 40, speed: 420 };
const STAR = { radius: 12, slowest: 140, faster: 6, each: 0.9 };

export interface Star {
  x: number;
  y: number;
  speed: number;
}

export interface Game {
  basket: number;
  stars: Star[];
  score: number;
  lives: number;
  /** Seconds until the next star. */
  next: number;
}

export interface Input {
  /** -1 to the left, 1 to the right, 0 to stay. */
  direction: number;
  /** Where a finger is, in the game's own pixels; it counts more than the direction. */
  finger?: number;
}

export const start = (): Game => ({ basket: WIDTH / 2, stars: [], score: 0, lives: 3, next: 0 });

export const over = (game: Game): boolean => game.lives <= 0;

/** The game after `seconds`; `random` answers from 0 to 1, as Math.random does. */
export function step(game: Game, input: Input, seconds: number, random: () => number = Math.random): Game {
  if (over(game)) return game;
  const half = BASKET.width / 2;
  const wanted = input.finger ?? game.basket + input.direction * BASKET.speed * seconds;
  const basket = Math.min(WIDTH - half, Math.max(half, wanted));

  const moved = game.stars.map((star) => ({ ...star, y: star.y + star.speed * seconds }));
  const landed = moved.filter((star) => star.y >= BASKET.y);
  const caught = landed.filter((star) => Math.abs(star.x - basket) <= half).length;
  const stars = moved.filter((star) => star.y < BASKET.y);

  let next = game.next - seconds;
  if (next <= 0) {
    const room = WIDTH - 2 * STAR.radius;
    stars.push({ x: STAR.radius + random() * room, y: -STAR.radius, speed: STAR.slowest + STAR.faster * game.score });
    next += STAR.each;
  }
  return { basket, stars, next, score: game.score + caught, lives: game.lives - (landed.length - caught) };
}
