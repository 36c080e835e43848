export interface Task {
  id: number;
  text: string;
  done: boolean;
}

async function call<T>(path: string, method = "GET", body?: object): Promise<T> {
  const answer = await fetch(`/api/tasks${path}`, {
    method,
    headers: body && { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The server says ${answer.status}.`);
  return answer.json() as Promise<T>;
}

export const list = () => call<Task[]>("");
export const add = (text: string) => call<Task>("", "POST", { text });
export const change = (id: number, done: boolean) => call<Task>(`/${id}`, "PATCH", { done });
export const remove = (id: number) => call<Task>(`/${id}`, "DELETE");
