import { type ComponentChildren } from "preact";
import type { Payment } from "../api/client";
import { External, Moment } from "../parts/basics";
import { livemodeOf } from "../state";
import { money } from "../text/money";
import { failureSource, failureWords, methodName, pageOf, paymentStatus, providerUrl, type Tone } from "../text/words";
import type { Story } from "./invoice";

interface Happening {
  at: string | null;
  tone: Tone | "planned";
  title: string;
  more?: ComponentChildren;
}

/** What happened, in the order of time, and what comes next. */
export function Timeline({ story }: { story: Story }) {
  const happened = [...past(story)].sort((one, other) => (one.at ?? "9").localeCompare(other.at ?? "9"));
  return (
    <ol class="timeline">
      {[...happened, ...planned(story)].map((one, index) => (
        <li key={`${one.title}${index}`} class={one.tone}>
          <p class="what">
            <strong>{one.title}</strong> {one.at && <Moment at={one.at} />}
          </p>
          {one.more && <div class="more">{one.more}</div>}
        </li>
      ))}
    </ol>
  );
}

function* past({ invoice, payments }: Story): Generator<Happening> {
  yield { at: invoice.created_at, tone: "plain", title: "Taken in", more: `${money(invoice.total_amount_cents, invoice.currency)} owed by ${invoice.external_customer_id}.` };
  for (const payment of payments) {
    yield payment.type === "manual" ? byHand(payment) : attempt(payment);
    for (const refund of payment.refunds)
      yield {
        at: refund.created_at,
        tone: refund.status === "failed" ? "bad" : "plain",
        title: `Refund of ${money(refund.amount_cents, refund.amount_currency)}: ${refund.status.replaceAll("_", " ")}`,
        more: refund.failure_reason ? `Stripe's reason: ${refund.failure_reason.replaceAll("_", " ")}.` : undefined,
      };
    if (payment.dispute)
      yield {
        at: null,
        tone: "bad",
        title: `Dispute over ${money(payment.dispute.amount_cents, payment.dispute.amount_currency)}: ${payment.dispute.status.replaceAll("_", " ")}`,
        more: payment.dispute.reason ? `The bank's reason: ${payment.dispute.reason.replaceAll("_", " ")}.` : undefined,
      };
  }
  if (invoice.payment_dispute_lost_at) yield { at: invoice.payment_dispute_lost_at, tone: "bad", title: "The dispute was lost", more: "The customer's bank has taken the money back." };
  if (invoice.voided_at) yield { at: invoice.voided_at, tone: "plain", title: "Voided", more: "Nothing is owed any more." };
}

const byHand = (payment: Payment): Happening => ({
  at: payment.created_at,
  tone: "good",
  title: `${money(payment.amount_cents, payment.amount_currency)} recorded by hand`,
  more: payment.reference,
});

function attempt(payment: Payment): Happening {
  const status = paymentStatus(payment);
  const why = failureWords(payment);
  const source = failureSource(payment.failure, payment);
  const url = providerUrl(payment, livemodeOf(payment.payment_provider_code));
  const page = pageOf(payment);
  return {
    at: payment.created_at,
    tone: status.tone,
    title: `Attempt ${payment.attempt}: ${status.text.toLowerCase()}`,
    more: (
      <>
        <p>
          {money(payment.amount_cents, payment.amount_currency)}
          {payment.payment_method ? ` by ${methodName(payment.payment_method)}` : ""}
          {payment.payment_provider_code ? ` through ${payment.payment_provider_code}` : ""}.
        </p>
        {why && (
          <p>
            {why} {source && <External href={source}>What Stripe says of it</External>}
          </p>
        )}
        {page && (
          <p>
            A page of Stripe waits for the customer. <External href={page}>Open it</External>
          </p>
        )}
        {url && (
          <p>
            <External href={url}>Open in Stripe</External>
          </p>
        )}
      </>
    ),
  };
}

function* planned({ invoice }: Story): Generator<Happening> {
  const step = invoice.next_step;
  if (step) yield { at: step.at ?? null, tone: "planned", title: "Next", more: step.explanation ?? undefined };
  else if (invoice.next_retry_at && invoice.payment_status === "failed") yield { at: invoice.next_retry_at, tone: "planned", title: "Next: tried again" };
}
