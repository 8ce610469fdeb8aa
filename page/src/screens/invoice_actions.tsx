import { useState } from "preact/hooks";
import { answered, api, type Invoice, type Payment, type PaymentMethod } from "../api/client";
import { Copy, CustomersPage, Field } from "../parts/basics";
import { Act, Dialog, useSending } from "../parts/dialog";
import { minorUnits, money, plain } from "../text/money";
import { storedMethodName } from "../text/words";

interface Doing {
  close: () => void;
  done: () => void;
}

const of = (invoice: Invoice) => ({ path: { lago_id: invoice.lago_id } });

export function Retry({ invoice, methods, close, done }: Doing & { invoice: Invoice; methods: PaymentMethod[] }) {
  const sending = useSending();
  const [chosen, choose] = useState("");
  const act = async (): Promise<void> => {
    const body = chosen ? { payment_method: { payment_method_type: "provider" as const, payment_method_id: chosen } } : {};
    await answered(api.POST("/api/v1/invoices/{lago_id}/retry_payment", { params: of(invoice), body }));
    done();
  };
  return (
    <Act title="Collect this invoice now" label={`Charge ${money(invoice.total_due_amount_cents, invoice.currency)}`} close={close} sending={sending} act={act}>
      <p>The attempt before is closed at Stripe first. If it turns out to have succeeded, that is recorded and nothing is charged again.</p>
      <Field label="Charge">
        {(described) => (
          <select {...described} value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">The customer's default payment method</option>
            {methods.map((one) => (
              <option key={one.lago_id} value={one.lago_id}>
                {storedMethodName(one)}
                {one.is_default ? " (the default)" : ""}
              </option>
            ))}
          </select>
        )}
      </Field>
    </Act>
  );
}

export function LinkToPay({ invoice, close }: { invoice: Invoice; close: () => void }) {
  const sending = useSending();
  const [url, setUrl] = useState<string | null>(null);
  const act = async (): Promise<void> => {
    const { invoice_payment_details: page } = await answered(api.POST("/api/v1/invoices/{lago_id}/payment_url", { params: of(invoice) }));
    setUrl(page.payment_url);
  };
  if (url)
    return (
      <Dialog title="Payment link" close={close}>
        <p>Send it to the customer. It is open for a day; while it is, nothing else is charged.</p>
        <Copy text={url} label="Payment link" />
        <footer>
          <CustomersPage href={url} />
          <button type="button" class="primary" onClick={close}>
            Done
          </button>
        </footer>
      </Dialog>
    );
  return (
    <Act title="Make a payment link" label="Make the link" close={close} sending={sending} act={act}>
      <p>
        Stripe makes a page on which the customer pays {money(invoice.total_due_amount_cents, invoice.currency)} with whatever they choose. It is open for a day. The attempt before is closed first; nothing is charged besides while the page is open.
      </p>
    </Act>
  );
}

export function VoidIt({ invoice, close, done }: Doing & { invoice: Invoice }) {
  const sending = useSending();
  const act = async (): Promise<void> => {
    await answered(api.POST("/api/v1/invoices/{lago_id}/void", { params: of(invoice), body: {} }));
    done();
  };
  return (
    <Act title="Void this invoice" label="Void it" danger close={close} sending={sending} act={act}>
      <p>Nothing is owed any more and nothing is collected. An attempt that failed is closed at Stripe. This cannot be undone.</p>
    </Act>
  );
}

export function ByHand({ invoice, close, done }: Doing & { invoice: Invoice }) {
  const sending = useSending(["amount_cents", "reference", "paid_at"]);
  const [key] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState(plain(invoice.total_due_amount_cents, invoice.currency));
  const [reference, setReference] = useState("");
  const [paidAt, setPaidAt] = useState(new Date().toISOString().slice(0, 10));
  const minor = minorUnits(amount, invoice.currency);
  const act = async (): Promise<void> => {
    if (minor === null) throw new Error(`${amount || "Nothing"} is no amount of ${invoice.currency}.`);
    const payment = { invoice_id: invoice.lago_id, amount_cents: minor, reference, paid_at: paidAt };
    await answered(api.POST("/api/v1/payments", { params: { header: { "Idempotency-Key": key } }, body: { payment } }));
    done();
  };
  return (
    <Act title="Record money that came elsewhere" label="Record it" close={close} sending={sending} act={act}>
      <p>It settles the invoice, or a part of it. What remains is collected as before.</p>
      <Field label={`Amount in ${invoice.currency}`} error={sending.field("amount_cents")}>
        {(described) => <input {...described} inputMode="decimal" required value={amount} onInput={(event) => setAmount(event.currentTarget.value)} />}
      </Field>
      <Field label="Reference" hint="What it is known by: a transfer's number, say." error={sending.field("reference")}>
        {(described) => <input {...described} required value={reference} onInput={(event) => setReference(event.currentTarget.value)} />}
      </Field>
      <Field label="Paid on" error={sending.field("paid_at")}>
        {(described) => <input {...described} type="date" required value={paidAt} onInput={(event) => setPaidAt(event.currentTarget.value)} />}
      </Field>
    </Act>
  );
}

export function Refund({ payment, close, done }: Doing & { payment: Payment }) {
  const sending = useSending(["amount_cents", "reason"]);
  const [key] = useState(() => crypto.randomUUID());
  const left = payment.amount_cents - payment.refunded_amount_cents;
  const [amount, setAmount] = useState(plain(left, payment.amount_currency));
  const [reason, setReason] = useState("requested_by_customer");
  const minor = minorUnits(amount, payment.amount_currency);
  const act = async (): Promise<void> => {
    if (minor === null) throw new Error(`${amount || "Nothing"} is no amount of ${payment.amount_currency}.`);
    const refund = { amount_cents: minor, reason: reason as "duplicate" | "fraudulent" | "requested_by_customer" };
    await answered(api.POST("/api/v1/payments/{lago_id}/refunds", { params: { path: { lago_id: payment.lago_id }, header: { "Idempotency-Key": key } }, body: { refund } }));
    done();
  };
  return (
    <Act title="Refund" label={minor === null ? "Refund" : `Give ${money(minor, payment.amount_currency)} back`} danger close={close} sending={sending} act={act}>
      <p>It goes back to where it came from. The invoice stays paid. {money(left, payment.amount_currency)} can go back at the most.</p>
      <Field label={`Amount in ${payment.amount_currency}`} error={sending.field("amount_cents")}>
        {(described) => <input {...described} inputMode="decimal" required value={amount} onInput={(event) => setAmount(event.currentTarget.value)} />}
      </Field>
      <Field label="Reason" hint={reason === "fraudulent" ? "Stripe blocks the card and the customer's e-mail address from then on." : undefined} error={sending.field("reason")}>
        {(described) => (
          <select {...described} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
            <option value="requested_by_customer">The customer has asked for it</option>
            <option value="duplicate">It was paid twice</option>
            <option value="fraudulent">It was fraud</option>
          </select>
        )}
      </Field>
    </Act>
  );
}
