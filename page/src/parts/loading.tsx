import { type ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { errorWords } from "../api/errors";
import { localClockTime } from "../text/time";

const FIRST_SECONDS = 1.5;
const LONGEST_SECONDS = 20;
const GROWTH = 1.4;

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  /** When the data that is shown was read. */
  readAt: Date | null;
  reload: () => void;
}

/**
 * What `load` finds for `name`, read again while `pending` says that something will come: soon at first, then more
 * rarely, and not while the tab is hidden. What was found stays when a later reading fails.
 */
export function useLoaded<T>(name: string, load: () => Promise<T>, pending: (found: T) => boolean = () => false): Loaded<T> {
  const [state, setState] = useState<{ name: string; data?: T; error?: unknown; readAt: Date | null }>({ name, readAt: null });
  const [asked, ask] = useState(0);
  const latest = useRef({ load, pending });
  latest.current = { load, pending };
  const reload = useCallback(() => ask((count) => count + 1), []);

  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = FIRST_SECONDS;
    const again = (): void => {
      timer = setTimeout(() => (document.hidden ? again() : void read()), pause * 1000);
      pause = Math.min(pause * GROWTH, LONGEST_SECONDS);
    };
    const read = async (): Promise<void> => {
      try {
        const data = await latest.current.load();
        if (over) return;
        setState({ name, data, readAt: new Date() });
        if (latest.current.pending(data)) again();
      } catch (error) {
        if (over) return;
        setState((before) => (before.name === name ? { ...before, error } : { name, error, readAt: null }));
        again();
      }
    };
    void read();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [name, asked]);

  const known = state.name === name ? state : undefined;
  return { data: known?.data, error: known?.error, readAt: known?.readAt ?? null, reload };
}

/** The states that everything has which is read: loading, refused, there, and there but not fresh. */
export function Shown<T>({ of, what, children }: { of: Loaded<T>; what: string; children: (data: T) => ComponentChildren }) {
  if (of.data === undefined) {
    if (of.error !== undefined) return <Trouble error={of.error} what={`${what} could not be read.`} again={of.reload} />;
    return (
      <div class="loading" role="status">
        <span class="visually-hidden">Loading {what.toLowerCase()}…</span>
        <i /> <i /> <i />
      </div>
    );
  }
  return (
    <>
      {of.error !== undefined && <Trouble error={of.error} what={`Could not refresh. This is as of ${of.readAt ? localClockTime(of.readAt) : "earlier"}.`} again={of.reload} />}
      {children(of.data)}
    </>
  );
}

function Trouble({ error, what, again }: { error: unknown; what: string; again: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{what}</strong> {errorWords(error)}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
