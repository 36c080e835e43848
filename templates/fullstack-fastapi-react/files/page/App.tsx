import { useEffect, useState, type FormEvent } from "react";

import { add, change, list, remove, type Task } from "./api";

export function App() {
  const [tasks, setTasks] = useState<Task[]>();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");

  /** Does something, then shows what the server has. */
  async function after(work?: Promise<unknown>) {
    try {
      await work;
      setTasks(await list());
      setProblem("");
    } catch (error) {
      setProblem((error as Error).message);
    }
  }

  useEffect(() => void after(), []);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim()) void after(add(text));
    setText("");
  }

  return (
    <main>
      <h1>{{ title }}</h1>
      {problem && <p role="alert">{problem}</p>}
      {tasks && <p>{tasks.length ? `${tasks.filter((task) => !task.done).length} to do.` : "Nothing to do."}</p>}
      <form className="row" onSubmit={submit}>
        <input aria-label="What to do" placeholder="What to do" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} />
        <button>Add</button>
      </form>
      <ul>
        {tasks?.map((task) => (
          <li key={task.id}>
            <label className={task.done ? "done" : undefined}>
              <input type="checkbox" checked={task.done} onChange={() => after(change(task.id, !task.done))} />
              {task.text}
            </label>
            <button aria-label={`Remove ${task.text}`} onClick={() => after(remove(task.id))}>
              ✕
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
