// What code does that uses Lago's JavaScript client today: the same calls, and its own answers and errors.
// Run by `python -m compatibility`, beside the client and nothing of ours.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const installed = createRequire(`${process.env.CLIENT}/package.json`);
const entry = pathToFileURL(`${process.env.CLIENT}/node_modules/lago-javascript-client/esm/mod.js`);
installed.resolve("lago-javascript-client");
const { Client, getLagoError } = await import(entry.href);

const baseUrl = `${process.env.LAGO_URL}api/v1`;
const lago = Client(process.env.LAGO_API_KEY, { baseUrl });
const AMOUNT = 4200;

function step(what, isSo) {
  console.log(`${isSo ? "ok" : "NOT ok"}: ${what}`);
  if (!isSo) process.exit(1);
}

async function refused(call, status, code) {
  try {
    await call();
  } catch (error) {
    const lagoError = await getLagoError(error);
    return lagoError.status === status && (code === undefined || lagoError.code === code);
  }
  return false;
}

async function until(isSo) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

const upsert = async (external_id, provider_customer_id) => {
  const billing_configuration = { payment_provider: "stripe", payment_provider_code: "stripe", provider_customer_id };
  const linked = provider_customer_id ? { billing_configuration } : {};
  const { data } = await lago.customers.createCustomer({ customer: { external_id, name: "Acme", ...linked } });
  return data.customer;
};
const find = async (id) => (await lago.invoices.findInvoice(id)).data.invoice;
const becomes = (id, status) => until(async () => (await find(id)).payment_status === status);
const paymentsOf = async (invoice_id) => (await lago.payments.findAllPayments({ invoice_id })).data.payments;
const invoice = async (external_customer_id) => {
  const fees = [{ add_on_code: "setup", unit_amount_cents: AMOUNT, units: 1 }];
  const { data } = await lago.invoices.createInvoice({ invoice: { external_customer_id, currency: "EUR", fees } });
  return data.invoice;
};

step("a customer without Stripe is created", (await upsert("plain")).external_id === "plain");
const good = await upsert("good", process.env.GOOD_CUSTOMER);
step("one with Stripe is linked", good.billing_configuration.provider_customer_id === process.env.GOOD_CUSTOMER);
await upsert("bad", process.env.BAD_CUSTOMER);
step("a customer is found", (await lago.customers.findCustomer("good")).data.customer.lago_id === good.lago_id);
const listed = (await lago.customers.findAllCustomers({ per_page: 2 })).data;
step("customers are listed page by page", listed.customers.length === 2 && listed.meta.next_page === 2);
const page = (await lago.customers.generateCustomerCheckoutUrl("good")).data.customer.checkout_url;
step("a checkout page is made", page.startsWith("http"));

const methods = (await lago.customers.findAllCustomersPaymentMethods("good")).data.payment_methods;
step("payment methods are listed", methods.length === 1 && methods[0].is_default);

const paid = await invoice("good");
const declined = await invoice("bad");
step("an invoice is created", paid.total_amount_cents === AMOUNT && paid.status === "finalized");
step("it is collected", await becomes(paid.lago_id, "succeeded"));
step("another one is declined", await becomes(declined.lago_id, "failed"));
step("a failed payment is retried", (await lago.invoices.retryPayment(declined.lago_id)).status === 200);
step("and declined again", await until(async () => (await paymentsOf(declined.lago_id)).length === 2));
await becomes(declined.lago_id, "failed");
const [one] = await paymentsOf(paid.lago_id);
step("its payment is listed", one.payment_status === "succeeded" && one.amount_cents === AMOUNT);
step("and found", (await lago.payments.findPayment(one.lago_id)).data.payment.invoice_ids[0] === paid.lago_id);
const transfer = { invoice_id: declined.lago_id, amount_cents: 1200, reference: "transfer 1" };
const manual = (await lago.payments.createPayment({ payment: transfer })).data.payment;
step("a manual payment is recorded", manual.type === "manual" && manual.reference === "transfer 1");
const failed = (await lago.invoices.findAllInvoices({ payment_status: "failed", external_customer_id: "bad" })).data;
step("invoices are listed with filters", failed.invoices.map((found) => found.lago_id).join() === declined.lago_id);
const several = (await lago.invoices.findAllInvoices({ page: 1, per_page: 1 })).data;
step("and page by page", several.meta.total_count === 2 && several.meta.next_page === 2);
const theirs = (await lago.customers.findAllCustomerInvoices("good")).data.invoices;
step("a customer's invoices are listed", theirs.length === 1 && theirs[0].lago_id === paid.lago_id);
const metadata = [{ key: "order", value: "8812" }];
const updated = (await lago.invoices.updateInvoice(paid.lago_id, { invoice: { metadata } })).data.invoice;
step("an invoice gets metadata", updated.metadata[0].value === "8812");
const linkOf = async (id) => (await lago.invoices.invoicePaymentUrl(id)).data.invoice_payment_details.payment_url;
const paymentPage = await linkOf(declined.lago_id);
step("a page is made on which it is paid", paymentPage.startsWith("http"));
step("the same page, while it is open", (await linkOf(declined.lago_id)) === paymentPage);
step("a failed invoice is voided", (await lago.invoices.voidInvoice(declined.lago_id)).data.invoice.status === "voided");

const webhook_url = process.env.WEBHOOK_URL;
const endpoint = { webhook_url, event_types: ["payment.succeeded"] };
const made = (await lago.webhookEndpoints.createWebhookEndpoint({ webhook_endpoint: endpoint })).data.webhook_endpoint;
step("a webhook endpoint is created", made.webhook_url === webhook_url);
const again = (await lago.webhookEndpoints.findWebhookEndpoint(made.lago_id)).data.webhook_endpoint;
step("and found", again.event_types.join() === "payment.succeeded");
const all = async () => (await lago.webhookEndpoints.findAllWebhookEndpoints()).data.webhook_endpoints;
step("webhook endpoints are listed", (await all()).map((one) => one.lago_id).join() === made.lago_id);
const named = { webhook_endpoint: { webhook_url, name: "Books" } };
const changed = (await lago.webhookEndpoints.updateWebhookEndpoint(made.lago_id, named)).data.webhook_endpoint;
step("one is changed", changed.name === "Books" && changed.webhook_url === webhook_url);
await lago.webhookEndpoints.destroyWebhookEndpoint(made.lago_id);
step("and destroyed", (await all()).length === 0);

step("404 is answered", await refused(() => lago.customers.findCustomer("nobody"), 404, "customer_not_found"));
step("405 is answered", await refused(() => lago.invoices.voidInvoice(paid.lago_id), 405, "not_voidable"));
const empty = { invoice: { external_customer_id: "good", currency: "EUR" } };
step("422 is answered", await refused(() => lago.invoices.createInvoice(empty), 422, "validation_errors"));
step("nothing is paid twice", await refused(() => lago.invoices.invoicePaymentUrl(paid.lago_id), 422, "validation_errors"));
const stranger = Client("nobody's", { baseUrl });
step("401 is answered", await refused(() => stranger.customers.findCustomer("good"), 401));
