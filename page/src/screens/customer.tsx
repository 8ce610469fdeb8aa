import { useState } from "preact/hooks";
import { answered, api, type Customer, type Invoice, type PaymentMethod } from "../api/client";
import { Badge, Copy, CustomersPage, External, Fact, Facts, Moment } from "../parts/basics";
import { Dialog, useSending } from "../parts/dialog";
import { Shown, useLoaded } from "../parts/loading";
import { Table, type Column } from "../parts/table";
import { to } from "../router";
import { livemodeOf } from "../state";
import { changesSoon, customerName, customerStatus, storedMethodName } from "../text/words";
import { Consent } from "./consent";
import { INVOICE_COLUMNS } from "./invoices";

const at = (id: string) => ({ params: { path: { external_id: id } } });

export function CustomerScreen({ id }: { id: string }) {
  const customer = useLoaded(id, async () => (await answered(api.GET("/api/v1/customers/{external_id}", at(id)))).customer as Customer, (one) => Boolean(one.billing_configuration.provider_customer_id) && !one.billing_configuration.payment_method_id);
  return (
    <>
      <p class="crumbs">
        <a href={to("customers")}>Customers</a>
      </p>
      {customer.data === undefined && <h1>Customer</h1>}
      <Shown of={customer} what="The customer">
        {(found) => <Whole customer={found} reload={customer.reload} />}
      </Shown>
    </>
  );
}

function Whole({ customer, reload }: { customer: Customer; reload: () => void }) {
  const billing = customer.billing_configuration;
  const linked = billing.provider_customer_id;
  const live = livemodeOf(billing.payment_provider_code);
  return (
    <>
      <div class="title">
        <h1>
          {customerName(customer)} <Badge of={customerStatus(customer)} />
        </h1>
      </div>
      <Actions customer={customer} reload={reload} />
      <div class="columns even">
        <section aria-labelledby="facts">
          <h2 id="facts">Customer</h2>
          <Facts>
            <Fact name="Your id">
              <code>{customer.external_id}</code>
            </Fact>
            <Fact name="E-mail">{customer.email ?? "–"}</Fact>
            <Fact name="Stripe account">{billing.payment_provider_code ?? "–"}</Fact>
            <Fact name="At Stripe">{linked ? live === null ? <code>{linked}</code> : <External href={`https://dashboard.stripe.com/${live ? "" : "test/"}customers/${linked}`}>{linked}</External> : "Not linked: nothing can be collected"}</Fact>
            <Fact name="Another method may be charged">
              {customer.fallback_payment_consent ? (
                <>
                  Agreed by {customer.fallback_payment_consent.given_by}, {customer.fallback_payment_consent.given_how}, on <Moment at={customer.fallback_payment_consent.given_at} />
                </>
              ) : (
                "No consent on record: where the default is declined, no other one is charged"
              )}
            </Fact>
          </Facts>
        </section>
        <section aria-labelledby="methods">
          <h2 id="methods">Payment methods</h2>
          {linked ? <Methods customer={customer} changed={reload} key={billing.payment_method_id} /> : <p>Not in Stripe yet, so there is none.</p>}
        </section>
      </div>
      <OpenInvoices id={customer.external_id} />
    </>
  );
}

