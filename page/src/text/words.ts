import type { Customer, Invoice, Payment, PaymentMethod } from "../api/client";
import type { ChargedMethod, Failure } from "../api/later";
import { day, localTime } from "./time";

export type Tone = "good" | "bad" | "wait" | "plain";

export interface Status {
  text: string;
  tone: Tone;
}

/** How an invoice stands, in a word. */
export function invoiceStatus(invoice: Invoice): Status {
  if (invoice.error_details.length) return { text: "Parked", tone: "bad" };
  if (invoice.status === "voided") return { text: "Voided", tone: "plain" };
  if (invoice.payment_dispute_lost_at) return { text: "Dispute lost", tone: "bad" };
  if (invoice.payment_status === "succeeded") return { text: "Paid", tone: "good" };
  if (invoice.payment_status === "failed") return { text: "Failed", tone: "bad" };
  return { text: "Open", tone: "wait" };
}

const SOON_MILLISECONDS = 15 * 60_000;

/** Whether news of an invoice may come any minute: it is open, or the time at which it is tried again is here. */
export function changesSoon(invoice: Invoice): boolean {
  if (invoice.status === "voided" || invoice.error_details.length > 0) return false;
  const retry = invoice.payment_status === "failed" && invoice.next_retry_at;
  return invoice.payment_status === "pending" || (retry ? Date.parse(retry) - Date.now() < SOON_MILLISECONDS : false);
}

/** One sentence: why it stands so, what comes next and when. The API's own; else what can be said without it. */
export function invoiceSentence(invoice: Invoice): string {
  if (invoice.explanation) return invoice.explanation;
  const told = [invoice.last_failure?.explanation, invoice.next_step?.explanation].filter(Boolean).join(" ");
  if (told) return told;
  if (invoice.error_details.length) return `It is not collected: ${problems(invoice).join("; ")}.`;
  if (invoice.status === "voided") return invoice.voided_at ? `Voided on ${localTime(invoice.voided_at)}.` : "Voided.";
  if (invoice.payment_dispute_lost_at) return `A dispute was lost on ${localTime(invoice.payment_dispute_lost_at)}: the money is gone.`;
  if (invoice.payment_status === "succeeded") return invoice.total_refunded_amount_cents > 0 ? "Paid; a part or all went back." : "Paid.";
  if (invoice.payment_status === "failed")
    return changesSoon(invoice) ? "The last attempt failed. It is tried again in a minute." : invoice.next_retry_at ? `The last attempt failed. Tried again on ${localTime(invoice.next_retry_at)}.` : "The last attempt failed. It is not tried again automatically: retry it, or send a payment link.";
  return "Not paid yet. It is being collected, or waits for the customer.";
}

/** What is wrong with an item that was put into the invoices table, field by field. */
export function problems(invoice: Invoice): string[] {
  return invoice.error_details.flatMap((problem) => Object.entries(problem.details).map(([field, codes]) => `${field} ${codes.map((code) => code.replaceAll("_", " ")).join(", ")}`));
}

/** How an attempt ended, in a word. */
export function paymentStatus(payment: Payment): Status {
  if (payment.type === "manual") return { text: "By hand", tone: "good" };
  if (payment.payment_status === "succeeded") return { text: "Succeeded", tone: "good" };
  if (payment.payment_status === "failed") return { text: payment.status !== "canceled" ? "Failed" : payment.error_code ? "Failed, closed" : "Closed", tone: "bad" };
  return { text: pageOf(payment) ? "Page open" : payment.status === "requires_action" ? "Customer to act" : "On its way", tone: "wait" };
}

/** The page of Stripe that waits for the customer, if one is open. */
export function pageOf(payment: Payment): string | null {
  if (payment.payment_status === "succeeded" || payment.payment_status === "failed") return null;
  const action = payment.next_action as { redirect_to_url?: { url?: string } };
  return action.redirect_to_url?.url ?? null;
}

/** Why an attempt failed, for the operator. Without the API's words, Stripe's codes as they are. */
export function failureWords(payment: Payment): string | null {
  if (payment.failure?.explanation) return payment.failure.explanation;
  const code = payment.decline_code ?? payment.error_code;
  return code ? `Stripe's reason: ${code.replaceAll("_", " ")}.` : null;
}

/** Where Stripe describes the reason. */
export function failureSource(failure: Failure | null | undefined, payment: Payment): string | null {
  if (failure?.source) return failure.source;
  if (payment.decline_code) return "https://docs.stripe.com/declines/codes";
  return payment.error_code ? "https://docs.stripe.com/error-codes" : null;
}

/** The payment intent in Stripe's dashboard. */
export function providerUrl(payment: Payment, livemode: boolean | null): string | null {
  if (payment.provider_url) return payment.provider_url;
  if (!payment.provider_payment_id || livemode === null) return null;
  return `https://dashboard.stripe.com/${livemode ? "" : "test/"}payments/${payment.provider_payment_id}`;
}

const KINDS: Record<string, string> = {
  card: "Card",
  sepa_debit: "SEPA direct debit",
  us_bank_account: "US bank account",
  bacs_debit: "Bacs direct debit",
  link: "Link",
  boleto: "Boleto",
  crypto: "Crypto",
  customer_balance: "Bank transfer",
};

/** A kind of payment method by its name. */
export const kindName = (type: string | null | undefined): string => (type ? (KINDS[type] ?? type) : "Payment method");

/** "Visa •••• 4242, until 12/2030" as far as it is known. */
export function methodName(method: ChargedMethod): string {
  const brand = method.brand ? method.brand.charAt(0).toUpperCase() + method.brand.slice(1) : kindName(method.type);
  return [brand, method.last4 ? `•••• ${method.last4}` : "", method.exp_year ? `until ${String(method.exp_month ?? "").padStart(2, "0")}/${method.exp_year}` : ""].filter(Boolean).join(" ");
}

/** A method on file, as a line. */
export const storedMethodName = (method: PaymentMethod): string => methodName({ ...method, type: method.provider_method_type });

/** How a customer is linked to Stripe, in a word. */
export function customerStatus(customer: Customer): Status {
  const billing = customer.billing_configuration;
  if (!billing.provider_customer_id) return { text: "Not linked", tone: "plain" };
  return billing.payment_method_id ? { text: "Can be charged", tone: "good" } : { text: "No payment method", tone: "wait" };
}

export const customerName = (customer: Customer): string => customer.name || [customer.firstname, customer.lastname].filter(Boolean).join(" ") || customer.external_id;

export const dueWords = (invoice: Invoice): string => (invoice.payment_overdue ? `overdue since ${day(invoice.payment_due_date)}` : `due ${day(invoice.payment_due_date)}`);

const TYPES: Record<string, string> = {
  "invoice.payment_failure": "A payment failed",
  "invoice.payment_status_updated": "An invoice's payment status changed",
  "payment.succeeded": "A payment succeeded",
  "payment.requires_action": "The customer has to act",
  "payment_provider.error": "A Stripe account needs attention",
  "customer.payment_method_missing": "A customer has no payment method",
  "customer.payment_provider_error": "Stripe refused a customer",
  "customer.payment_provider_created": "A customer was created in Stripe",
};

/** What a notification says, in words. */
export const notificationWords = (type: string): string => TYPES[type] ?? (type.charAt(0).toUpperCase() + type.slice(1)).replace(/[._]/g, " ");
