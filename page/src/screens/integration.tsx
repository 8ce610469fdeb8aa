import { useState } from "preact/hooks";
import { answered, api, type Integration } from "../api/client";
import { Badge, Check, Fact, Facts, Moment } from "../parts/basics";
import { Act, useSending } from "../parts/dialog";
import { Shown, useLoaded } from "../parts/loading";
import { go, to } from "../router";
import { attentionOf, readIntegrations } from "../state";
import { SecretKey } from "./connect";
import { SettingsForm } from "./integration_settings";

const at = (code: string) => ({ params: { path: { code } } });

export function IntegrationScreen({ code }: { code: string }) {
  const account = useLoaded(code, async () => (await answered(api.GET("/api/v1/integrations/stripe/{code}", at(code)))).integration as Integration, (one) => !one.health?.last_event || one.disconnecting_since !== null);
  return (
    <>
      <p class="crumbs">
        Settings › Integrations › <a href={to("integrations")}>Stripe</a>
      </p>
      {account.data === undefined && <h1>Stripe account</h1>}
      <Shown of={account} what="The account">
        {(found) => <Whole account={found} reload={() => (account.reload(), void readIntegrations())} />}
      </Shown>
    </>
  );
}

const ENDPOINT = { enabled: "works", disabled: "is switched off at Stripe", changed: "was changed at Stripe", missing: "is gone at Stripe", unknown: "was not looked at yet" };

function Whole({ account, reload }: { account: Integration; reload: () => void }) {
  const [open, setOpen] = useState<"rotate" | "disconnect" | "settings" | null>(null);
  const troubles = attentionOf(account);
  const close = (): void => setOpen(null);
  const done = (): void => (close(), reload());
  const health = account.health;
  return (
    <>
      <div class="title">
        <h1>
          {account.name} <Badge of={account.livemode ? { text: "LIVE", tone: "good" } : { text: "TEST", tone: "wait" }} /> <Badge of={troubles.length ? { text: "Needs attention", tone: "bad" } : { text: "Connected", tone: "good" }} />
        </h1>
      </div>
      <div class="actions" role="group" aria-label="What you can do now">
        <button type="button" class={troubles.length ? "primary" : undefined} onClick={() => setOpen("rotate")}>
          {account.needs_attention_since || account.disconnecting_since ? "Connect it again" : "Rotate the key"}
        </button>
        <button type="button" onClick={() => setOpen("settings")}>
          Change the settings
        </button>
        <button type="button" onClick={() => setOpen("disconnect")}>
          Disconnect
        </button>
      </div>
      <div class="columns even">
        <section aria-labelledby="account">
          <h2 id="account">Account</h2>
          <Facts>
            <Fact name="At Stripe">
              <span class="stack">
                {account.account_name ?? ""} <code>{account.account_id}</code>
              </span>
            </Fact>
            <Fact name="Key">
              <code>•••• {account.secret_key_last4}</code>
            </Fact>
            <Fact name="Code in the API">
              <code>{account.code}</code>
              {account.is_default ? " (the default)" : ""}
            </Fact>
            <Fact name="Webhook endpoint">
              <span class="stack">
                {ENDPOINT[health.webhook_endpoint.status]} <code>{account.webhook_url}</code>
              </span>
            </Fact>
            <Fact name="Last event heard">
              {health.last_event ? (
                <>
                  <code>{health.last_event.type}</code> <Moment at={health.last_event.received_at} />
                </>
              ) : (
                "none yet"
              )}
            </Fact>
            <Fact name="Charges">{health.charges_enabled === null ? "not known: the key may not read the account" : health.charges_enabled ? "enabled by Stripe" : "not enabled by Stripe"}</Fact>
            <Fact name="Looked at">{health.checked_at ? <Moment at={health.checked_at} /> : "not yet"}</Fact>
          </Facts>
        </section>
        <div>
          <Settings account={account} />
          <Permissions account={account} />
        </div>
      </div>
      {open === "rotate" && <Rotate account={account} close={close} done={done} />}
      {open === "settings" && <SettingsForm account={account} close={close} done={done} />}
      {open === "disconnect" && <Disconnect account={account} close={close} done={() => (close(), void readIntegrations(), go(to("integrations")))} />}
    </>
  );
}

