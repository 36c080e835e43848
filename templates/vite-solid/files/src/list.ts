/** What is to be bought. */
export interface Item {
  id: number;
  text: string;
  done: boolean;
}

const KEY = "items";

/** The list that this browser keeps; empty where it keeps none, or nothing that can be read. */
export function load(storage: Storage = localStorage): Item[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

export function save(items: Item[], storage: Storage = localStorage): void {
  storage.setItem(KEY, JSON.stringify(items));
}

/** The list with one more; the same list where the text is empty. */
export function added(items: Item[], text: string): Item[] {
  const trimmed = text.trim();
  if (!trimmed) return items;
  return [...items, { id: Math.max(0, ...items.map((item) => item.id)) + 1, text: trimmed, done: false }];
}

export function toggled(items: Item[], id: number): Item[] {
  return items.map((item) => (item.id === id ? { ...item, done: !item.done } : item));
}

export function removed(items: Item[], id: number): Item[] {
  return items.filter((item) => item.id !== id);
}

/** How much is left, in words. */
export function left(items: Item[]): string {
  const count = items.filter((item) => !item.done).length;
  if (count === 0) return items.length ? "All done." : "Nothing to buy.";
  return `${count} left.`;
}
