import { sign } from "@/app/actions";
import { Entries } from "@/app/entries";
import { SignForm } from "@/app/sign-form";
import { book } from "@/lib/book";

export const dynamic = "force-dynamic";

export default async function Page() {
  return (
    <>
      <h1>{{ title }}</h1>
      <p>Leave a few words.</p>
      <SignForm action={sign} />
      <Entries entries={await book().read()} />
    </>
  );
}
