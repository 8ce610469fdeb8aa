import { answered, api, figures, type Invoice } from "../api/client";
import type { CurrencyFigures, Figures } from "../api/later";
import { Empty, Moment } from "../parts/basics";
import { Bars } from "../parts/chart";
import { Shown, useLoaded } from "../parts/loading";
import { Csv, Table, type Column } from "../parts/table";
import { route, to } from "../router";
import { integrations } from "../state";
import { money, plain } from "../text/money";
import { daysAgo, day, duration } from "../text/time";
import { DayTable, Recovered } from "./figure_tables";
import { INVOICE_COLUMNS, NoInvoice } from "./invoices";

const DAYS = 30;

async function newest(): Promise<{ failed: Invoice[]; any: boolean }> {
  const [failed, all] = await Promise.all([
    answered(api.GET("/api/v1/invoices", { params: { query: { payment_status: "failed", status: "finalized", per_page: 10 } } })),
    answered(api.GET("/api/v1/invoices", { params: { query: { per_page: 1 } } })),
  ]);
  return { failed: failed.invoices as Invoice[], any: all.invoices.length > 0 };
}

export function Overview() {
  const now = new Date();
  const from = daysAgo(DAYS - 1, now);
  const until = daysAgo(0, now);
  const counted = useLoaded(`figures ${from}`, () => figures(from, until), (found) => found !== null);
  const latest = useLoaded("newest", newest, () => true);
  if (integrations.value?.length === 0) return <Begin />;
  return (
    <>
      <div class="title">
        <h1>Overview</h1>
        {counted.data?.counted_until && (
          <p class="counted">
            Counted up to <Moment at={counted.data.counted_until} />
          </p>
        )}
      </div>
      <Shown of={counted} what="The figures">
        {(found) => (found ? <Currencies figures={found} /> : null)}
      </Shown>
      <Shown of={latest} what="The newest invoices">
        {({ failed, any }) =>
          !any ? (
            <NoInvoice />
          ) : (
            <section aria-labelledby="failed">
              <h2 id="failed">Not collected</h2>
              {failed.length ? (
                <>
                  <Table caption="The newest failed invoices" columns={INVOICE_COLUMNS} rows={failed} keyOf={(one) => one.lago_id} />
                  <p>
                    <a href={to("invoices", null, { state: "failed" })}>All failed invoices</a>
                  </p>
                </>
              ) : (
                <p>No invoice has failed.</p>
              )}
            </section>
          )
        }
      </Shown>
    </>
  );
}

function Begin() {
  return (
    <>
      <h1>Welcome</h1>
      <Empty title="First, connect Stripe">
        <p>Then every invoice that your billing system sends is collected automatically, and you see here what was, what was not, and why.</p>
        <a class="button primary" href={to("integrations")}>
          Connect Stripe
        </a>
      </Empty>
    </>
  );
}

function Currencies({ figures: found }: { figures: Figures }) {
  const asked = route.value.query.get("currency");
  const shown = found.currencies.find((one) => one.currency === asked) ?? found.currencies[0];
  if (!shown) return null;
  return (
    <>
      {found.currencies.length > 1 && (
        <nav class="tabs" aria-label="Currency">
          {found.currencies.map((one) => (
            <a key={one.currency} href={to("overview", null, { currency: one.currency })} aria-current={one === shown ? "true" : undefined}>
              {one.currency}
            </a>
          ))}
        </nav>
      )}
      <Currency of={shown} from={found.from} until={found.to} />
    </>
  );
}

const rate = (value: number | null): string => (value === null ? "–" : `${(value * 100).toFixed(1)} %`);

function Currency({ of, from, until }: { of: CurrencyFigures; from: string; until: string }) {
  const { totals, currency } = of;
  const recovered = Object.values(totals.recovered ?? {}).reduce((sum, part) => sum + part.amount_cents, 0);
  const tiles: [string, string, string][] = [
    ["Collected", money(totals.collected_cents, currency), `${totals.payments} payments`],
    ["Failed", money(totals.failed_cents, currency), `${totals.failures} attempts`],
    ["Recovered after a failure", money(recovered, currency), "by retry, another method, link or hand"],
    ["Overdue", money(of.overdue.amount_cents, currency), `${of.overdue.invoices} invoices`],
    ["Refunded", money(totals.refunded_cents, currency), `${totals.refunds} refunds`],
    ["Disputed", money(totals.disputed_cents, currency), `${totals.disputes} disputes`],
    ["Invoices paid", rate(of.success_rate_of_invoices), `${rate(of.success_rate_of_attempts)} of the attempts`],
    ["Time to payment", of.time_to_payment_seconds ? duration(of.time_to_payment_seconds.median) : "–", of.time_to_payment_seconds ? `half of them; nine of ten within ${duration(of.time_to_payment_seconds.p90)}` : "nothing was paid yet"],
  ];
  return (
    <>
      <p class="lead">
        {day(from)} to {day(until)}, in {currency}. Days are UTC.
      </p>
      <ul class="tiles">
        {tiles.map(([name, value, more]) => (
          <li key={name}>
            <span>{name}</span>
            <strong>{value}</strong>
            <small>{more}</small>
          </li>
        ))}
      </ul>
      <Bars
        title={`Collected and failed a day, ${currency}`}
        days={of.days.map((one) => one.date)}
        series={[
          { name: "collected", tone: "good", values: of.days.map((one) => one.collected_cents) },
          { name: "failed", tone: "bad", values: of.days.map((one) => one.failed_cents) },
        ]}
        shown={(value) => money(value, currency)}
      />
      <DayTable of={of} from={from} until={until} />
      <div class="columns even">
        <Ages of={of} />
        <Recovered of={of} />
      </div>
    </>
  );
}

type Age = CurrencyFigures["open_by_age"][number];

function Ages({ of }: { of: CurrencyFigures }) {
  const age = (one: Age): string => (one.to_days === null ? `${one.from_days} days and more` : `${one.from_days} to ${one.to_days} days`);
  const columns: Column<Age>[] = [
    { name: "Age", heads: true, cell: age, text: age },
    { name: "Invoices", numeric: true, cell: (one) => one.invoices, text: (one) => String(one.invoices) },
    { name: "Amount", numeric: true, cell: (one) => money(one.amount_cents, of.currency), text: (one) => plain(one.amount_cents, of.currency) },
  ];
  return (
    <section aria-labelledby="ages">
      <div class="title">
        <h2 id="ages">Open by age</h2>
        <Csv name={`open-by-age-${of.currency}`} columns={columns} rows={of.open_by_age} />
      </div>
      <Table caption="Open invoices by their age" columns={columns} rows={of.open_by_age} keyOf={(one) => String(one.from_days)} />
    </section>
  );
}
