import { type TargetedEvent } from "preact";
import { answered, api, type Invoice } from "../api/client";
import { Badge, Empty, Field, Moment, Money } from "../parts/basics";
import { Shown, useLoaded } from "../parts/loading";
import { Csv, Pager, Table, type Column } from "../parts/table";
import { go, route, to } from "../router";
import { minorUnits, plain } from "../text/money";
import { day } from "../text/time";
import { changesSoon, dueWords, invoiceSentence, invoiceStatus } from "../text/words";

export const INVOICE_COLUMNS: Column<Invoice>[] = [
  { name: "Invoice", heads: true, cell: (one) => <a href={to("invoices", one.lago_id)}>{one.number || one.lago_id}</a>, text: (one) => one.number || one.lago_id },
  { name: "Customer", cell: (one) => <a href={to("customers", one.external_customer_id)}>{one.external_customer_id}</a>, text: (one) => one.external_customer_id },
  { name: "Amount", numeric: true, cell: (one) => <Money minor={one.total_amount_cents} currency={one.currency} />, text: (one) => plain(one.total_amount_cents, one.currency) },
  { name: "Status", cell: (one) => <Badge of={invoiceStatus(one)} />, text: (one) => invoiceStatus(one).text },
  { name: "Why, and what next", cell: (one) => <span class="sentence">{invoiceSentence(one)}</span>, text: invoiceSentence },
  {
    name: "Issued",
    cell: (one) => (
      <span class="stack">
        {day(one.issuing_date)} <small>{one.payment_status === "succeeded" || one.status === "voided" ? "" : dueWords(one)}</small>
      </span>
    ),
    text: (one) => one.issuing_date,
  },
];

const STATES: Record<string, Record<string, string>> = {
  open: { payment_status: "pending", status: "finalized" },
  failed: { payment_status: "failed", status: "finalized" },
  paid: { payment_status: "succeeded" },
  voided: { status: "voided" },
};

/** Every invoice: something may come for it while it is neither paid nor given up. */
export function Invoices() {
  const { query } = route.value;
  const asked = filterOf(query);
  const name = JSON.stringify(asked);
  const list = useLoaded(name, () => answered(api.GET("/api/v1/invoices", { params: { query: asked } })), ({ invoices }) => (invoices as Invoice[]).some(changesSoon));
  const filtered = [...query.keys()].some((key) => key !== "cursor" && key !== "page");
  const path = `/api/v1/invoices?${new URLSearchParams(Object.entries(asked).map(([key, value]) => [key, String(value)]))}`;
  return (
    <>
      <div class="title">
        <h1>Invoices</h1>
        {list.data && <Csv name="invoices" path={path} columns={INVOICE_COLUMNS} rows={list.data.invoices as Invoice[]} />}
      </div>
      <Filters query={query} />
      <Shown of={list} what="Invoices">
        {({ invoices, meta }) =>
          invoices.length ? (
            <>
              <Table caption="Invoices, the newest first" columns={INVOICE_COLUMNS} rows={invoices as Invoice[]} keyOf={(one) => one.lago_id} />
              <Pager meta={meta} shown={invoices.length} what="invoices" />
            </>
          ) : filtered ? (
            <Empty title="No invoice is like that">
              <p>
                <a href={to("invoices")}>Show all invoices</a>
              </p>
            </Empty>
          ) : (
            <NoInvoice />
          )
        }
      </Shown>
    </>
  );
}

/** What the API is asked for, of what stands in the address. */
function filterOf(query: URLSearchParams) {
  const currency = query.get("currency")?.toUpperCase() ?? "";
  const amount = (name: string): number | undefined => (currency && query.get(name) ? (minorUnits(query.get(name) ?? "", currency) ?? undefined) : undefined);
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const all = {
    ...STATES[query.get("state") ?? ""],
    search_term: text("search"),
    external_customer_id: text("customer"),
    currency: currency || undefined,
    issuing_date_from: text("from"),
    issuing_date_to: text("until"),
    amount_from: amount("least"),
    amount_to: amount("most"),
    cursor: text("cursor"),
    per_page: 100,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as { per_page: number; cursor?: string };
}

/** What is typed is the browser's until it is sent: the list beside it is drawn again while it is. */
function Filters({ query }: { query: URLSearchParams }) {
  const apply = (event: TargetedEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const filled = new FormData(event.currentTarget);
    const named = Object.fromEntries([...filled].map(([name, value]) => [name, String(value).trim()]));
    go(to("invoices", null, named));
  };
  const value = (name: string): string => query.get(name) ?? "";
  return (
    <form class="filters" role="search" aria-label="Invoices" onSubmit={apply} key={query.toString()}>
      <Field label="Status">
        {(described) => (
          <select {...described} name="state" value={value("state")} onChange={(event) => event.currentTarget.form?.requestSubmit()}>
            <option value="">All</option>
            <option value="open">Open</option>
            <option value="failed">Failed</option>
            <option value="paid">Paid</option>
            <option value="voided">Voided</option>
          </select>
        )}
      </Field>
      <Field label="Search">{(described) => <input {...described} type="search" name="search" placeholder="Number, id or customer" defaultValue={value("search")} />}</Field>
      <Field label="Customer">{(described) => <input {...described} name="customer" defaultValue={value("customer")} />}</Field>
      <Field label="Issued from">{(described) => <input {...described} type="date" name="from" defaultValue={value("from")} />}</Field>
      <Field label="until">{(described) => <input {...described} type="date" name="until" defaultValue={value("until")} />}</Field>
      <Field label="Currency">{(described) => <input {...described} name="currency" class="short" maxLength={3} pattern="[A-Za-z]{3}" placeholder="EUR" defaultValue={value("currency")} />}</Field>
      <Field label="Amount from">{(described) => <input {...described} name="least" class="short" inputMode="decimal" placeholder="with currency" defaultValue={value("least")} />}</Field>
      <Field label="to">{(described) => <input {...described} name="most" class="short" inputMode="decimal" placeholder="with currency" defaultValue={value("most")} />}</Field>
      <button type="submit">Filter</button>
      {query.size > 0 && (
        <a class="button quiet" href={to("invoices")}>
          Clear
        </a>
      )}
    </form>
  );
}

export function NoInvoice() {
  return (
    <Empty title="No invoice yet">
      <p>An invoice appears here as soon as your billing system sends one, and is collected at once. This is how:</p>
      <pre tabIndex={0}>{`POST /api/v1/invoices
{"invoice": {"external_customer_id": "acme",
             "currency": "EUR",
             "total_amount_cents": 4200}}`}</pre>
    </Empty>
  );
}

/** Since when an invoice stands as it does. */
export function Ended({ invoice }: { invoice: Invoice }) {
  const at = invoice.ended_at ?? invoice.voided_at;
  return at ? <Moment at={at} /> : null;
}
