import { useState } from "preact/hooks";
import { answered, api, type Payment, type PaymentMethod, type WholeInvoice } from "../api/client";
import { Badge, Fact, Facts, Money } from "../parts/basics";
import { Shown, useLoaded } from "../parts/loading";
import { to } from "../router";
import { day } from "../text/time";
import { changesSoon, customerName, dueWords, invoiceSentence, invoiceStatus, problems } from "../text/words";
import { ChargedOnce } from "./charged_once";
import { ByHand, LinkToPay, Refund, Retry, VoidIt } from "./invoice_actions";
import { Timeline } from "./timeline";

export interface Story {
  invoice: WholeInvoice;
  payments: Payment[];
}

async function read(id: string): Promise<Story> {
  const [{ invoice }, { payments }] = await Promise.all([
    answered(api.GET("/api/v1/invoices/{lago_id}", { params: { path: { lago_id: id } } })),
    answered(api.GET("/api/v1/payments", { params: { query: { invoice_id: id } } })),
  ]);
  return { invoice: invoice as WholeInvoice, payments: [...(payments as Payment[])].sort((one, other) => one.created_at.localeCompare(other.created_at)) };
}

/** Whether something is about to come without anybody doing anything. */
const underWay = ({ invoice, payments }: Story): boolean =>
  changesSoon(invoice) || payments.some((one) => one.payment_status === "processing" || one.refunds.some((refund) => refund.status === "pending"));

export function InvoiceScreen({ id }: { id: string }) {
  const story = useLoaded(id, () => read(id), underWay);
  return (
    <>
      <p class="crumbs">
        <a href={to("invoices")}>Invoices</a>
      </p>
      {story.data === undefined && <h1>Invoice</h1>}
      <Shown of={story} what="The invoice">
        {(found) => <Whole story={found} reload={story.reload} />}
      </Shown>
    </>
  );
}

function Whole({ story, reload }: { story: Story; reload: () => void }) {
  const { invoice } = story;
  return (
    <>
      <div class="title">
        <h1>
          {invoice.number || invoice.lago_id} <Badge of={invoiceStatus(invoice)} />
        </h1>
        <p class="total">
          <Money minor={invoice.total_amount_cents} currency={invoice.currency} />
        </p>
      </div>
      <p class="lead" aria-live="polite">
        {invoiceSentence(invoice)}
      </p>
      <Actions story={story} done={reload} />
      <div class="columns">
        <section aria-labelledby="timeline">
          <h2 id="timeline">What happened</h2>
          <Timeline story={story} />
        </section>
        <div>
          <section aria-labelledby="facts">
            <h2 id="facts">Invoice</h2>
            <Facts>
              <Fact name="Customer">
                <a href={to("customers", invoice.external_customer_id)}>{invoice.customer ? customerName(invoice.customer as never) : invoice.external_customer_id}</a>
              </Fact>
              <Fact name="Issued">
                {day(invoice.issuing_date)}, {dueWords(invoice)}
              </Fact>
              <Fact name="Paid">
                <Money minor={invoice.total_paid_amount_cents} currency={invoice.currency} />
              </Fact>
              {invoice.total_refunded_amount_cents > 0 && (
                <Fact name="Went back">
                  <Money minor={invoice.total_refunded_amount_cents} currency={invoice.currency} />
                </Fact>
              )}
              <Fact name="Still owed">
                <Money minor={invoice.total_due_amount_cents} currency={invoice.currency} />
              </Fact>
              {invoice.error_details.length > 0 && <Fact name="Why it is parked">{problems(invoice).join("; ")}</Fact>}
              <Fact name="Id">
                <code>{invoice.lago_id}</code>
              </Fact>
            </Facts>
          </section>
          <ChargedOnce story={story} />
        </div>
      </div>
    </>
  );
}

type Dialogs = "retry" | "link" | "void" | "hand" | Payment | null;

/** What can be done now. The API decides in the end: what it refuses is explained in the dialog. */
function Actions({ story: { invoice, payments }, done }: { story: Story; done: () => void }) {
  const [open, setOpen] = useState<Dialogs>(null);
  const [methods, setMethods] = useState<PaymentMethod[]>([]);
  const close = (): void => setOpen(null);
  const finished = (): void => (close(), done());
  const owed = invoice.status !== "voided" && invoice.payment_status !== "succeeded";
  const sound = invoice.error_details.length === 0;
  const refundable = payments.filter((one) => one.type === "provider" && one.payment_status === "succeeded" && one.amount_cents > one.refunded_amount_cents);
  const retry = async (): Promise<void> => {
    setOpen("retry");
    const found = await answered(api.GET("/api/v1/customers/{external_id}/payment_methods", { params: { path: { external_id: invoice.external_customer_id } } })).catch(() => null);
    setMethods((found?.payment_methods ?? []) as PaymentMethod[]);
  };
  return (
    <div class="actions" role="group" aria-label="What you can do now">
      {owed && sound && (
        <>
          <button type="button" class="primary" onClick={() => void retry()}>
            {invoice.payment_status === "failed" ? "Retry the payment" : "Collect now"}
          </button>
          <button type="button" onClick={() => setOpen("link")}>
            Payment link
          </button>
          <button type="button" onClick={() => setOpen("hand")}>
            Record money by hand
          </button>
        </>
      )}
      {owed && (
        <button type="button" onClick={() => setOpen("void")}>
          Void
        </button>
      )}
      {refundable.map((one) => (
        <button type="button" key={one.lago_id} onClick={() => setOpen(one)}>
          Refund{refundable.length > 1 ? ` attempt ${one.attempt}` : ""}
        </button>
      ))}
      {open === "retry" && <Retry invoice={invoice} methods={methods} close={close} done={finished} />}
      {open === "link" && <LinkToPay invoice={invoice} close={() => (close(), done())} />}
      {open === "void" && <VoidIt invoice={invoice} close={close} done={finished} />}
      {open === "hand" && <ByHand invoice={invoice} close={close} done={finished} />}
      {open !== null && typeof open === "object" && <Refund payment={open} close={close} done={finished} />}
    </div>
  );
}
