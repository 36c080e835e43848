import { distance } from "./distance.ts";

export interface NearestOptions {
  /** The largest distance that still counts; a third of the word, rounded up, if not said. */
  within?: number;
}

/** The word that is nearest to what was written; undefined where none is near enough. */
export function nearest(written: string, words: Iterable<string>, options: NearestOptions = {}): string | undefined {
  let best: string | undefined;
  let least = options.within ?? Math.ceil([...written].length / 3);
  for (const word of words) {
    const far = distance(written.toLowerCase(), word.toLowerCase());
    if (best === undefined ? far <= least : far < least) [best, least] = [word, far];
  }
  return best;
}
