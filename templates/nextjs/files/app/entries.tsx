import type { Entry } from "@/lib/book";

/** Runs on the server only: the browser gets what it makes. */
export function Entries({ entries }: { entries: Entry[] }) {
  if (entries.length === 0) return <p>Nobody has been here yet.</p>;
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.id}>
          <span>{entry.text}</span> <em>{entry.name}</em>
        </li>
      ))}
    </ul>
  );
}
