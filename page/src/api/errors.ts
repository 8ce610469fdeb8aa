/** The API's refusal: its status, its code, and what is wrong with which field. */
export class ApiError extends Error {
  readonly code: string | null;
  readonly fields: Record<string, string[]>;
  readonly provider: string | null;

  constructor(readonly status: number, body: unknown) {
    const told = (body ?? {}) as { code?: string; error?: string; error_details?: Record<string, unknown> };
    super(told.error ?? `HTTP ${status}`);
    this.code = told.code ?? null;
    const details = told.error_details ?? {};
    this.provider = typeof details["thirdparty_error"] === "string" ? details["thirdparty_error"] : null;
    this.fields = Object.fromEntries(Object.entries(details).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
  }
}

/** Nothing answered: the network, or the server. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("The server cannot be reached.", { cause });
  }
}

const CODES: Record<string, string> = {
  payment_processor_is_currently_handling_payment: "A payment is on its way at Stripe right now. Wait for its result, then try again.",
  invalid_status: "That cannot be done in the state in which this is now.",
  not_voidable: "This invoice cannot be voided: it is paid, voided, or being collected right now.",
  update_on_voided_invoice: "The invoice is voided.",
  payment_not_refundable: "This payment cannot be refunded.",
  third_party_unavailable: "Stripe does not answer in time. Try again in a moment.",
  changed_meanwhile: "It has changed meanwhile. Try again.",
  no_linked_payment_provider: "The customer is not linked to Stripe.",
  missing_payment_provider: "The customer's Stripe account is not connected.",
  missing_payment_provider_customer: "The customer does not exist in Stripe yet.",
  invalid_invoice_status_or_payment_status: "Nothing is owed for this invoice.",
  payment_provider_error: "Stripe makes no such page for this invoice.",
  no_payment_methods_to_setup_available: "None of the customer's kinds of payment method can be saved on a page.",
};

const FIELD_CODES: Record<string, string> = {
  publishable_key: "This is a publishable key (pk_…). A secret key (sk_…) or a restricted key (rk_…) is needed.",
  belongs_to_another_account: "This key belongs to another Stripe account than the one that is connected. Connect that one under a name of its own.",
  belongs_to_another_mode: "This key is of the other mode: test and live keys cannot take each other's place.",
  value_is_invalid: "This is not in the form that is expected.",
  value_is_mandatory: "This is needed.",
  value_is_too_long: "This is too long.",
  value_already_exist: "This exists already.",
  amount_not_in_steps: "Stripe takes no such fraction of this currency.",
  value_is_in_the_future: "This lies in the future.",
  url_is_invalid: "This is not a web address: it begins with https://.",
  provider_customer_not_found: "The connected Stripe account has no such customer.",
  payment_provider_not_found: "No Stripe account is connected under this code.",
  invalid_api_key: "Stripe does not know this key. Copy it again from Stripe's dashboard, Developers → API keys.",
  api_key_expired: "This key has expired. Make a new one in Stripe's dashboard.",
  refused_by_stripe: "Stripe does not take this key. Copy it again from Stripe's dashboard: Developers, API keys.",
  webhook_endpoints_not_permitted: "This key may not make webhook endpoints. Allow Webhook Endpoints: Write.",
  value_is_out_of_range: "This is more, or less, than is possible.",
};

/** What is wrong with a field, in plain words; a code that nobody has put into words yet is shown as it is. */
export function fieldWords(code: string): string {
  const [kind, rest] = code.split(/:\s*(.*)/s);
  if (kind === "permission_missing") return `The key lacks a permission: ${(rest ?? "").replace(/^rak_\w+\s*\((.*)\)$/, "$1")}. Without it nothing can be collected.`;
  if (kind === "account_unknown") return `Stripe does not say which account this key belongs to: ${rest ?? ""}.`;
  return FIELD_CODES[code] ?? code;
}

/** The error in one sentence for a person. */
export function errorWords(error: unknown): string {
  if (error instanceof Unreachable) return error.message;
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  if (error.provider) return `Stripe says: ${error.provider}`;
  for (const code of [error.code, ...(error.fields["base"] ?? [])]) if (code && CODES[code]) return CODES[code];
  const named = Object.entries(error.fields).map(([field, codes]) => `${field}: ${codes.map(fieldWords).join(" ")}`);
  if (named.length) return named.join(" · ");
  if (error.status === 429) return "Too many requests at once. Try again in a moment.";
  if (error.status >= 500) return "The server could not do that. Try again in a moment.";
  return error.code ? `${error.message} (${error.code})` : error.message;
}
