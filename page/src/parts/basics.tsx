import { type ComponentChildren, type TargetedEvent } from "preact";
import { useId, useState } from "preact/hooks";
import { localTime, utcTime } from "../text/time";
import { money } from "../text/money";
import type { Status } from "../text/words";

/** A moment in the viewer's time and, where it differs, in UTC. */
export function Moment({ at }: { at: string }) {
  const universal = utcTime(at);
  return (
    <time dateTime={at} class="moment">
      <span>{localTime(at)}</span>
      {universal && <small>{universal}</small>}
    </time>
  );
}

export function Money({ minor, currency }: { minor: number; currency: string }) {
  return <span class="money">{money(minor, currency)}</span>;
}

export function Badge({ of }: { of: Status }) {
  return <span class={`badge ${of.tone}`}>{of.text}</span>;
}

/** Nothing there, and how to change that. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** A text that can be copied, and says that it was. */
export function Copy({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("");
  const copy = (): Promise<void> => navigator.clipboard.writeText(text).then(() => say("Copied"), () => say("Select it and copy it yourself"));
  return (
    <div class="copy">
      <input aria-label={label} readOnly value={text} onFocus={(event) => event.currentTarget.select()} />
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>
      <span role="status">{said}</span>
    </div>
  );
}

interface Described {
  id: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** A field with its label, a hint, and what is wrong with it beside it. */
export function Field({ label, hint, error, children }: { label: string; hint?: ComponentChildren; error?: string | undefined; children: (described: Described) => ComponentChildren }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** Yes or no, with what it means. */
export function Check({ label, hint, checked, onChange }: { label: string; hint?: ComponentChildren; checked: boolean; onChange: (event: TargetedEvent<HTMLInputElement>) => void }) {
  const id = useId();
  return (
    <div class="check">
      <input type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} checked={checked} onChange={onChange} />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Names and values, one below the other. */
export function Facts({ children }: { children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A page of Stripe's for the customer. In this tab: the key is kept for it alone, and the page leads back here. */
export function CustomersPage({ href }: { href: string }) {
  return <a href={href}>Open it</a>;
}

export function External({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="visually-hidden"> (opens in a new tab)</span>
    </a>
  );
}