function Settings({ account }: { account: Integration }) {
  const yes = (value: boolean): string => (value ? "yes" : "no");
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      <Facts>
        <Fact name="Create customers in Stripe">{yes(account.create_customers)}</Fact>
        <Fact name="Failed invoices are tried again">{account.retry_schedule_days.length ? `after ${account.retry_schedule_days.join(", ")} days` : "not automatically"}</Fact>
        <Fact name="Payment link where the customer must authenticate">{yes(account.authentication_links)}</Fact>
        <Fact name="Another method where one is declined">{account.fallback_payment_methods ? "yes, with the customer's consent" : "no"}</Fact>
        <Fact name="Second payments go back">{yes(account.refund_second_payments)}</Fact>
        <Fact name="Stripe's pages lead to">{account.success_redirect_url ?? "nowhere"}</Fact>
      </Facts>
    </section>
  );
}

function Permissions({ account }: { account: Integration }) {
  const { missing_permissions: missing, unchecked_permissions: unchecked } = account.health;
  return (
    <section aria-labelledby="permissions">
      <h2 id="permissions">Permissions of the key</h2>
      {missing.length === 0 && unchecked.length === 0 && <p>The key may do all that is needed.</p>}
      {missing.length > 0 && (
        <>
          <p>It lacks these. Add them to the key in Stripe's dashboard:</p>
          <ul class="permissions">
            {missing.map((one) => (
              <li key={one.id}>
                <strong>{one.name}</strong> {one.needed ? "Nothing can be collected without it." : "A part does not work without it."}
              </li>
            ))}
          </ul>
        </>
      )}
      {unchecked.length > 0 && <p class="hint">Not known yet: {unchecked.map((one) => one.name).join(", ")}.</p>}
    </section>
  );
}

function Rotate({ account, close, done }: { account: Integration; close: () => void; done: () => void }) {
  const sending = useSending(["secret_key"]);
  const [key, setKey] = useState("");
  const act = async (): Promise<void> => {
    await answered(api.PUT("/api/v1/integrations/stripe/{code}", { ...at(account.code), body: { integration: { secret_key: key.trim() } as never } }));
    done();
  };
  return (
    <Act title={`A new key for ${account.name}`} label="Take this key" close={close} sending={sending} act={act}>
      <p>It has to be a key of the same account, {account.account_id}. From then on this key is used; nothing that is on its way is lost, and what has waited is collected.</p>
      <SecretKey value={key} set={setKey} error={sending.field("secret_key")} />
    </Act>
  );
}

function Disconnect({ account, close, done }: { account: Integration; close: () => void; done: () => void }) {
  const sending = useSending();
  const [force, setForce] = useState(false);
  const act = async (): Promise<void> => {
    await answered(api.DELETE("/api/v1/integrations/stripe/{code}", { params: { path: { code: account.code }, query: force ? { force } : {} } }));
    done();
  };
  return (
    <Act title={`Disconnect ${account.name}`} label="Disconnect" danger close={close} sending={sending} act={act}>
      <dl class="facts consequences">
        <Fact name="Stops">Nothing new is charged through {account.account_id}, and Stripe's events are heard no more.</Fact>
        <Fact name="Waits">Open invoices stay open until an account is connected as "{account.code}" again. What is on its way is followed to its end first; that can take days for a bank debit.</Fact>
        <Fact name="Is kept">Customers with their Stripe ids, invoices, payments and notifications. At Stripe nothing is deleted but the webhook endpoint.</Fact>
      </dl>
      <Check label="At once, whatever is on its way" hint="The results of what is on its way are then not heard until the account is connected again." checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />
    </Act>
  );
}
