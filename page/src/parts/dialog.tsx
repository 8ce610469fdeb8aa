import { type ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiError, errorWords, fieldWords } from "../api/errors";

/** A native dialog: the browser keeps the focus inside, closes it on Escape and gives the focus back. */
export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // A dialog that makes room for another one is closed, too, and nobody has closed it.
  const gone = useRef(false);
  const closed = (): void => {
    if (!gone.current) close();
  };
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    gone.current = false;
    shown?.showModal();
    return () => {
      gone.current = true;
      shown?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={closed} onClose={closed}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}

export interface Sending {
  busy: boolean;
  /** What is wrong as a whole, in a sentence. */
  problem: string | null;
  field: (name: string) => string | undefined;
  send: (act: () => Promise<void>) => Promise<void>;
}

/** Sending something: busy meanwhile, and afterwards done or explained, beside the field that is meant where there is one. */
export function useSending(fields: readonly string[] = []): Sending {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await act();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const named = error instanceof ApiError ? error.fields : {};
  const field = (name: string): string | undefined => named[name]?.map(fieldWords).join(" ");
  const besideFields = Object.keys(named).length > 0 && Object.keys(named).every((name) => fields.includes(name));
  return { busy, problem: error !== null && !besideFields ? errorWords(error) : null, field, send };
}

/** A form in a dialog: what it will do, its fields, one button that does it. */
export function Act({ title, label, danger, close, sending, act, children }: { title: string; label: string; danger?: boolean; close: () => void; sending: Sending; act: () => Promise<void>; children: ComponentChildren }) {
  return (
    <Dialog title={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!sending.busy) void sending.send(act);
        }}
      >
        {children}
        {sending.problem && (
          <p class="notice bad" role="alert">
            {sending.problem}
          </p>
        )}
        <footer>
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class={danger ? "danger" : "primary"} aria-disabled={sending.busy}>
            {sending.busy ? "One moment…" : label}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
