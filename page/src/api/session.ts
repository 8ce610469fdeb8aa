import { signal } from "@preact/signals";

const NAME = "paystream.api-key";

/** The API key, for this tab only: null while nobody is signed in. */
export const key = signal<string | null>(sessionStorage.getItem(NAME));

/** Why somebody was signed out, for the sign-in form. */
export const signedOutBecause = signal<string | null>(null);

export function signIn(value: string): void {
  sessionStorage.setItem(NAME, value);
  signedOutBecause.value = null;
  key.value = value;
}

export function signOut(because: string | null = null): void {
  sessionStorage.removeItem(NAME);
  signedOutBecause.value = because;
  key.value = null;
}

/** A link like …/settings/#key=… fills the key in. It is taken out of the address, so that no history keeps it. */
export function takeKeyFromAddress(): void {
  const given = /^#key=([^&]+)/.exec(location.hash)?.[1];
  if (!given) return;
  signIn(decodeURIComponent(given));
  location.replace("#/");
}
