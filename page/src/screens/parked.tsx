import { answered, api, type Invoice } from "../api/client";
import { Empty, Moment } from "../parts/basics";
import { Shown, useLoaded } from "../parts/loading";
import { Csv, Table, type Column } from "../parts/table";
import { to } from "../router";
import { problems } from "../text/words";

const PAGES_AT_ONCE = 10;

interface Found {
  parked: Invoice[];
  looked: number;
  /** Whether older open invoices were not looked at. */
  more: boolean;
}

/** The API has no filter for parked items: they are among the open invoices, which are read page by page. */
export async function readParked(pages = PAGES_AT_ONCE): Promise<Found> {
  const found: Found = { parked: [], looked: 0, more: false };
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const { invoices, meta } = await answered(api.GET("/api/v1/invoices", { params: { query: { payment_status: "pending", per_page: 100, cursor } } }));
    found.looked += invoices.length;
    found.parked.push(...(invoices as Invoice[]).filter((one) => one.error_details.length > 0));
    cursor = meta.next_cursor ?? undefined;
    if (!cursor) return found;
  }
  return { ...found, more: true };
}

const COLUMNS: Column<Invoice>[] = [
  { name: "Item", heads: true, cell: (one) => <a href={to("invoices", one.lago_id)}>{one.number || one.lago_id}</a>, text: (one) => one.number || one.lago_id },
  { name: "Customer", cell: (one) => one.external_customer_id || "–", text: (one) => one.external_customer_id },
  { name: "Why it is not collected", cell: (one) => <span class="sentence">{problems(one).join("; ")}</span>, text: (one) => problems(one).join("; ") },
  { name: "Taken in", cell: (one) => <Moment at={one.created_at} />, text: (one) => one.created_at },
];

export function Parked() {
  const list = useLoaded("parked", () => readParked());
  return (
    <>
      <div class="title">
        <h1>Parked items</h1>
        {list.data && <Csv name="parked-items" columns={COLUMNS} rows={list.data.parked} />}
      </div>
      <p class="lead">What your application has put into the invoices table and what breaks the contract is not collected. Put the item there again, corrected, or void it.</p>
      <Shown of={list} what="Parked items">
        {({ parked, looked, more }) => (
          <>
            {parked.length ? <Table caption="Parked items" columns={COLUMNS} rows={parked} keyOf={(one) => one.lago_id} /> : <Empty title="Nothing is parked" />}
            {more && <p class="hint">Looked through the newest {looked.toLocaleString("en")} open invoices.</p>}
          </>
        )}
      </Shown>
    </>
  );
}
