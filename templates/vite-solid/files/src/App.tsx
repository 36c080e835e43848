import { createEffect, createSignal, For } from "solid-js";

import { added, left, load, removed, save, toggled } from "./list";

export function App() {
  const [items, setItems] = createSignal(load());
  const [text, setText] = createSignal("");

  createEffect(() => save(items()));

  function submit(event: SubmitEvent) {
    event.preventDefault();
    setItems(added(items(), text()));
    setText("");
  }

  return (
    <main>
      <h1>{{ title }}</h1>
      <p>{left(items())}</p>
      <form class="row" onSubmit={submit}>
        <input aria-label="What to buy" placeholder="What to buy" value={text()} onInput={(event) => setText(event.target.value)} />
        <button>Add</button>
      </form>
      <ul>
        <For each={items()}>
          {(item) => (
            <li>
              <label classList={{ done: item.done }}>
                <input type="checkbox" checked={item.done} onChange={() => setItems(toggled(items(), item.id))} />
                {item.text}
              </label>
              <button aria-label={`Remove ${item.text}`} onClick={() => setItems(removed(items(), item.id))}>
                ✕
              </button>
            </li>
          )}
        </For>
      </ul>
    </main>
  );
}
