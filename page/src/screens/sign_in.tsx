import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { ApiError, errorWords } from "../api/errors";
import { key, signIn, signedOutBecause, signOut } from "../api/session";
import { Field } from "../parts/basics";

/** The API key is tried once before it is kept. */
export function SignIn() {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const enter = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    const given = typed.trim();
    try {
      const headers = { Authorization: `Bearer ${given}` };
      await answered(api.GET("/api/v1/integrations", { headers }));
      signIn(given);
    } catch (error) {
      const unknown = error instanceof ApiError && (error.status === 401 || error.status === 403);
      if (unknown) signOut();
      setProblem(unknown ? "This API key is not known here." : errorWords(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter();
        }}
      >
        <p class="brand">Paystream</p>
        <h1>Sign in</h1>
        <Field label="API key" hint="It is kept in this tab until you close it, and nowhere else." error={problem ?? (key.value === null ? (signedOutBecause.value ?? undefined) : undefined)}>
          {(described) => <input {...described} type="password" name="key" autocomplete="off" required value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />}
        </Field>
        <button class="primary" type="submit" aria-disabled={busy}>
          {busy ? "One moment…" : "Sign in"}
        </button>
        <p class="hint">The operator of Paystream issues it. On your own machine, make local prints a link that fills it in.</p>
      </form>
    </main>
  );
}
