import { computed, signal } from "@preact/signals";
import { answered, api, type Integration } from "./api/client";

/** The connected Stripe accounts, for the banner and for links; undefined until they were read. */
export const integrations = signal<Integration[] | undefined>(undefined);

export async function readIntegrations(): Promise<Integration[]> {
  const { integrations: found } = await answered(api.GET("/api/v1/integrations"));
  integrations.value = found;
  return found;
}

/** Whether real money moves: null while it is not known, "both" where accounts of both modes are connected. */
export const mode = computed<"test" | "live" | "both" | null>(() => {
  const modes = new Set(integrations.value?.map((one) => one.livemode));
  if (modes.size === 2) return "both";
  return modes.size ? (modes.has(true) ? "live" : "test") : null;
});

/** Whether the account under this code is live; null where it is not known. */
export function livemodeOf(code: string | null): boolean | null {
  return integrations.value?.find((one) => one.code === code)?.livemode ?? null;
}

/** A list of notices that the banner shows: what needs attention since when, and where it is ended. */
export interface Attention {
  code: string;
  name: string;
  what: string;
  since: string | null;
  action: string;
}

export const attention = computed<Attention[]>(() => (integrations.value ?? []).flatMap(attentionOf));

export function attentionOf(one: Integration): Attention[] {
  const found: Attention[] = [];
  const named = { code: one.code, name: one.name };
  if (one.needs_attention_since) found.push({ ...named, what: `Nothing is collected: ${one.needs_attention_reason?.message ?? "Stripe refuses the account"}`, since: one.needs_attention_since, action: "Connect it again" });
  if (one.disconnecting_since) found.push({ ...named, what: "It is being disconnected: nothing new begins through it", since: one.disconnecting_since, action: "Look at it" });
  for (const problem of one.health?.problems ?? []) found.push({ ...named, what: problem.message, since: one.health.checked_at, action: "Look at it" });
  return found;
}
