import { useState } from "preact/hooks";
import { answered, api } from "../api/client";
import { Check, External, Field } from "../parts/basics";
import { Act, useSending } from "../parts/dialog";
import { readIntegrations } from "../state";

const FIELDS = ["secret_key", "name", "code", "success_redirect_url"];

/** A code of the name: what stands in addresses and in the API. */
function codeOf(name: string, taken: string[]): string {
  const plain = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 50) || "stripe";
  for (let number = 1; ; number += 1) {
    const code = number === 1 ? plain : `${plain}_${number}`;
    if (!taken.includes(code)) return code;
  }
}

export function Connect({ taken, close, done }: { taken: string[]; close: () => void; done: (code: string) => void }) {
  const sending = useSending(FIELDS);
  const [key, setKey] = useState("");
  const [name, setName] = useState(taken.length ? "" : "Stripe");
  const [createCustomers, setCreateCustomers] = useState(false);
  const [back, setBack] = useState("");
  const act = async (): Promise<void> => {
    const code = codeOf(name, taken);
    const integration = { secret_key: key.trim(), name: name.trim(), create_customers: createCustomers, ...(back ? { success_redirect_url: back } : {}) };
    await answered(api.PUT("/api/v1/integrations/stripe/{code}", { params: { path: { code } }, body: { integration: integration as never } }));
    await readIntegrations();
    done(code);
  };
  return (
    <Act title="Connect to Stripe" label="Connect to Stripe" close={close} sending={sending} act={act}>
      <SecretKey value={key} set={setKey} error={sending.field("secret_key")} />
      <Field label="Name" hint="As you call this account: Acme Billing, say." error={sending.field("name") ?? sending.field("code")}>
        {(described) => <input {...described} required maxLength={255} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <Check label="Create customers in Stripe automatically" hint="Leave it off if your customers are in Stripe already: they are linked by their ids." checked={createCustomers} onChange={(event) => setCreateCustomers(event.currentTarget.checked)} />
      <details>
        <summary>More</summary>
        <Field label="Where Stripe's pages lead customers afterwards" hint="A page of yours. It can be set later." error={sending.field("success_redirect_url")}>
          {(described) => <input {...described} type="url" value={back} placeholder="https://app.example.com/thanks" onInput={(event) => setBack(event.currentTarget.value)} />}
        </Field>
      </details>
    </Act>
  );
}

/** The key's field, with where to get one and what it has to be allowed. */
export function SecretKey({ value, set, error }: { value: string; set: (value: string) => void; error: string | undefined }) {
  return (
    <>
      <Field label="Secret key" hint="sk_… or, better, a restricted key: rk_… It is kept encrypted and never shown again." error={error}>
        {(described) => <input {...described} type="password" autocomplete="off" spellcheck={false} required value={value} onInput={(event) => set(event.currentTarget.value)} />}
      </Field>
      <details>
        <summary>Where to get it, and what it has to be allowed</summary>
        <p>
          In <External href="https://dashboard.stripe.com/apikeys">Stripe's dashboard, API keys</External>, make a restricted key that may:
        </p>
        <ul>
          <li>
            <strong>Needed:</strong> PaymentIntents: Write · Webhook Endpoints: Write · Customers: Read · PaymentMethods: Read
          </li>
          <li>
            <strong>For all parts to work:</strong> Customers: Write · PaymentMethods: Write · Charges and Refunds: Write · Checkout Sessions: Write · Events: Read · Accounts: Read
          </li>
        </ul>
      </details>
    </>
  );
}
