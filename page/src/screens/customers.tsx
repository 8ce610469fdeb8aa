import { answered, api, type Customer } from "../api/client";
import { Badge, Empty } from "../parts/basics";
import { Shown, useLoaded } from "../parts/loading";
import { Csv, Pager, Table, type Column } from "../parts/table";
import { route, to } from "../router";
import { customerName, customerStatus } from "../text/words";

const COLUMNS: Column<Customer>[] = [
  { name: "Customer", heads: true, cell: (one) => <a href={to("customers", one.external_id)}>{customerName(one)}</a>, text: customerName },
  { name: "Your id", cell: (one) => <code>{one.external_id}</code>, text: (one) => one.external_id },
  { name: "E-mail", cell: (one) => one.email ?? "–", text: (one) => one.email ?? "" },
  { name: "At Stripe", cell: (one) => <Badge of={customerStatus(one)} />, text: (one) => customerStatus(one).text },
  { name: "Stripe's id", cell: (one) => <code>{one.billing_configuration.provider_customer_id ?? "–"}</code>, text: (one) => one.billing_configuration.provider_customer_id ?? "" },
];

export function Customers() {
  const cursor = route.value.query.get("cursor") ?? undefined;
  const list = useLoaded(cursor ?? "", () => answered(api.GET("/api/v1/customers", { params: { query: { per_page: 100, cursor } } })));
  return (
    <>
      <div class="title">
        <h1>Customers</h1>
        {list.data && <Csv name="customers" path={`/api/v1/customers?per_page=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`} columns={COLUMNS} rows={list.data.customers as Customer[]} />}
      </div>
      <Shown of={list} what="Customers">
        {({ customers, meta }) =>
          customers.length ? (
            <>
              <Table caption="Customers, in the order of your ids" columns={COLUMNS} rows={customers as Customer[]} keyOf={(one) => one.external_id} />
              <Pager meta={meta} shown={customers.length} what="customers" />
            </>
          ) : (
            <Empty title="No customer yet">
              <p>A customer appears here as soon as your billing system sends one:</p>
              <pre tabIndex={0}>{`POST /api/v1/customers
{"customer": {"external_id": "acme", "name": "Acme Inc."}}`}</pre>
            </Empty>
          )
        }
      </Shown>
    </>
  );
}
