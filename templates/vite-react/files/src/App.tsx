import { useEffect, useState, type FormEvent } from "react";

import { added, left, load, removed, save, toggled } from "./list";

export function App() {
  const [items, setItems] = useState(load);
  const [text, setText] = useState("");

  useEffect(() => save(items), [items]);

  function submit(event: FormEvent) {
    event.preventDefault();
    setItems(added(items, text));
    setText("");
  }

  return (
    <main>
      <h1>{{ title }}</h1>
      <p>{left(items)}</p>
      <form className="row" onSubmit={submit}>
        <input aria-label="What to buy" placeholder="What to buy" value={text} onChange={(event) => setText(event.target.value)} />
        <button>Add</button>
      </form>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <label className={item.done ? "done" : undefined}>
              <input type="checkbox" checked={item.done} onChange={() => setItems(toggled(items, item.id))} />
              {item.text}
            </label>
            <button aria-label={`Remove ${item.text}`} onClick={() => setItems(removed(items, item.id))}>
              ✕
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
