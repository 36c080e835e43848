import { HEIGHT, WIDTH, type Game } from "./game";

/** Draws one picture of the game. */
export function draw(context: CanvasRenderingContext2D, game: Game): void {
  context.clearRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#ffe066";
  for (const { x, y } of game.stars) {
    context.beginPath();
    for (let point = 0; point < 10; point++) {
      const radius = point % 2 ? 5 : 12;
      const angle = (point * Math.PI) / 5 - Math.PI / 2;
      context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    context.fill();
  }
  context.fillStyle = "#f783ac";
  context.beginPath();
  context.roundRect(game.basket - 45, HEIGHT - 40, 90, 18, 9);
  context.fill();
}
