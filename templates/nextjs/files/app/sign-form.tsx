"use client";

import { useActionState } from "react";

/** Runs in the browser too, to say what is wrong without a new page. */
export function SignForm({ action }: { action: (state: string, form: FormData) => Promise<string> }) {
  const [problem, submit, pending] = useActionState(action, "");
  return (
    <>
      <form className="row" action={submit}>
        <input name="name" aria-label="Your name" placeholder="Your name" maxLength={200} required />
        <input name="text" aria-label="Your words" placeholder="Your words" maxLength={200} required />
        <button disabled={pending}>Sign</button>
      </form>
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}
