export interface ReadingTime {
  words: number;
  minutes: number;
}

/** How long a text takes to read, in whole minutes, at `speed` words a minute. */
export function readingTime(text: string, speed: number): ReadingTime {
  const words = text.match(/\S+/g)?.length ?? 0;
  return { words, minutes: words ? Math.max(1, Math.round(words / speed)) : 0 };
}
