// What the API answers besides what docs/api/openapi.yaml says so far. Once the description has it, this file goes.

/** Why an attempt failed, in words for two readers. */
export interface Failure {
  code?: string | null;
  decline_code?: string | null;
  class?: string;
  at?: string | null;
  explanation?: string | null;
  customer_explanation?: string | null;
  source?: string | null;
}

/** What follows for an invoice, and when. */
export interface NextStep {
  kind?: string;
  at?: string | null;
  attempt?: number | null;
  attempts?: number | null;
  explanation?: string | null;
}

export interface LaterInvoice {
  stage?: string | null;
  waiting_for?: string | null;
  next_step?: NextStep | null;
  last_failure?: Failure | null;
  explanation?: string | null;
  ended_at?: string | null;
}

export interface ChargedMethod {
  id?: string | null;
  type?: string | null;
  brand?: string | null;
  last4?: string | null;
  exp_month?: number | null;
  exp_year?: number | null;
}

export interface LaterPayment {
  payment_method?: ChargedMethod | null;
  failure?: Failure | null;
  provider_url?: string | null;
}

export interface LaterMethod {
  brand?: string | null;
  last4?: string | null;
  exp_month?: number | null;
  exp_year?: number | null;
}

export interface LaterIntegration {
  account_name?: string | null;
}

/** Counts and sums of one day, or of all days together, in one currency. */
export interface Sums {
  invoiced_cents: number;
  invoices: number;
  collected_cents: number;
  payments: number;
  failed_cents: number;
  failures: number;
  refunded_cents: number;
  refunds: number;
  disputed_cents: number;
  disputes: number;
  recovered: Record<"retry" | "another_method" | "payment_link" | "by_hand", Part>;
}

export interface Part {
  invoices: number;
  amount_cents: number;
}

export interface CurrencyFigures {
  currency: string;
  days: (Sums & { date: string })[];
  totals: Sums;
  open_by_age: (Part & { from_days: number; to_days: number | null })[];
  overdue: Part;
  success_rate_of_attempts: number | null;
  success_rate_of_invoices: number | null;
  time_to_payment_seconds: { median: number; p90: number } | null;
}

export interface Figures {
  from: string;
  to: string;
  counted_until: string | null;
  currencies: CurrencyFigures[];
}
