import { useState } from "preact/hooks";
import { type Integration } from "../api/client";
import { Badge, Empty, Moment } from "../parts/basics";
import { Shown, useLoaded } from "../parts/loading";
import { Table, type Column } from "../parts/table";
import { go, to } from "../router";
import { attentionOf, readIntegrations } from "../state";
import { Connect } from "./connect";

const COLUMNS: Column<Integration>[] = [
  { name: "Account", heads: true, cell: (one) => <a href={to("integrations", one.code)}>{one.name}</a> },
  { name: "At Stripe", cell: (one) => <span class="stack">{one.account_name ?? ""} <code>{one.account_id}</code></span> },
  { name: "Mode", cell: (one) => <Badge of={one.livemode ? { text: "LIVE", tone: "good" } : { text: "TEST", tone: "wait" }} /> },
  { name: "State", cell: (one) => <Badge of={attentionOf(one).length ? { text: "Needs attention", tone: "bad" } : { text: "Connected", tone: "good" }} /> },
  { name: "Last event heard", cell: (one) => (one.health?.last_event ? <Moment at={one.health.last_event.received_at} /> : "none yet") },
];

/** Settings, Integrations, Stripe. */
export function Integrations() {
  const list = useLoaded("integrations", readIntegrations);
  const [open, setOpen] = useState(false);
  const connected = (code: string): void => {
    setOpen(false);
    list.reload();
    go(to("integrations", code));
  };
  return (
    <>
      <p class="crumbs">Settings › Integrations</p>
      <div class="title">
        <h1>Stripe</h1>
        {list.data && list.data.length > 0 && (
          <button type="button" onClick={() => setOpen(true)}>
            Connect another account
          </button>
        )}
      </div>
      <Shown of={list} what="The connected accounts">
        {(accounts) =>
          accounts.length ? (
            <Table caption="Connected Stripe accounts" columns={COLUMNS} rows={accounts} keyOf={(one) => one.code} />
          ) : (
            <Empty title="No Stripe account is connected">
              <p>Connect one, and every invoice is collected through it, automatically. You need a secret or a restricted key of the account.</p>
              <button type="button" class="primary" onClick={() => setOpen(true)}>
                Connect Stripe
              </button>
            </Empty>
          )
        }
      </Shown>
      {open && <Connect taken={(list.data ?? []).map((one) => one.code)} close={() => setOpen(false)} done={connected} />}
    </>
  );
}