function Actions({ customer, reload }: { customer: Customer; reload: () => void }) {
  const sending = useSending();
  const [open, setOpen] = useState<"consent" | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const linked = customer.billing_configuration.provider_customer_id;
  const checkout = async (): Promise<void> => setLink((await answered(api.POST("/api/v1/customers/{external_id}/checkout_url", at(customer.external_id)))).customer.checkout_url);
  const create = async (): Promise<void> => {
    const body = { customer: { external_id: customer.external_id, billing_configuration: { payment_provider: "stripe" as const, sync_with_provider: true } } };
    await answered(api.POST("/api/v1/customers", { body: body as never }));
    reload();
  };
  return (
    <div class="actions" role="group" aria-label="What you can do now">
      {linked ? (
        <button type="button" class="primary" onClick={() => void sending.send(checkout)} aria-disabled={sending.busy}>
          Link to save a payment method
        </button>
      ) : (
        <button type="button" class="primary" onClick={() => void sending.send(create)} aria-disabled={sending.busy}>
          Create in Stripe
        </button>
      )}
      <button type="button" onClick={() => setOpen("consent")}>
        {customer.fallback_payment_consent ? "Change the consent" : "Record a consent"}
      </button>
      <a class="button" href={to("invoices", null, { customer: customer.external_id })}>
        All invoices
      </a>
      {sending.problem && (
        <p class="notice bad" role="alert">
          {sending.problem}
        </p>
      )}
      {open && <Consent customer={customer} close={() => setOpen(null)} done={() => (setOpen(null), reload())} />}
      {link && (
        <Dialog title="Link to save a payment method" close={() => setLink(null)}>
          <p>Send it to the customer. What is saved there becomes the default, and what waits for it is collected. It is open for a day.</p>
          <Copy text={link} label="Link to save a payment method" />
          <footer>
            <CustomersPage href={link} />
            <button type="button" class="primary" onClick={() => setLink(null)}>
              Done
            </button>
          </footer>
        </Dialog>
      )}
    </div>
  );
}

/** What the customer has to pay with, in the order in which it would be charged: the default first. */
function Methods({ customer, changed }: { customer: Customer; changed: () => void }) {
  const id = customer.external_id;
  const sending = useSending();
  const list = useLoaded(id, async () => (await answered(api.GET("/api/v1/customers/{external_id}/payment_methods", at(id)))).payment_methods as PaymentMethod[]);
  const makeDefault = async (one: PaymentMethod): Promise<void> => {
    await answered(api.PUT("/api/v1/customers/{external_id}/payment_methods/{lago_id}/set_as_default", { params: { path: { external_id: id, lago_id: one.lago_id } } }));
    list.reload();
    changed();
  };
  const columns: Column<PaymentMethod>[] = [
    { name: "Method", heads: true, cell: storedMethodName },
    { name: "Saved", cell: (one) => <Moment at={one.created_at} /> },
    {
      name: "Charged",
      cell: (one) =>
        one.is_default ? (
          <Badge of={{ text: "The default", tone: "good" }} />
        ) : (
          <button type="button" onClick={() => void sending.send(() => makeDefault(one))} aria-label={`Make ${storedMethodName(one)} the default`}>
            Make it the default
          </button>
        ),
    },
  ];
  return (
    <Shown of={list} what="Payment methods">
      {(methods) =>
        methods.length ? (
          <>
            {sending.problem && (
              <p class="notice bad" role="alert">
                {sending.problem}
              </p>
            )}
            <Table caption="Payment methods, the default first" columns={columns} rows={[...methods].sort((one, other) => Number(other.is_default) - Number(one.is_default))} keyOf={(one) => one.lago_id} />
          </>
        ) : (
          <p>None is saved. Send the customer a link to save one: what waits is collected then.</p>
        )
      }
    </Shown>
  );
}

function OpenInvoices({ id }: { id: string }) {
  const query = { "payment_statuses[]": ["pending" as const, "failed" as const], status: "finalized" as const, per_page: 100 };
  const list = useLoaded(id, async () => (await answered(api.GET("/api/v1/customers/{external_id}/invoices", { params: { path: { external_id: id }, query } }))).invoices as Invoice[], (found) => found.some(changesSoon));
  return (
    <section aria-labelledby="open">
      <h2 id="open">Open invoices</h2>
      <Shown of={list} what="Open invoices">
        {(invoices) => (invoices.length ? <Table caption="Open invoices" columns={INVOICE_COLUMNS.filter((column) => column.name !== "Customer")} rows={invoices} keyOf={(one) => one.lago_id} /> : <p>Nothing is owed.</p>)}
      </Shown>
    </section>
  );
}
