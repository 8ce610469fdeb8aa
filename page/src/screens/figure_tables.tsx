import type { CurrencyFigures, Part } from "../api/later";
import { Csv, Table, type Column } from "../parts/table";
import { money, plain } from "../text/money";
import { day } from "../text/time";

type Day = CurrencyFigures["days"][number];

/** The table behind the chart. */
export function DayTable({ of, from, until }: { of: CurrencyFigures; from: string; until: string }) {
  const amount = (name: string, pick: (one: Day) => number): Column<Day> => ({ name, numeric: true, cell: (one) => money(pick(one), of.currency), text: (one) => plain(pick(one), of.currency) });
  const columns: Column<Day>[] = [
    { name: "Day", heads: true, cell: (one) => day(one.date), text: (one) => one.date },
    amount("Invoiced", (one) => one.invoiced_cents),
    amount("Collected", (one) => one.collected_cents),
    amount("Failed", (one) => one.failed_cents),
    amount("Refunded", (one) => one.refunded_cents),
    amount("Disputed", (one) => one.disputed_cents),
  ];
  return (
    <details>
      <summary>The same as a table</summary>
      <Csv name={`figures-${of.currency}-${from}-${until}`} path={`/api/v1/figures?from=${from}&to=${until}&currency=${of.currency}`} columns={columns} rows={of.days} />
      <Table caption={`Each day in ${of.currency}`} columns={columns} rows={of.days} keyOf={(one) => one.date} />
    </details>
  );
}

const WAYS = { retry: "By another try", another_method: "By another method", payment_link: "By a payment link", by_hand: "By hand" };

/** What was collected although it had failed first, by what brought it. */
export function Recovered({ of }: { of: CurrencyFigures }) {
  const rows = Object.entries(WAYS).map(([way, name]) => ({ name, part: of.totals.recovered?.[way as keyof typeof WAYS] ?? ({ invoices: 0, amount_cents: 0 } satisfies Part) }));
  const columns: Column<(typeof rows)[number]>[] = [
    { name: "How", heads: true, cell: (one) => one.name, text: (one) => one.name },
    { name: "Invoices", numeric: true, cell: (one) => one.part.invoices, text: (one) => String(one.part.invoices) },
    { name: "Amount", numeric: true, cell: (one) => money(one.part.amount_cents, of.currency), text: (one) => plain(one.part.amount_cents, of.currency) },
  ];
  return (
    <section aria-labelledby="recovered">
      <div class="title">
        <h2 id="recovered">Recovered after a failure</h2>
        <Csv name={`recovered-${of.currency}`} columns={columns} rows={rows} />
      </div>
      <Table caption="What was collected although it had failed first" columns={columns} rows={rows} keyOf={(one) => one.name} />
    </section>
  );
}
