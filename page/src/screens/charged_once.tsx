import type { Payment } from "../api/client";
import { Badge, External, Money } from "../parts/basics";
import { Table, type Column } from "../parts/table";
import { livemodeOf } from "../state";
import { money } from "../text/money";
import { pageOf, paymentStatus, providerUrl } from "../text/words";
import type { Story } from "./invoice";

const COLUMNS: Column<Payment>[] = [
  { name: "Attempt", heads: true, cell: (one) => (one.type === "manual" ? one.reference || "By hand" : String(one.attempt ?? "–")) },
  {
    name: "At Stripe",
    cell: (one) => {
      const url = providerUrl(one, livemodeOf(one.payment_provider_code));
      return one.provider_payment_id ? url ? <External href={url}>{one.provider_payment_id.slice(0, 14)}…</External> : one.provider_payment_id : one.type === "manual" ? "–" : pageOf(one) ? "a page" : "never there";
    },
  },
  { name: "Ended", cell: (one) => <Badge of={paymentStatus(one)} /> },
  { name: "Counts", numeric: true, cell: (one) => <Money minor={one.payment_status === "succeeded" ? one.amount_cents : 0} currency={one.amount_currency} /> },
];

/** The proof that nobody paid twice: every attempt, how it ended at Stripe, and what they add up to. */
export function ChargedOnce({ story: { invoice, payments } }: { story: Story }) {
  if (payments.length === 0) return null;
  const received = payments.filter((one) => one.payment_status === "succeeded");
  const sum = received.reduce((total, one) => total + one.amount_cents, 0);
  const back = payments.reduce((total, one) => total + one.refunded_amount_cents, 0);
  return (
    <section aria-labelledby="once">
      <h2 id="once">{received.length > 1 && sum > invoice.total_amount_cents ? "Paid more than once" : received.length ? "Charged once" : "Not charged yet"}</h2>
      <Table caption="Attempts, and how each ended" columns={COLUMNS} rows={payments} keyOf={(one) => one.lago_id} />
      <p class="sum">
        {money(sum, invoice.currency)} received{back > 0 ? `, ${money(back, invoice.currency)} went back` : ""}, {money(invoice.total_amount_cents, invoice.currency)} owed in all.
      </p>
    </section>
  );
}
