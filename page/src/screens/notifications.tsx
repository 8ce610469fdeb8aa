import { useState } from "preact/hooks";
import { answered, api, type Notification } from "../api/client";
import { Empty, Fact, Facts, Field, Moment } from "../parts/basics";
import { Dialog, useSending } from "../parts/dialog";
import { Shown, useLoaded } from "../parts/loading";
import { Csv, Pager, Table, type Column } from "../parts/table";
import { go, route, to } from "../router";
import { notificationWords } from "../text/words";

type Content = Record<string, { lago_id?: string; external_id?: string; external_customer_id?: string; number?: string; lago_invoice_id?: string; lago_payable_id?: string; invoice_numbers?: string[] } | string | undefined>;

/** What a notification is about: an address of this page, and a name. */
function about(one: Notification): { address: string; name: string } | null {
  const content = one.payload as Content;
  const object = content[one.object_type];
  if (typeof object !== "object") return null;
  const invoice = one.object_type === "invoice" ? object.lago_id : (object.lago_invoice_id ?? object.lago_payable_id);
  if (invoice) return { address: to("invoices", invoice), name: object.number ?? object.invoice_numbers?.[0] ?? invoice };
  const customer = one.object_type === "customer" ? object.external_id : object.external_customer_id;
  return customer ? { address: to("customers", customer), name: customer } : null;
}

export function Notifications() {
  const { query } = route.value;
  const type = query.get("type") ?? "";
  const cursor = query.get("cursor") ?? undefined;
  const [open, setOpen] = useState<Notification | null>(null);
  const list = useLoaded(`${type} ${cursor}`, () => answered(api.GET("/api/v1/webhooks", { params: { query: { per_page: 100, cursor, ...(type ? { "event_types[]": [type] } : {}) } } })));
  const columns: Column<Notification>[] = [
    { name: "What", heads: true, text: (one) => one.webhook_type, cell: (one) => (
        <span class="stack">
          <button type="button" class="link" onClick={() => setOpen(one)}>
            {notificationWords(one.webhook_type)}
          </button>
          <small>{one.webhook_type}</small>
        </span>
      ) },
    { name: "About", cell: (one) => <About of={one} />, text: (one) => about(one)?.name ?? "" },
    { name: "Sent", cell: (one) => <Moment at={one.created_at} />, text: (one) => one.created_at },
  ];
  return (
    <>
      <div class="title">
        <h1>Notifications</h1>
        {list.data && <Csv name="notifications" path={`/api/v1/webhooks?per_page=100${type ? `&event_types[]=${type}` : ""}`} columns={columns} rows={list.data.webhooks} />}
      </div>
      <form class="filters" role="search" aria-label="Notifications" onSubmit={(event) => event.preventDefault()}>
        <Field label="Type">
          {(described) => (
            <select {...described} value={type} onChange={(event) => go(to("notifications", null, { type: event.currentTarget.value }))}>
              <option value="">All</option>
              {["invoice.payment_failure", "invoice.payment_status_updated", "payment.succeeded", "payment.requires_action", "payment_provider.error", "customer.payment_method_missing"].map((name) => (
                <option key={name} value={name}>
                  {notificationWords(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </form>
      <Subscribers />
      <Shown of={list} what="Notifications">
        {({ webhooks, meta }) =>
          webhooks.length ? (
            <>
              <Table caption="Notifications, the newest first" columns={columns} rows={webhooks} keyOf={(one) => one.lago_id} />
              <Pager meta={meta} shown={webhooks.length} what="notifications" />
            </>
          ) : (
            <Empty title="Nothing was sent">
              <p>What becomes of an invoice, a customer or an account is published here, and posted to all who subscribed.</p>
            </Empty>
          )
        }
      </Shown>
      {open && <One of={open} close={() => setOpen(null)} />}
    </>
  );
}

function About({ of }: { of: Notification }) {
  const found = about(of);
  return found ? <a href={found.address}>{found.name}</a> : <>–</>;
}

/** To whom notifications go besides the subscribers of the topic, which AWS keeps. */
function Subscribers() {
  const list = useLoaded("endpoints", async () => (await answered(api.GET("/api/v1/webhook_endpoints", { params: { query: { per_page: 100 } } }))).webhook_endpoints);
  const words = { pending_confirmation: "has not confirmed yet", confirmed: "gets them", expired: "did not confirm in time", refused: "was refused" };
  return (
    <details class="subscribers">
      <summary>To whom they are posted</summary>
      <Shown of={list} what="Webhook endpoints">
        {(endpoints) =>
          endpoints.length ? (
            <ul>
              {endpoints.map((one) => (
                <li key={one.lago_id}>
                  <code>{one.webhook_url}</code> {words[one.subscription_status]}
                  {one.event_types ? `: ${one.event_types.join(", ") || "no type"}` : ": all types"}
                </li>
              ))}
            </ul>
          ) : (
            <p>To no webhook endpoint. Subscribers of the SNS topic get them, too.</p>
          )
        }
      </Shown>
    </details>
  );
}

function One({ of, close }: { of: Notification; close: () => void }) {
  const sending = useSending();
  const [sent, setSent] = useState(false);
  const again = async (): Promise<void> => {
    await answered(api.POST("/api/v1/webhooks/{lago_id}/retry", { params: { path: { lago_id: of.lago_id } } }));
    setSent(true);
  };
  return (
    <Dialog title={notificationWords(of.webhook_type)} close={close}>
      <Facts>
        <Fact name="Type">
          <code>{of.webhook_type}</code>
        </Fact>
        <Fact name="About">
          <About of={of} />
        </Fact>
        <Fact name="Sent">
          <Moment at={of.created_at} />
        </Fact>
        <Fact name="Its unique key">
          <code>{of.lago_id}</code>
        </Fact>
      </Facts>
      <pre tabIndex={0} aria-label="Payload">{JSON.stringify(of.payload, null, 2)}</pre>
      <p role="status">{sent ? "Sent again, under the same unique key: a receiver that has handled it can drop it." : (sending.problem ?? "")}</p>
      <footer>
        <button type="button" onClick={() => void sending.send(again)} aria-disabled={sending.busy}>
          Send again
        </button>
        <button type="button" class="primary" onClick={close}>
          Done
        </button>
      </footer>
    </Dialog>
  );
}
