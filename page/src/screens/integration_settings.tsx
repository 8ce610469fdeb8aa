import { useState } from "preact/hooks";
import { answered, api, type Integration } from "../api/client";
import { Check, Field } from "../parts/basics";
import { Act, useSending } from "../parts/dialog";

/** "1, 3, 5, 7" as numbers. Throws where it is anything else. */
function days(typed: string): number[] {
  const parts = typed.split(/[\s,;]+/).filter(Boolean);
  if (!parts.every((part) => /^\d+$/.test(part))) throw new Error("The days are numbers with commas: 1, 3, 5, 7.");
  return parts.map(Number);
}

export function SettingsForm({ account, close, done }: { account: Integration; close: () => void; done: () => void }) {
  const sending = useSending(["name", "success_redirect_url", "retry_schedule_days"]);
  const [name, setName] = useState(account.name);
  const [schedule, setSchedule] = useState(account.retry_schedule_days.join(", "));
  const [back, setBack] = useState(account.success_redirect_url ?? "");
  const [switches, setSwitches] = useState({
    create_customers: account.create_customers,
    authentication_links: account.authentication_links,
    fallback_payment_methods: account.fallback_payment_methods,
    refund_second_payments: account.refund_second_payments,
    default: account.is_default,
  });
  const act = async (): Promise<void> => {
    const integration = { name, retry_schedule_days: days(schedule), ...switches, ...(back ? { success_redirect_url: back } : {}) };
    await answered(api.PUT("/api/v1/integrations/stripe/{code}", { params: { path: { code: account.code } }, body: { integration: integration as never } }));
    done();
  };
  const toggle = (which: keyof typeof switches) => ({
    checked: switches[which],
    onChange: (event: { currentTarget: HTMLInputElement }) => setSwitches({ ...switches, [which]: event.currentTarget.checked }),
  });
  return (
    <Act title={`Settings of ${account.name}`} label="Save" close={close} sending={sending} act={act}>
      <Field label="Name" error={sending.field("name")}>
        {(described) => <input {...described} required maxLength={255} value={name} onInput={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <Field label="Failed invoices are tried again after … days" hint="Each number counts from the try before. Leave it empty to retry nothing automatically." error={sending.field("retry_schedule_days")}>
        {(described) => <input {...described} inputMode="numeric" value={schedule} onInput={(event) => setSchedule(event.currentTarget.value)} />}
      </Field>
      <Field label="Where Stripe's pages lead customers afterwards" error={sending.field("success_redirect_url")}>
        {(described) => <input {...described} type="url" value={back} onInput={(event) => setBack(event.currentTarget.value)} />}
      </Field>
      <Check label="Create customers in Stripe automatically" {...toggle("create_customers")} />
      <Check label="Send a payment link where the customer must authenticate" {...toggle("authentication_links")} />
      <Check label="Charge another method where one is declined for good" hint="Only of customers whose consent is on record." {...toggle("fallback_payment_methods")} />
      <Check label="Give second payments back automatically" hint="What is paid for an invoice that is paid already goes back." {...toggle("refund_second_payments")} />
      {!account.is_default && <Check label="Take this account where no other is named" {...toggle("default")} />}
    </Act>
  );
}
