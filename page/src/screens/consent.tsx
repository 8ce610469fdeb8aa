import { useState } from "preact/hooks";
import { answered, api, type Customer } from "../api/client";
import { Field } from "../parts/basics";
import { Act, useSending } from "../parts/dialog";

/** Puts on record that the customer agrees to another method being charged where one is declined. */
export function Consent({ customer, close, done }: { customer: Customer; close: () => void; done: () => void }) {
  const known = customer.fallback_payment_consent;
  const sending = useSending();
  const [by, setBy] = useState(known?.given_by ?? "");
  const [how, setHow] = useState(known?.given_how ?? "");
  const [on, setOn] = useState((known?.given_at ?? new Date().toISOString()).slice(0, 10));
  const act = async (): Promise<void> => {
    const consent = { given_by: by, given_how: how, given_at: `${on}T00:00:00Z` };
    await answered(api.POST("/api/v1/customers", { body: { customer: { external_id: customer.external_id, fallback_payment_consent: consent } } as never }));
    done();
  };
  return (
    <Act title="Consent to charge another method" label="Put it on record" close={close} sending={sending} act={act}>
      <p>The customer agrees that, where one payment method is declined for good, another one on file is charged. It counts for accounts in whose settings this is switched on.</p>
      <Field label="Who has agreed" hint="A person, or an office of the customer's.">
        {(described) => <input {...described} required maxLength={255} value={by} onInput={(event) => setBy(event.currentTarget.value)} />}
      </Field>
      <Field label="How" hint="The version of the terms, the page, the letter.">
        {(described) => <input {...described} required maxLength={1024} value={how} onInput={(event) => setHow(event.currentTarget.value)} />}
      </Field>
      <Field label="On" hint="The day, in UTC.">
        {(described) => <input {...described} type="date" required value={on} onInput={(event) => setOn(event.currentTarget.value)} />}
      </Field>
    </Act>
  );
}
