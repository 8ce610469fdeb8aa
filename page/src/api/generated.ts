export interface paths {
    "/api/v1/integrations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All connected Stripe accounts
         * @description In the order of their codes, in one answer. Changes nothing.
         */
        get: operations["listIntegrations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/integrations/stripe/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your name for the Stripe account, which distinguishes it from others.
                 * @example stripe_eu
                 */
                code: components["parameters"]["code"];
            };
            cookie?: never;
        };
        /**
         * One connected Stripe account
         * @description Changes nothing.
         */
        get: operations["getIntegration"];
        /**
         * Connect a Stripe account, change it, or rotate its key
         * @description Checks the key with Stripe, registers one webhook endpoint that leads here, stores key and signing secret in Secrets Manager, and
         *     answers with neither: only the last four characters of the key are ever shown.
         *
         *     **Repeats**: send it again as often as you like. The same request again repairs a connection that broke off half-way and makes no
         *     second endpoint. With another `secret_key` of the same account it rotates the key; without one it changes the settings only. What
         *     you leave out stays as it is. It needs no `Idempotency-Key`.
         *
         *     **A restricted key** is asked for each permission, by requests that change nothing. One that lacks what nothing can be collected without
         *     (`PaymentIntents: Write`, `Customers: Read`, `PaymentMethods: Read`, `Webhook Endpoints: Write`) is refused: 422, and `secret_key` has
         *     `permission_missing: rak_payment_intent_write (PaymentIntents: Write)` for each. What else lacks, and what could not be checked, is in `health` of the answer.
         *     Reading the account is not required where Stripe's refusal names it; else 422, `account_unknown`: what was sent belongs to one account only.
         *
         *     After a 503, or a 422 with the code `third_party_error`, an endpoint may have been registered already: send it again.
         */
        put: operations["connectIntegration"];
        post?: never;
        /**
         * Disconnect a Stripe account
         * @description Removes the webhook endpoint at Stripe, then the secret, then the integration, and answers with what it was. Customers keep their
         *     Stripe ids; their invoices stay `pending` as long as no account is connected under that code.
         *
         *     As long as payments are on their way through it (a bank debit takes days, a payment link is open for one), the account is
         *     only disconnecting, and `disconnecting_since` of the answer says since when: nothing new begins through it, what is on its way is
         *     followed until it has settled, then it is removed. That takes up to a quarter of an hour from the last payment's end. So it is, for
         *     a day at most, while a pending invoice may have been charged through it and nothing is on record of that yet. Connect it again, with
         *     its key, and it is connected as before.
         *
         *     It is removed at once with `force=true`, and also if Stripe refuses its key, or if the account is connected under another code, too,
         *     which follows what is on its way. What was on its way when an account was removed stays `pending` until the account is connected again,
         *     under whatever code.
         *
         *     **Repeats**: while it is disconnecting, a repetition changes nothing, and removes it once nothing is on its way. When there is nothing to disconnect it
         *     answers 404. After a 409 or 503 send it again.
         */
        delete: operations["disconnectIntegration"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All customers
         * @description In the order of their `external_id`, page by page. Changes nothing.
         */
        get: operations["listCustomers"];
        put?: never;
        /**
         * Create or change a customer, and link it to Stripe
         * @description `external_id` says which customer is meant: a new one is created, one that is known is changed. Only what you send is changed.
         *
         *     A customer is linked to Stripe in one of two ways. With `provider_customer_id`, an existing Stripe customer is checked and linked,
         *     and its default payment method is remembered. Otherwise one is created in Stripe, if `sync_with_provider` is true or, where you
         *     leave that out, if the integration has `create_customers` on; its id is in the answer. Should Stripe not answer in time, the id is
         *     null at first and comes automatically. With `sync_with_provider: true` a new one is also made where the known one was deleted in Stripe. Should Stripe refuse, it stays null, and a notification (`customer.payment_provider_error`)
         *     says why.
         *
         *     **What is charged** is the customer's default at Stripe, and nothing else that is on file. A method that is saved on a page, or the
         *     first one that is attached while there is no default, is made the default at Stripe, too. Without a default an invoice waits, and
         *     `customer.payment_method_missing` says so once: make one of the methods the default. The default is read when a customer is linked,
         *     right after that, and each time you send the customer again with its `provider_customer_id`.
         *
         *     As soon as the customer can be charged, all its waiting invoices are collected; but not those that were made with `skip_psp`.
         *
         *     What of Lago's would change an amount, and is not here, is refused (422): `tax_codes`, `billing_entity_code`, tax integrations.
         *
         *     **Repeats**: the same request again changes nothing and creates no second customer, here or in Stripe. It needs no
         *     `Idempotency-Key`.
         *
         *     A 422 with the code `third_party_error` because Stripe refuses the account's key may have stored the customer: connect the account
         *     with a valid key and send the request again.
         */
        post: operations["upsertCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customer_checks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What would become of a customer that is sent
         * @description Takes the body of `POST /customers` and says what that would do, decided by the same code: what would be refused is refused in the
         *     same words, 422 `provider_customer_not_found` for a `cus_…` that Stripe does not have in this account and mode, or has deleted. Stripe
         *     is asked for the customer and its default payment method. Nothing is stored, created or changed, here or at Stripe; only that Stripe
         *     refuses the account's key is noted and notified, as by any request. This is not Lago's.
         *
         *     It has a path of its own, and is no flag of `POST /customers`, so that a version that does not know it answers 403 and stores nothing.
         */
        post: operations["checkCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        /**
         * One customer
         * @description Changes nothing.
         */
        get: operations["getCustomer"];
        put?: never;
        post?: never;
        /**
         * Delete a customer
         * @description The answer is the customer as it was. It is found no more, is linked to nobody at Stripe (where it stays), and nothing is collected from it: its
         *     open invoices wait. What is on its way comes to its end. Sent again it is 404. `POST /customers` with this `external_id` brings it back, not linked,
         *     and without its `fallback_payment_consent`.
         */
        delete: operations["destroyCustomer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        /**
         * One customer's invoices
         * @description As the list of all invoices; none if there is no such customer. Changes nothing.
         */
        get: operations["listCustomerInvoices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/payments": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        /**
         * One customer's payments
         * @description As the list of all payments; none if there is no such customer. Changes nothing.
         */
        get: operations["listCustomerPayments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/payment_methods": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        /**
         * What the customer has to pay with at Stripe
         * @description All of them, the newest first; none if the customer is not linked to Stripe. Asks Stripe, changes nothing.
         */
        get: operations["listPaymentMethods"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/payment_methods/{lago_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
                /**
                 * @description The payment method's id.
                 * @example 2ab8e7a5-5a76-5a53-a5fc-0a2a5f4e0c11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Take a payment method away
         * @description It is detached at Stripe, for good. If it was the default there is none any more, and new invoices wait for one. Sent again it is 404.
         */
        delete: operations["destroyPaymentMethod"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/payment_methods/{lago_id}/set_as_default": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
                /**
                 * @description The payment method's id.
                 * @example 2ab8e7a5-5a76-5a53-a5fc-0a2a5f4e0c11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Charge this payment method from now on
         * @description It becomes the customer's default at Stripe, and what waited for one is collected. Repeats are harmless.
         */
        put: operations["setDefaultPaymentMethod"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{external_id}/checkout_url": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A page of Stripe on which the customer saves a payment method
         * @description Lead the customer there. What is saved becomes the default, and what waited for it is collected. Each request makes a new page, which
         *     is open for a day. `no_linked_payment_provider`: the customer is not linked to Stripe. `no_payment_methods_to_setup_available`: none of
         *     the customer's methods can be saved there: `boleto`, `crypto` and `customer_balance` cannot.
         */
        post: operations["checkOutCustomer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invoices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All invoices, or those that are wanted
         * @description Newest first, page by page, without customer and fees. Changes nothing. An item of the invoices table that breaks the contract is
         *     here, too: `error_details` says why it is not collected.
         *
         *     A filter of Lago's that is not here (`payment_overdue`, `self_billed`, `metadata[key]`, …) is refused with its name (422).
         */
        get: operations["listInvoices"];
        put?: never;
        /**
         * Create an invoice; it is collected at once
         * @description Send `fees`, or `total_amount_cents`, or both if they agree. Each fee is `units` times `unit_amount_cents`, rounded half up to the
         *     minor unit. The invoice is stored as `pending` and collected within seconds; an invoice of 0 is `succeeded` at once, and Stripe is
         *     not called. If the customer has no payment method yet, the invoice waits for one. With `skip_psp`, or the `manual` payment method, it
         *     waits until `retry_payment` or `payment_url` asks for it.
         *
         *     What of Lago's would change whether, what, when or how much is charged, and is not here, is refused with the path of its key (422):
         *     taxes, coupons, credits, billing entities, another `status`.
         *
         *     **Repeats**: without an `Idempotency-Key` every request creates an invoice. With one, the first request creates it and every later
         *     one answers with that invoice, as it is by then, however much later, and though its customer was deleted since. The same key with
         *     another body is refused with 409. So send one whenever you may send a request twice: your own id of the invoice is a good key. A
         *     `number` of your own is used only once, too, but its repeat is refused with 422.
         */
        post: operations["createInvoice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invoices/{lago_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id, as the API answered it or as your application put it into the invoices table.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        /**
         * One invoice with its customer and fees
         * @description Changes nothing.
         */
        get: operations["getInvoice"];
        /**
         * Change the metadata, or say that it was paid elsewhere or is given up
         * @description Only what is sent changes; `metadata` is replaced as a whole. `payment_status` `succeeded` says that the invoice was paid outside of
         *     Stripe, `failed` that it is given up: nothing is collected any more, and a failed attempt is closed at Stripe. `succeeded` is final.
         *     A failed invoice becomes `pending` by `retry_payment` only. While an attempt is on its way, the status cannot be changed (405).
         *     To record how much was paid, and by what, send a payment instead. What an invoice says of its charge when it is made (`currency`,
         *     `fees`, `payment_method`, `skip_psp`, `total_amount_cents`, …) is refused here (422).
         */
        put: operations["updateInvoice"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invoices/{lago_id}/void": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Void an invoice, nothing is owed any more
         * @description For an invoice that failed or waits for something. Nothing is collected from then on, and a failed attempt is closed at Stripe. One that
         *     is paid, voided, or being collected right now is refused (405). Credit notes and refunds are not made: asking for them is refused (422).
         */
        post: operations["voidInvoice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invoices/{lago_id}/retry_payment": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Collect an invoice once more
         * @description A failed invoice gets a new attempt with the customer's payment method of that time: within seconds, or ten minutes after an attempt
         *     that Stripe refused without a payment intent. The attempt before is closed at Stripe first; if it has succeeded after all, that is
         *     recorded instead. An invoice that waits for something is looked at now. An attempt that waits for the customer, to authenticate or to
         *     transfer money say, is canceled, and a new one follows. Where nobody can pay, `invoice.payment_failure` says why.
         *     Repeats are harmless.
         *
         *     An invoice that was made with `skip_psp`, or with the `manual` payment method, is sent to Stripe by this request, once; what fails
         *     is tried again by another one.
         *
         *     With `payment_method`, that one of the customer's is charged this time; `payment_method_id` is its `lago_id`. If the customer has it no
         *     more, nothing is charged, and `invoice.payment_failure` says `payment_method_not_found`. `provider` without an id is the customer's
         *     default; with `manual` the answer is 200, and nothing is charged.
         */
        post: operations["retryPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invoices/{lago_id}/payment_url": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A page of Stripe on which the customer pays the invoice
         * @description The page is open for a day; while it is, each request answers with it, also if it came automatically (`payment.requires_action`). It is a new attempt: the one before is closed at Stripe first,
         *     the invoice is `pending`, and nothing is charged besides. What fails there is no failure of the attempt: the end of the page is, with
         *     `payment_link_expired`. `retry_payment` expires the page and charges; so do voiding the invoice and settling it by hand, without a
         *     charge. While an attempt is on its way there is no page (405), unless it waits for the customer: then it is canceled.
         *
         *     `invalid_invoice_status_or_payment_status`: nothing is owed. `no_linked_payment_provider`: the customer is not linked to Stripe.
         *     `missing_payment_provider`: its account is not connected. `missing_payment_provider_customer`: it is not in Stripe yet.
         *     `payment_provider_error`: Stripe makes no such page; `invoice.payment_failure` says why.
         */
        post: operations["linkToPay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was collected, what was not, and what is open
         * @description For each currency and day of UTC. What each figure means: docs/figures.md. They are counted within seconds after an invoice changes;
         *     `counted_until` is when the newest change was made that is counted. `open_by_age` and `overdue` are as of now, whatever the period is. As CSV
         *     it has a row for each currency and day. Changes nothing.
         */
        get: operations["getFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All payments, or one invoice's
         * @description Newest first, page by page. With `invoice_id`, the attempts of that invoice, the latest first, in one answer. Changes nothing.
         */
        get: operations["listPayments"];
        put?: never;
        /**
         * Record money that came outside of Stripe
         * @description It settles the invoice, or a part of it; what remains is collected as before. A failed attempt is closed at Stripe once nothing is owed
         *     any more. While an attempt is on its way nothing is recorded (405): wait for what comes of it. More than is owed is refused (422), and so is
         *     a part that leaves a rest which Stripe cannot charge: not a multiple of 10 (BHD, …) or 100 (ISK, UGX).
         *
         *     **Repeats**: without an `Idempotency-Key` every request records a payment. With one, the first request does, and every later one answers
         *     with that payment. The same key with another body is refused with 409.
         */
        post: operations["createPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{lago_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The payment's id.
                 * @example 23d0ebd2-786c-522e-bb76-0f6355bb9341
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        /**
         * One payment
         * @description Changes nothing.
         */
        get: operations["getPayment"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/payments/{lago_id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The payment's id.
                 * @example 23d0ebd2-786c-522e-bb76-0f6355bb9341
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give money of a payment back
         * @description All that is left, or `amount_cents` of it, goes back to where it came from. The invoice stays `succeeded`. Only a payment through Stripe that has
         *     succeeded can be refunded, and not after a lost dispute (405); more than is left is refused (422).
         *
         *     The answer is the updated refund. A card's is `succeeded` at once, as a rule; a bank's is `pending` for days. One that Stripe refuses is `failed`,
         *     and `failure_reason` says why. One on which Stripe did not answer is `pending`, too: it is looked up, and sent again if it has to be.
         *     Its end is notified by `payment.refund_succeeded` or `payment.refund_failed`.
         *
         *     **Repeats**: without an `Idempotency-Key` every request makes a refund. With one, the first request does, and every later one answers
         *     with that refund as it is by then. The same key with another amount or reason, or for another payment, is refused with 409.
         */
        post: operations["refundPayment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook_endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All webhook endpoints
         * @description In the order of their URLs. What was confirmed meanwhile is found out.
         */
        get: operations["listWebhookEndpoints"];
        put?: never;
        /**
         * Have notifications posted to a URL
         * @description Your organization's notifications are posted to the URL, as they are published: those of `event_types`, or all without it.
         *
         *     **The handshake**: SNS posts a `SubscriptionConfirmation` to the URL first, with a `SubscribeURL` that the receiver has to open within two
         *     days. Until then `subscription_status` is `pending_confirmation`, and nothing is posted. See docs/notifications.md.
         *
         *     **Where it may lead**: over HTTPS to public addresses, on port 443 or from 1024 on. A password in the URL (`https://user:password@…`) is sent
         *     by SNS as basic authentication; it is never answered. `signature_algo` is kept and has no effect: nothing is signed with a key of
         *     yours.
         *
         *     **Repeats**: the same request again, while nobody has confirmed the URL, is the same endpoint, and SNS asks the URL once more. Later it is refused
         *     (422, `value_already_exist`), as Lago does.
         */
        post: operations["createWebhookEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhook_endpoints/{lago_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The webhook endpoint's id.
                 * @example 4f6d2a36-6f0e-4a55-8a9b-3a1f2c7d9e10
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        /**
         * One webhook endpoint
         * @description What was confirmed meanwhile is found out.
         */
        get: operations["getWebhookEndpoint"];
        /**
         * Change a webhook endpoint
         * @description Only what you send is changed. Another URL has to be confirmed like a new one; until it is, notifications go to the old one, so none is lost. Other
         *     `event_types` hold within 15 minutes. What nobody has confirmed is asked for once more, whatever you send.
         *
         *     **Repeats** change nothing.
         */
        put: operations["updateWebhookEndpoint"];
        post?: never;
        /**
         * Post no more notifications to this URL
         * @description Answers with what it was. What SNS could not deliver to it goes with it; the log still has it.
         *
         *     **Repeats**: the second time there is nothing to destroy, and it answers 404.
         */
        delete: operations["destroyWebhookEndpoint"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent
         * @description The notifications of the last 90 days, the newest first. Changes nothing. Paystream's own; Lago's API has none.
         */
        get: operations["listWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/json_public_key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * No public key
         * @description Always 404 `webhook_jwt_public_key_not_found`: Lago signs with a key of its own, and nothing here does. To know that a request is yours, use a
         *     password in the endpoint's URL.
         */
        get: operations["getWebhookPublicKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/public_key": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * No public key
         * @description As `json_public_key`: always 404.
         */
        get: operations["getPlainWebhookPublicKey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{lago_id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The notification's id: its `unique_key`.
                 * @example 8f4fbb80-5c39-5e3a-9d0e-6f6a8f0e9d11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        /**
         * One notification
         * @description Changes nothing.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/{lago_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The notification's id: its `unique_key`.
                 * @example 8f4fbb80-5c39-5e3a-9d0e-6f6a8f0e9d11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send it again
         * @description It is published again, under the same `unique_key`, so that a receiver that has handled it can drop it. Every subscriber gets it.
         */
        post: operations["retryWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send again what was sent since then
         * @description A hundred at the most in one request, the newest first. Send the request again with `next_cursor` as the `cursor` until it is null. Each is published
         *     under its own `unique_key`. After an answer of 503 repeat the same request.
         */
        post: operations["retryWebhooks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/webhooks/stripe/{organization_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An event of Stripe
         * @description The webhook endpoint that connecting an account registers. There is no API key: Stripe's signature over the body is checked, and
         *     nothing is believed without it.
         *
         *     **Repeats**: Stripe sends an event again until it is answered 200. Events that were applied before, that are older than what is
         *     known, or that are about something else are answered 200 and change nothing. So are events that cannot be read: their id is in the
         *     log, and what they were about is asked of Stripe when it is due.
         */
        post: operations["receiveStripeEvent"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        IntegrationInput: {
            /**
             * Format: password
             * @description A secret or restricted key of the account. Must be there the first time.
             */
            secret_key?: string | null;
            /** @description The code, if it was never given. */
            name?: string | null;
            /** @description Whether customers are created in Stripe unless they say otherwise. False, if it was never given. */
            create_customers?: boolean | null;
            /** @description Where Stripe's pages lead a customer afterwards. */
            success_redirect_url?: string | null;
            /**
             * @description How many requests a second Stripe takes of one endpoint of the account. 25, as Stripe allows every account, if it was never
             *     given. Leave room for whatever else uses the account.
             */
            endpoint_rate_limit_per_second?: number | null;
            /** @description How many requests a second Stripe takes of the account in total. Stripe's default, if it was never given: 100, in test mode 25. */
            global_rate_limit_per_second?: number | null;
            /**
             * @description After how many days an invoice is tried again whose payment failed for a reason that passes: the first number counts from the
             *     first failure, each other one from the try before. `[1, 3, 5, 7]`, if it was never given; `[]` retries nothing automatically.
             */
            retry_schedule_days?: number[] | null;
            /**
             * @description True: what is paid for an invoice that is paid already goes back automatically, as a `duplicate`. It is notified in any case. False, if it was never given.
             * @default null
             */
            refund_second_payments?: boolean | null;
            /**
             * @description Whether another payment method of a customer is charged at once where one is declined for good, if the customer has agreed
             *     (`fallback_payment_consent`). False, if it was never given: Lago charges the default and nothing else.
             */
            fallback_payment_methods?: boolean | null;
            /**
             * @description Whether a payment link follows automatically where a charge failed because the customer has to authenticate: within a minute or two, notified
             *     by `payment.requires_action`. True, if it was never given. Set it to false if you lead such customers to a page of your own: then the
             *     failed payment intent stays open for a day.
             */
            authentication_links?: boolean | null;
            /**
             * @description True makes it the account to take where no code is given. The oldest one is, until another is made it.
             * @default false
             */
            default?: boolean;
        };
        Integration: {
            lago_id: components["schemas"]["Id"];
            /** @constant */
            type: "stripe";
            code: string;
            name: string;
            /** @description The account's id at Stripe. */
            account_id: string;
            /** @description Its name in Stripe's dashboard, as it was when it was connected the last time; null where the key may not read it. */
            account_name: string | null;
            /** @description Whether the key moves real money. */
            livemode: boolean;
            secret_key_last4: string;
            create_customers: boolean;
            success_redirect_url: string | null;
            /** @description Requests to one endpoint of Stripe's. */
            endpoint_rate_limit_per_second: number;
            /** @description Requests to the account in total. */
            global_rate_limit_per_second: number;
            /** @description After how many days each a failed invoice is tried again; nothing is retried automatically if it is empty. */
            retry_schedule_days: number[];
            /** @description Whether what is paid for an invoice that is paid already goes back automatically. */
            refund_second_payments: boolean;
            /** @description Whether another method of a customer who has agreed is charged where one is declined for good. */
            fallback_payment_methods: boolean;
            /** @description Whether a payment link follows automatically where the customer has to authenticate. */
            authentication_links: boolean;
            /** @description Where Stripe sends its events. */
            webhook_url: string;
            webhook_endpoint_id: string;
            /** @description Whether it is taken where no code is given. */
            is_default: boolean;
            /** @description Since when the account is paused: nothing is collected through it, because Stripe refuses its key, or charges are not, a type of payment method, or what a permission is for; the reason says which. Connecting it again, with a new key or with the same one once it works again, ends that, and collects what has waited. All but a refused key is tried again automatically. */
            needs_attention_since: components["schemas"]["Timestamp"] | null;
            needs_attention_reason: components["schemas"]["RefusedKey"] | null;
            health: components["schemas"]["IntegrationHealth"];
            /** @description Since when nothing new begins through the account, because it is disconnected as soon as the last payment that is on its way has settled. Connecting it again, with its key, ends that. */
            disconnecting_since: components["schemas"]["Timestamp"] | null;
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
        };
        /** @description What is known of the account at Stripe, as of `checked_at`: when it was connected, or at the daily look. Paystream's own. */
        IntegrationHealth: {
            /** @description Null where the account was not looked at yet. */
            checked_at: components["schemas"]["Timestamp"] | null;
            /** @description Whether Stripe lets the account charge. Null where it is not known, as with a key that may not read the account. */
            charges_enabled: boolean | null;
            /** @description What a restricted key lacks. It cannot be connected without those that are needed; a look may find that one was taken from it. */
            missing_permissions: components["schemas"]["KeyPermission"][];
            /** @description Those of which Stripe's answer did not tell. They are asked for again at the next look, which follows at once. */
            unchecked_permissions: components["schemas"]["KeyPermission"][];
            webhook_endpoint: components["schemas"]["EndpointHealth"];
            /** @description The last event of Stripe that has arrived, give or take an hour. */
            last_event: components["schemas"]["HeardEvent"] | null;
            /** @description The same as `needs_attention_since`. */
            paused_since: components["schemas"]["Timestamp"] | null;
            /** @description The same as `needs_attention_reason`. */
            paused_reason: components["schemas"]["RefusedKey"] | null;
            /** @description What the operator has to see to. Collection goes on. */
            problems: components["schemas"]["AccountProblem"][];
        };
        KeyPermission: {
            /** @description Stripe's id: `rak_charge_write`. */
            id: string;
            /** @description Row and column of the dashboard's form for restricted keys: `Charges and Refunds: Write`. */
            name: string;
            /** @description Whether nothing can be collected without it. */
            needed: boolean;
        };
        EndpointHealth: {
            id: string;
            /** @description Where it leads. */
            url: string;
            /**
             * @description An endpoint that is not `enabled` is made again by the daily look. What is shown here could not be. `changed`: it does not send all that is needed, or leads elsewhere. `unknown`: the key may not read it, or the account was not looked at yet.
             * @enum {unknown}
             */
            status: "enabled" | "disabled" | "changed" | "missing" | "unknown";
            /** @description When it was found so first. Null while it is enabled. */
            since: components["schemas"]["Timestamp"] | null;
        };
        HeardEvent: {
            /** @description Stripe's type: `payment_intent.succeeded`. */
            type: string;
            received_at: components["schemas"]["Timestamp"];
        };
        AccountProblem: {
            /** @enum {unknown} */
            code: "webhook_endpoint_refused" | "events_not_permitted" | "charges_disabled" | "permission_missing";
            /** @description What it means, and what to do. */
            message: string;
        };
        RefusedKey: {
            message: string;
            /** @description Stripe's, if it gave one: `api_key_expired`, `testmode_charges_only`. */
            code: string | null;
        };
        CustomerProfile: components["schemas"]["AddressLines"] & {
            name?: components["schemas"]["StripeName"];
            firstname?: components["schemas"]["StripeName"];
            lastname?: components["schemas"]["StripeName"];
            customer_type?: components["schemas"]["CustomerType"];
            email?: components["schemas"]["Text"];
            url?: components["schemas"]["Text"];
            phone?: components["schemas"]["Phone"];
            logo_url?: components["schemas"]["Text"];
            legal_name?: components["schemas"]["Text"];
            legal_number?: components["schemas"]["Text"];
            currency?: string | null;
            tax_identification_number?: components["schemas"]["Text"];
            timezone?: components["schemas"]["Text"];
            /** @description In days. */
            net_payment_term?: number | null;
            external_salesforce_id?: components["schemas"]["Text"];
        };
        CustomerInput: components["schemas"]["CustomerProfile"] & {
            /** @description Your id of the customer. */
            external_id: string;
            /**
             * @description `partner` bills itself: nothing is ever collected. It does not change.
             * @enum {string|null}
             */
            account_type?: "customer" | "partner" | null;
            finalize_zero_amount_invoice?: components["schemas"]["Text"];
            shipping_address?: components["schemas"]["AddressLines"] | null;
            /** @description Replaces what was there. */
            metadata?: components["schemas"]["CustomerMetadataInput"][] | null;
            billing_configuration?: components["schemas"]["BillingConfigurationInput"] | null;
            /** @description Ours, not Lago's. Null withdraws it, and nothing but the default is charged from then on. */
            fallback_payment_consent?: components["schemas"]["FallbackConsentInput"] | null;
        };
        Webhook: {
            lago_id: components["schemas"]["Id"];
            webhook_type: string;
            object_type: string;
            /** @description What subscribers received: docs/notifications.md. */
            payload: unknown;
            created_at: components["schemas"]["Timestamp"];
        };
        PaymentMethod: {
            lago_id: components["schemas"]["Id"];
            is_default: boolean;
            payment_provider_code: string;
            payment_provider_name: string;
            /** @constant */
            payment_provider_type: "stripe";
            /** @description Stripe's id, `pm_…`. */
            provider_method_id: string;
            /** @description Stripe's type: `card`, `sepa_debit`, … */
            provider_method_type: string;
            /** @description Of a card: `visa`, `mastercard`, … */
            brand: string | null;
            /** @description The last four digits of a card or of a bank account. */
            last4: string | null;
            /** @description When a card expires. */
            exp_month: number | null;
            exp_year: number | null;
            created_at: components["schemas"]["Timestamp"];
        };
        Checkout: {
            lago_customer_id: components["schemas"]["Id"];
            external_customer_id: string;
            /** @constant */
            payment_provider: "stripe";
            payment_provider_code: string;
            /** Format: uri */
            checkout_url: string;
        };
        /** @description Where the customer pays an invoice. */
        PaymentUrl: {
            lago_customer_id: components["schemas"]["Id"];
            external_customer_id: string;
            /** @constant */
            payment_provider: "stripe";
            lago_invoice_id: components["schemas"]["Id"];
            /** Format: uri */
            payment_url: string;
        };
        AddressLines: {
            address_line1?: components["schemas"]["Text"];
            address_line2?: components["schemas"]["Text"];
            city?: components["schemas"]["Text"];
            zipcode?: components["schemas"]["Text"];
            state?: components["schemas"]["Text"];
            country?: components["schemas"]["Country"];
        };
        CustomerMetadataInput: {
            key: string;
            value: string;
            /** @default false */
            display_in_invoice?: boolean;
        };
        BillingConfigurationInput: {
            /**
             * @description Null takes the customer off Stripe.
             * @enum {unknown}
             */
            payment_provider?: "stripe" | null;
            /** @description The integration's code; without it, the customer's own or the default integration. */
            payment_provider_code?: string | null;
            /** @description An existing customer at Stripe, in the integration's account. Null takes the customer off it. */
            provider_customer_id?: string | null;
            /** @description Lago's; accepted, without effect: a Stripe customer is always created at once. */
            sync?: boolean | null;
            /** @description Whether to create the customer in Stripe. Where it was never given, the integration's `create_customers` decides. */
            sync_with_provider?: boolean | null;
            /**
             * @description What the customer may pay with; `card`, if it was never given. `link` needs `card`, `customer_balance` stands alone: then nothing is
             *     saved, and each invoice waits for a bank transfer that its balance does not cover.
             */
            provider_payment_methods?: components["schemas"]["PaymentMethodType"][] | null;
        };
        CustomerCore: components["schemas"]["CustomerProfile"] & {
            lago_id: components["schemas"]["Id"];
            /** @constant */
            billing_entity_code: "main";
            external_id: string;
            sequential_id: components["schemas"]["Unused"];
            slug: components["schemas"]["Unused"];
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
            account_type: string;
            applicable_timezone: string;
            finalize_zero_amount_invoice: string;
            billing_configuration: components["schemas"]["BillingConfiguration"];
            shipping_address: components["schemas"]["Address"];
            /** @constant */
            skip_invoice_custom_sections: false;
            metadata: components["schemas"]["CustomerMetadata"][];
            integration_customers: components["schemas"]["AlwaysEmpty"];
            /** @description Whose consent is on record that any method on file is charged where one is declined; null if there is none. */
            fallback_payment_consent: components["schemas"]["FallbackConsent"] | null;
        };
        /**
         * @description The customer agrees that, where one payment method is declined for good, another one on file is charged. It counts for accounts
         *     with `fallback_payment_methods` only.
         */
        FallbackConsent: {
            /** @description Who has agreed: a person or an office of the customer's. */
            given_by: string;
            given_at: components["schemas"]["Timestamp"];
            /** @description How: the version of the terms, the page, the letter. */
            given_how: string;
        };
        FallbackConsentInput: {
            given_by: string;
            /** Format: date-time */
            given_at: string;
            given_how: string;
        };
        Customer: components["schemas"]["CustomerCore"] & {
            taxes: components["schemas"]["AlwaysEmpty"];
            applicable_invoice_custom_sections: components["schemas"]["AlwaysEmpty"];
            error_details: components["schemas"]["AlwaysEmpty"];
        };
        CustomerCheck: {
            external_id: string;
            /** @description There is such a customer already. */
            is_known: boolean;
            /** @description The account that it would be linked to. */
            payment_provider_code: string | null;
            /** @description The customer's id at Stripe. */
            provider_customer_id: string | null;
            /** @description A customer would be created in Stripe. */
            creates_provider_customer: boolean;
            /** @description Its default payment method at Stripe. */
            payment_method_id: string | null;
            /** @description An invoice would be charged: to that, or to its balance. */
            can_be_charged: boolean;
        };
        Address: components["schemas"]["AddressLines"] & unknown;
        CustomerMetadata: {
            lago_id: components["schemas"]["Id"];
            key: string;
            value: string;
            display_in_invoice: boolean;
            created_at: components["schemas"]["Timestamp"];
        };
        /** @description Lago's keys that always have this value here. */
        BillingConstants: {
            invoice_grace_period?: null;
            document_locale?: null;
            subscription_invoice_issuing_date_anchor?: null;
            subscription_invoice_issuing_date_adjustment?: null;
        };
        BillingConfiguration: components["schemas"]["BillingConstants"] & {
            /**
             * @description Null as long as the customer is tied to no account.
             * @enum {unknown}
             */
            payment_provider: "stripe" | null;
            payment_provider_code: string | null;
            /** @description The customer's id at Stripe. */
            provider_customer_id: string | null;
            provider_payment_methods: components["schemas"]["PaymentMethodType"][];
            sync_with_provider: boolean | null;
            /** @description What will be charged; null as long as there is none. */
            payment_method_id: string | null;
        };
        /** @description Fees, or a total, or both if they agree. */
        InvoiceInput: {
            /** @description A customer that exists. */
            external_customer_id: string;
            /**
             * @description A currency that Stripe charges in; nothing is converted. Without it, the customer's; 422 if that has none either.
             * @default null
             */
            currency?: string | null;
            /** @description Used only once in your organization. Without it, `{external_customer_id}-001` and so on. */
            number?: string | null;
            /** @default [] */
            fees?: components["schemas"]["FeeInput"][];
            /** @default [] */
            metadata?: components["schemas"]["InvoiceMetadataInput"][];
            /** @default null */
            purchase_order_number?: string | null;
            /**
             * @description In how many days it is to be paid. Without it, the customer's. It is charged at once all the same.
             * @default null
             */
            net_payment_term?: number | null;
            /**
             * Format: date
             * @description When it is to be paid, if not after `net_payment_term`. From the day after that on it is `payment_overdue`.
             * @default null
             */
            payment_due_date?: string | null;
            /**
             * @description True makes the invoice and sends nothing to Stripe until `retry_payment` or `payment_url` asks for it.
             * @default null
             */
            skip_psp?: boolean | null;
            /** @default null */
            payment_method?: components["schemas"]["PaymentMethodInput"] | null;
            total_amount_cents?: number | null;
        };
        /**
         * @description Which of the customer's payment methods is charged: `provider` with an id is that one, without an id the default. `manual` is none: nothing
         *     is charged automatically.
         */
        PaymentMethodInput: {
            /**
             * @default provider
             * @enum {string}
             */
            payment_method_type?: "provider" | "manual";
            /**
             * @description A `lago_id` of the customer's payment methods.
             * @default null
             */
            payment_method_id?: string | null;
        };
        ManualPaymentInput: {
            invoice_id: string;
            /** @description In minor units of the invoice's currency. */
            amount_cents: number;
            /** @description What the payment is known by: the transfer's number, say. */
            reference: string;
            /**
             * @description A date, or a time; without an offset in UTC. Without it, now.
             * @default null
             */
            paid_at?: string | null;
        };
        InvoiceUpdateInput: {
            /** @default null */
            payment_status?: components["schemas"]["PaymentStatus"] | null;
            /** @default null */
            metadata?: components["schemas"]["InvoiceMetadataInput"][] | null;
        };
        VoidInput: {
            /**
             * @description True is refused.
             * @default null
             */
            generate_credit_note?: boolean | null;
            /**
             * @description More than 0 is refused.
             * @default null
             */
            refund_amount?: number | null;
            /**
             * @description More than 0 is refused.
             * @default null
             */
            credit_amount?: number | null;
        };
        FeeInput: {
            /** @description Your name for what is billed. */
            add_on_code: string;
            /**
             * @description A decimal number, as a number or as text, with 30 decimals at the most.
             * @default 1
             */
            units?: number | string;
            unit_amount_cents: number;
            name?: string | null;
            description?: string | null;
            /**
             * @description How the line is shown; the name otherwise.
             * @default null
             */
            invoice_display_name?: string | null;
            /**
             * @description The same as the invoice's own: Lago's description has it here.
             * @default null
             */
            skip_psp?: boolean | null;
        };
        InvoiceMetadataInput: {
            key: string;
            value: string;
        };
        /** @description Lago's keys that always have this value here. */
        InvoiceConstants: {
            /** @constant */
            billing_entity_code?: "main";
            purchase_order_number?: string | null;
            net_payment_term?: number;
            /** @constant */
            invoice_type?: "one_off";
            /** @enum {unknown} */
            status?: "finalized" | "voided";
            payment_overdue?: boolean;
            /** @constant */
            taxes_amount_cents?: 0;
            /** @constant */
            progressive_billing_credit_amount_cents?: 0;
            /** @constant */
            coupons_amount_cents?: 0;
            /** @constant */
            credit_notes_amount_cents?: 0;
            /** @constant */
            total_offsetted_credit_note_amount_cents?: 0;
            /** @constant */
            prepaid_credit_amount_cents?: 0;
            prepaid_granted_credit_amount_cents?: null;
            prepaid_purchased_credit_amount_cents?: null;
            file_url?: null;
            xml_url?: null;
            web_url?: null;
            /** @constant */
            version_number?: 4;
            self_billed?: boolean;
            voided_at?: components["schemas"]["Timestamp"] | null;
            applied_taxes?: unknown[];
        };
        InvoiceCore: components["schemas"]["InvoiceConstants"] & {
            lago_id: string;
            /** @description The count of the customer's invoices, where Paystream gave the number. */
            sequential_id: number | null;
            number: string;
            issuing_date: components["schemas"]["Date"];
            payment_due_date: components["schemas"]["Date"];
            payment_status: components["schemas"]["PaymentStatus"];
            /** @description Since when the money is gone that was paid for it, because the customer's bank has taken it back. */
            payment_dispute_lost_at: components["schemas"]["Timestamp"] | null;
            /** @description `XXX` for a malformed item that names none. */
            currency: string;
            fees_amount_cents: components["schemas"]["Amount"];
            sub_total_excluding_taxes_amount_cents: components["schemas"]["Amount"];
            sub_total_including_taxes_amount_cents: components["schemas"]["Amount"];
            total_amount_cents: components["schemas"]["Amount"];
            total_due_amount_cents: components["schemas"]["Amount"];
            total_paid_amount_cents: components["schemas"]["Amount"];
            total_refunded_amount_cents: components["schemas"]["Amount"];
            created_at: components["schemas"]["Timestamp"];
            updated_at: components["schemas"]["Timestamp"];
            /** @description When the invoice is tried again automatically, if its last payment failed for a reason that passes. */
            next_retry_at: components["schemas"]["Timestamp"] | null;
            external_customer_id: string;
            metadata: components["schemas"]["InvoiceMetadata"][];
            /** @description Why an item of the invoices table is not collected; empty for a sound invoice. */
            error_details: components["schemas"]["InvoiceProblem"][];
            /**
             * @description Where its collection is: each is explained in docs/architecture.md.
             * @enum {unknown}
             */
            stage: "parked" | "waiting" | "in_flight" | "page_due" | "page_open" | "customer_to_act" | "shown_on_page" | "retry_planned" | "authentication_link_due" | "waits_for_another_method" | "given_up" | "settling" | "paid" | "voided";
            /**
             * @description What brings it up before it is due; `secret_key` is an account whose key or charges Stripe refuses, `nothing` one that is self-billed.
             * @enum {unknown}
             */
            waiting_for: "customer" | "integration" | "provider_customer" | "payment_method" | "another_payment_method" | "secret_key" | "request" | "chosen_payment_method" | "nothing" | null;
            next_step: components["schemas"]["NextStep"] | null;
            last_failure: components["schemas"]["Failure"] | null;
            /** @description Why it stands where it stands, what comes next, and when: one or two sentences in English, for the operator. */
            explanation: string;
            /** @description When it was paid, voided or given up; null until then, and where that was before this was kept. */
            ended_at: components["schemas"]["Timestamp"] | null;
        };
        /** @description The same page for a spreadsheet, where `Accept` is `text/csv`: as RFC 4180 says, in UTF-8, with a line of names first. Amounts are in major units. A cell that would be taken for a formula begins with an apostrophe. `Next-Cursor` leads on, with `cursor`. */
        Table: string;
        /** @description What comes next of an invoice; null where nothing follows, because it is paid, voided or given up. */
        NextStep: {
            /**
             * @description `look_up` asks Stripe, `wait` is for somebody else to act, `review` for the operator to put something right.
             * @enum {unknown}
             */
            kind: "charge" | "look_up" | "payment_link" | "wait" | "review";
            /** @description Null where no time is planned. */
            at: components["schemas"]["Timestamp"] | null;
            /** @description Which try it is with the payment method that is charged. */
            attempt: number | null;
            /** @description How many tries the schedule allows with one payment method. */
            attempts: number | null;
            /** @description In English. */
            explanation: string;
        };
        /** @description Why an attempt failed the last time, or why none could be made. */
        Failure: {
            /** @description Stripe's error code, or one of Paystream's. */
            code: string;
            decline_code: string | null;
            network_decline_code: string | null;
            /**
             * @description When the same payment method may be charged again; `operator`: what the account, its key or a request is the reason of.
             * @enum {unknown}
             */
            class: "later" | "after_customer_acts" | "never" | "operator";
            at: components["schemas"]["Timestamp"];
            /** @description For the operator. */
            explanation: string;
            /** @description May be shown to the customer: it names no theft, no loss, and no suspicion. */
            customer_explanation: string;
            /**
             * Format: uri
             * @description Where the code is described; null where it is Paystream's.
             */
            source: string | null;
        };
        Invoice: components["schemas"]["InvoiceCore"] & {
            /** @description Null as long as there is no such customer, which can be with an item of the invoices table. */
            customer: components["schemas"]["CustomerCore"] | null;
            fees: components["schemas"]["Fee"][];
            billing_periods: components["schemas"]["AlwaysEmpty"];
            subscriptions: components["schemas"]["AlwaysEmpty"];
            credits: components["schemas"]["AlwaysEmpty"];
            applied_invoice_custom_sections: components["schemas"]["AlwaysEmpty"];
        };
        InvoiceMetadata: {
            lago_id: components["schemas"]["Id"];
            key: string;
            value: string;
            created_at: components["schemas"]["Timestamp"];
        };
        InvoiceProblem: {
            lago_id: components["schemas"]["Id"];
            /** @constant */
            error_code: "invalid_item";
            details: components["schemas"]["FieldCodes"];
        };
        /** @description Lago's keys that always have this value here. */
        FeeConstants: {
            lago_charge_id?: null;
            lago_charge_filter_id?: null;
            lago_fixed_charge_id?: null;
            lago_true_up_fee_id?: null;
            lago_true_up_parent_fee_id?: null;
            lago_original_fee_id?: null;
            total_aggregated_units?: null;
            pricing_unit_details?: null;
            presentation_breakdowns?: unknown[];
            lago_subscription_id?: null;
            external_subscription_id?: null;
            /** @constant */
            pay_in_advance?: false;
            /** @constant */
            invoiceable?: true;
            /** @constant */
            taxes_amount_cents?: 0;
            /** @constant */
            taxes_precise_amount?: "0.0";
            /** @constant */
            taxes_rate?: 0;
            /** @constant */
            precise_coupons_amount_cents?: "0.0";
            events_count?: null;
            succeeded_at?: null;
            failed_at?: null;
            refunded_at?: null;
            amount_details?: Record<string, never>;
            self_billed?: boolean;
        };
        Fee: components["schemas"]["FeeConstants"] & {
            lago_id: components["schemas"]["Id"];
            lago_invoice_id: string;
            /** @description Null as long as there is no such customer. */
            lago_customer_id: string | null;
            external_customer_id: string;
            item: components["schemas"]["FeeItem"];
            amount_cents: components["schemas"]["Amount"];
            amount_currency: string;
            precise_amount: components["schemas"]["Decimal"];
            precise_total_amount: components["schemas"]["Decimal"];
            total_amount_cents: components["schemas"]["Amount"];
            total_amount_currency: string;
            units: string;
            precise_unit_amount: components["schemas"]["Decimal"];
            sub_total_excluding_taxes_amount_cents: components["schemas"]["Amount"];
            sub_total_excluding_taxes_precise_amount_cents: components["schemas"]["Decimal"];
            description: string | null;
            payment_status: components["schemas"]["PaymentStatus"];
            created_at: components["schemas"]["Timestamp"];
            from_date: components["schemas"]["Timestamp"];
            to_date: components["schemas"]["Timestamp"];
        };
        FeeItem: {
            /** @constant */
            type: "add_on";
            code: string;
            name: string;
            description: string | null;
            invoice_display_name: string;
            filters: components["schemas"]["Unused"];
            filter_invoice_display_name: components["schemas"]["Unused"];
            lago_item_id: components["schemas"]["Id"];
            /** @constant */
            item_type: "AddOn";
            grouped_by: components["schemas"]["EmptyObject"];
        };
        /** @description The customer has asked the bank for the money back. */
        Dispute: {
            /** @description Stripe's. */
            dispute_id: string;
            /** @description Stripe's: `needs_response`, `won`, `lost`, … */
            status: string;
            /** @description The bank's, as Stripe reports it, if it does: `fraudulent`, `product_not_received`, … */
            reason: string | null;
            /** @description What is disputed. */
            amount_cents: number;
            amount_currency: string;
        };
        RefundInput: {
            /**
             * @description In minor units of the payment's currency; without it, all that is left.
             * @default null
             */
            amount_cents?: number | null;
            /**
             * @description Why, in Stripe's words. With `fraudulent` Stripe blocks the card and the customer's e-mail address from then on.
             * @default null
             * @enum {unknown}
             */
            reason?: "duplicate" | "fraudulent" | "requested_by_customer" | null;
        };
        /** @description Paystream's own. Lago refunds by credit notes. */
        Refund: {
            lago_id: components["schemas"]["Id"];
            lago_payment_id: components["schemas"]["Id"];
            lago_invoice_id: string;
            external_customer_id: string;
            amount_cents: components["schemas"]["Amount"];
            amount_currency: string;
            /**
             * @description Stripe's. `pending` also before Stripe has answered. `requires_action`: Stripe has asked the customer by e-mail where the money is to go. One that
             *     `succeeded` may fail later, when the customer's bank sends the money back.
             * @enum {unknown}
             */
            status: "pending" | "requires_action" | "succeeded" | "failed" | "canceled";
            /** @description Stripe's code for why. */
            reason: string | null;
            /** @description Stripe's reason, or the code with which Stripe refused it, or its message where it gave no code; `key_lacks_permission` if the account's key may not refund. */
            failure_reason: string | null;
            payment_provider_code: string;
            /** @description The payment intent's id. */
            provider_payment_id: string | null;
            /** @description The refund's id at Stripe, `re_…`; null until Stripe has answered. */
            provider_refund_id: string | null;
            created_at: components["schemas"]["Timestamp"];
        };
        Payment: {
            lago_id: components["schemas"]["Id"];
            lago_customer_id: components["schemas"]["Id"] | null;
            external_customer_id: string;
            invoice_ids: string[];
            invoice_numbers: string[];
            /** @description The invoice's id. */
            lago_payable_id: string;
            /** @constant */
            payable_type: "Invoice";
            amount_cents: components["schemas"]["Amount"];
            amount_currency: string;
            /** @description Stripe's status of the payment intent, or `failed` where none was made; `requires_action` while a payment link's page is open; `succeeded` if manual. */
            status: string;
            /**
             * @description What that status means.
             * @enum {unknown}
             */
            payment_status: "pending" | "processing" | "succeeded" | "failed";
            /**
             * @description `manual`: it came outside of Stripe, and all about Stripe is null.
             * @enum {unknown}
             */
            type: "provider" | "manual";
            /** @description What a manual payment is known by; else empty. */
            reference: string;
            payment_provider_code: string | null;
            /** @enum {unknown} */
            payment_provider_type: "PaymentProviders::StripeProvider" | null;
            /** @description The payment intent's id, `pi_…`. */
            external_payment_id: string | null;
            /** @description The same. */
            provider_payment_id: string | null;
            /** @description The customer's id at Stripe. */
            provider_customer_id: string | null;
            /** @description What the customer has to do: the payment intent's `next_action`, or in the same shape where the open page of a payment link is; else empty. */
            next_action: Record<string, never>;
            /** @description Counted from 1 for each invoice. */
            attempt: number | null;
            /** @description Why it failed, in Stripe's words. */
            error_code: string | null;
            /** @description Stripe's [decline code](https://docs.stripe.com/declines/codes). */
            decline_code: string | null;
            /** @description Stripe's advice: `try_again_later`, `do_not_try_again`, … */
            advice_code: string | null;
            failure: components["schemas"]["Failure"] | null;
            payment_method: components["schemas"]["ChargedMethod"] | null;
            /**
             * Format: uri
             * @description The payment intent in Stripe's dashboard, in its account and its mode; null where none was made.
             */
            provider_url: string | null;
            /** @description When it became known that it succeeded or failed; null until then, and where that was before this was kept. */
            ended_at: components["schemas"]["Timestamp"] | null;
            dispute: components["schemas"]["Dispute"] | null;
            refunded_amount_cents: components["schemas"]["Amount"];
            /** @description In the order in which they became known; those that failed, too. */
            refunds: components["schemas"]["Refund"][];
            created_at: components["schemas"]["Timestamp"];
        };
        /** @description What was charged, as far as Stripe's answer has said it; null where no payment method was. */
        ChargedMethod: {
            /** @description Its id at Stripe, `pm_…`. */
            id: string;
            /** @description Stripe's type of it: `card`, `sepa_debit`, … */
            type: string | null;
            /** @description Of a card: `visa`, `mastercard`, … */
            brand: string | null;
            /** @description The last four digits of a card or of a bank account. */
            last4: string | null;
            exp_month: number | null;
            exp_year: number | null;
        };
        /**
         * @description Here an invoice is `finalized` or `voided`.
         * @enum {unknown}
         */
        InvoiceStatusOfLago: "draft" | "finalized" | "voided" | "generating" | "failed" | "open" | "closed" | "pending";
        WebhookEndpointInput: {
            /**
             * @description Mandatory when an endpoint is created.
             * @default null
             */
            webhook_url?: string | null;
            /**
             * @description Kept, without effect; `jwt` if you leave it out.
             * @default null
             */
            signature_algo?: components["schemas"]["SignatureAlgo"] | null;
            /** @default null */
            name?: string | null;
            /**
             * @description `webhook_type`s, Lago's and Paystream's. Null, and `["*"]`, are all; an empty list is none.
             * @default null
             */
            event_types?: string[] | null;
        };
        WebhookEndpoint: {
            lago_id: components["schemas"]["Id"];
            lago_organization_id: string;
            /** @description With `***` in place of a password; sent back like this, it means the URL that is known. */
            webhook_url: string;
            signature_algo: components["schemas"]["SignatureAlgo"];
            name: string | null;
            event_types: string[] | null;
            created_at: components["schemas"]["Timestamp"];
            /**
             * @description Paystream's own. `expired`: nobody confirmed the URL in time. `refused`: SNS did not take it, or did not reach it. In both cases change the
             *     endpoint, with the same URL if you like: SNS asks again.
             * @enum {unknown}
             */
            subscription_status: "pending_confirmation" | "confirmed" | "expired" | "refused";
        };
        /** @enum {unknown} */
        SignatureAlgo: "jwt" | "hmac";
        Figures: {
            /** Format: date */
            from: string;
            /** Format: date */
            to: string;
            /**
             * Format: date-time
             * @description Null if nothing was counted yet.
             */
            counted_until: string | null;
            currencies: components["schemas"]["FiguresOfCurrency"][];
        };
        FiguresOfCurrency: {
            currency: string;
            /** @description Each day of the period, the oldest first. */
            days: (components["schemas"]["FiguresOfTime"] & {
                /** Format: date */
                date: string;
            })[];
            totals: components["schemas"]["FiguresOfTime"];
            /** @description What is owed now, by the days since the invoice was made. */
            open_by_age: {
                from_days: number;
                /** @description That day included; null where there is no end. */
                to_days: number | null;
                invoices: number;
                amount_cents: number;
            }[];
            overdue: components["schemas"]["InvoicesAndAmount"];
            /** @description Of the attempts that ended in the period; null if there was none. */
            success_rate_of_attempts: number | null;
            /** @description Of the invoices that were made in the period, and are paid or have failed by now; null if there is none. */
            success_rate_of_invoices: number | null;
            /** @description Of the invoices that were paid in the period, to an eighth; null if there was none. */
            time_to_payment_seconds: {
                median: number;
                p90: number;
            } | null;
        };
        /** @description Amounts in minor units. */
        FiguresOfTime: {
            /** @description Of the invoices that were made; what was voided since does not count. */
            invoiced_cents: number;
            invoices: number;
            /** @description What was paid, by hand, too. */
            collected_cents: number;
            payments: number;
            /** @description What of it came outside of Stripe. */
            by_hand_cents: number;
            payments_by_hand: number;
            /** @description Of the attempts that have failed and not succeeded since. */
            failed_cents: number;
            failures: number;
            /** @description What went back, or is on its way, by the day the refund was begun. */
            refunded_cents: number;
            refunds: number;
            /** @description What customers have disputed, by the day the dispute was heard of, however it ended. */
            disputed_cents: number;
            disputes: number;
            /** @description Invoices that were paid after an attempt had failed, by what paid them. */
            recovered: {
                retry: components["schemas"]["InvoicesAndAmount"];
                another_method: components["schemas"]["InvoicesAndAmount"];
                payment_link: components["schemas"]["InvoicesAndAmount"];
                by_hand: components["schemas"]["InvoicesAndAmount"];
            };
        };
        InvoicesAndAmount: {
            invoices: number;
            amount_cents: number;
        };
        /**
         * @description The numbers are null after a `cursor`. In a very long list not all is read for one page: then the totals are what is known, at least one
         *     page more than this one.
         */
        Meta: {
            current_page: number | null;
            /** @description Null on the last one. */
            next_page: number | null;
            /** @description Null on the first one. */
            prev_page: number | null;
            total_pages: number | null;
            total_count: number | null;
            /** @description Leads to the next page; null on the last one. */
            next_cursor: string | null;
        };
        Error: {
            /** @description The HTTP status. */
            status: number;
            /** @description For a human. */
            error: string;
        };
        ValidationErrors: {
            /** @constant */
            status: 422;
            /** @constant */
            error: "Unprocessable Entity";
            /** @constant */
            code: "validation_errors";
            error_details: components["schemas"]["FieldCodes"];
        };
        /** @description What is wrong, by field (`fees.0.units`); under `base` what is wrong as a whole. */
        FieldCodes: {
            [key: string]: string[];
        };
        ThirdPartyError: {
            /** @constant */
            status: 422;
            /** @constant */
            error: "Unprocessable Entity";
            /** @constant */
            code: "third_party_error";
            error_details: {
                /** @constant */
                third_party: "Stripe";
                thirdparty_error: string;
            };
        };
        /** Format: uuid */
        Id: string;
        /**
         * Format: date-time
         * @description In UTC.
         */
        Timestamp: string;
        /** Format: date */
        Date: string;
        /** @description In the currency's minor unit as Stripe defines it. */
        Amount: number;
        Decimal: string;
        Text: string | null;
        /** @description Stripe gets the name, or the first and the last one, which may have 256 characters together. */
        StripeName: string | null;
        Phone: string | null;
        /** @description ISO 3166-1 alpha-2. */
        Country: string | null;
        /** @enum {unknown} */
        CustomerType: "company" | "individual" | null;
        /** @enum {unknown} */
        PaymentMethodType: "card" | "sepa_debit" | "us_bank_account" | "bacs_debit" | "link" | "boleto" | "crypto" | "customer_balance";
        /**
         * @description `succeeded` is final; `failed` may become `succeeded` by a late confirmation.
         * @enum {unknown}
         */
        PaymentStatus: "pending" | "succeeded" | "failed";
        /** @description Lago's; always null here. */
        Unused: null;
        /** @description Lago's; always empty here. */
        AlwaysEmpty: unknown[];
        /** @description Lago's; always empty here. */
        EmptyObject: Record<string, never>;
    };
    responses: {
        /** @description The integration. */
        Integration: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    integration: components["schemas"]["Integration"];
                };
            };
        };
        /** @description The customer. */
        Customer: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    customer: components["schemas"]["Customer"];
                };
            };
        };
        /** @description The invoice. */
        Invoice: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    invoice: components["schemas"]["Invoice"];
                };
            };
        };
        /** @description The webhook endpoint. */
        WebhookEndpoint: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    webhook_endpoint: components["schemas"]["WebhookEndpoint"];
                };
            };
        };
        /**
         * @description The request cannot be read: its body is not JSON in UTF-8, or the object under the root key is missing
         *     or empty. For the webhook: the signature is not valid, there is no such integration, or the body is not an event.
         */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 400;
                };
            };
        };
        /** @description The API key is missing or unknown. */
        Unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 401;
                    /** @constant */
                    error?: "Unauthorized";
                };
            };
        };
        /** @description A policy in front of the API refuses the request. A thing of another organization is not 403 but 404. */
        Forbidden: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 403;
                    /** @constant */
                    error?: "Forbidden";
                };
            };
        };
        /** @description There is no such thing in your organization. `code` says what was not found. */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @constant */
                    status: 404;
                    /** @constant */
                    error: "Not Found";
                    /** @enum {unknown} */
                    code: "customer_not_found" | "invoice_not_found" | "payment_method_not_found" | "payment_not_found" | "payment_provider_not_found" | "route_not_found" | "webhook_endpoint_not_found" | "webhook_jwt_public_key_not_found" | "webhook_not_found";
                };
            };
        };
        /**
         * @description The invoice is in a state in which this cannot be done. `invalid_status`: it is paid, voided, or was never taken in. `not_voidable`: it
         *     is paid or voided. `update_on_voided_invoice`: it is voided, and nothing of it changes any more. `payment_processor_is_currently_handling_payment`: an attempt is on its way; wait for what comes of it.
         *     `payment_not_refundable`: it has not succeeded, all of it has gone back, a hundred refunds of it were made, it did not come through Stripe, or a dispute of it was lost.
         */
        MethodNotAllowed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @constant */
                    status: 405;
                    /** @constant */
                    error: "Method Not Allowed";
                    /** @enum {unknown} */
                    code: "invalid_status" | "not_voidable" | "update_on_voided_invoice" | "payment_processor_is_currently_handling_payment" | "payment_not_refundable";
                };
            };
        };
        /**
         * @description The request contradicts what is stored. `changed_meanwhile`, `customer_changed`, `integration_changed` and `webhook_endpoints_changed`: another request changed it at
         *     the same time; send it again. `idempotency_key_reused`: the key belongs to another invoice. `number_taken`: send a number of your
         *     own.
         */
        Conflict: {
            headers: {
                "Retry-After": components["headers"]["Retry-After-If-Useful"];
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @constant */
                    status: 409;
                    /** @constant */
                    error: "Conflict";
                    /** @enum {unknown} */
                    code: "changed_meanwhile" | "customer_changed" | "idempotency_key_reused" | "integration_changed" | "number_taken" | "webhook_endpoints_changed";
                    /** @description In words; not there for `changed_meanwhile`. */
                    error_details?: {
                        base: string[];
                    };
                };
            };
        };
        /** @description The body is larger than 256 KiB. */
        PayloadTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 413;
                };
            };
        };
        /** @description A body was sent whose `Content-Type` is not `application/json`. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 415;
                };
            };
        };
        /**
         * @description A value is not acceptable. `validation_errors`: `error_details` names each field and what is wrong with it, never the value.
         *     `third_party_error`: Stripe refused the request; `error_details` says why.
         */
        UnprocessableEntity: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ValidationErrors"] | components["schemas"]["ThirdPartyError"];
            };
        };
        /** @description More requests than the API takes; wait and send it again. */
        TooManyRequests: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 429;
                    /** @constant */
                    error?: "Too Many Requests";
                };
            };
        };
        /** @description Something is wrong here. Send the same request again, as after 503. */
        InternalServerError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 500;
                    /** @constant */
                    error?: "Internal Server Error";
                };
            };
        };
        /** @description A function ended without an answer. Send the same request again, as after 503. */
        BadGateway: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 502;
                    /** @constant */
                    error?: "Bad Gateway";
                };
            };
        };
        /** @description A function took longer than 29 seconds. Send the same request again, as after 503. */
        GatewayTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["Error"] & {
                    /** @constant */
                    status?: 504;
                    /** @constant */
                    error?: "Gateway Timeout";
                };
            };
        };
        /**
         * @description Stripe did not answer, so what it did is not known; or the account's rate limit at Stripe is reached. Send the same request again
         *     when `Retry-After` says; nothing is done twice.
         */
        ServiceUnavailable: {
            headers: {
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                "application/json": {
                    /** @constant */
                    status: 503;
                    /** @constant */
                    error: "Service Unavailable";
                    /** @constant */
                    code: "third_party_unavailable";
                };
            };
        };
    };
    parameters: {
        /**
         * @description Your name for the Stripe account, which distinguishes it from others.
         * @example stripe_eu
         */
        code: string;
        /**
         * @description The invoice's id.
         * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
         */
        invoice_id: string;
        /**
         * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
         *     it is the last.
         */
        per_page: number;
        /**
         * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
         *     are many.
         */
        page: number;
        /**
         * @description Issued on this day or later.
         * @example 2026-11-01
         */
        issuing_date_from: string;
        /**
         * @description Issued on this day or earlier.
         * @example 2026-11-30
         */
        issuing_date_to: string;
        /**
         * @description Owed in all, at least, in minor units.
         * @example 100
         */
        amount_from: number;
        /**
         * @description Owed in all, at most, in minor units.
         * @example 4200
         */
        amount_to: number;
        /**
         * @description In this currency.
         * @example EUR
         */
        currency: string;
        /**
         * @description Found in the number, the id or the customer's id, in whatever case.
         * @example ACM-2026
         */
        search_term: string;
        /** @description Overdue, or not: unpaid the day after it was due (UTC). */
        payment_overdue: boolean;
        /** @description Of which the money is gone because a dispute was lost, or not. */
        payment_dispute_lost: boolean;
        /** @description With this payment status. */
        payment_status: "pending" | "succeeded" | "failed";
        /** @description With one of these payment statuses. */
        payment_statuses: ("pending" | "succeeded" | "failed")[];
        /** @description With this status. */
        status: components["schemas"]["InvoiceStatusOfLago"];
        /** @description With one of these statuses. */
        statuses: components["schemas"]["InvoiceStatusOfLago"][];
        /** @description Of this type: all are `one_off` here. */
        invoice_type: "subscription" | "add_on" | "credit" | "one_off" | "advance_charges" | "progressive_billing";
        /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
        cursor: string;
    };
    requestBodies: never;
    headers: {
        /** @description After how many seconds to send the request again. */
        "Retry-After": string;
        /** @description After how many seconds to send the request again; there only if that helps. */
        "Retry-After-If-Useful": string;
        /** @description Of a table; not on the last page. What `next_cursor` is in JSON. */
        "Next-Cursor": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listIntegrations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The integrations. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        integrations: components["schemas"]["Integration"][];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getIntegration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your name for the Stripe account, which distinguishes it from others.
                 * @example stripe_eu
                 */
                code: components["parameters"]["code"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Integration"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    connectIntegration: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your name for the Stripe account, which distinguishes it from others.
                 * @example stripe_eu
                 */
                code: components["parameters"]["code"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    integration: components["schemas"]["IntegrationInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["Integration"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    disconnectIntegration: {
        parameters: {
            query?: {
                /** @description Remove it at once, whatever is on its way through it. */
                force?: boolean;
            };
            header?: never;
            path: {
                /**
                 * @description Your name for the Stripe account, which distinguishes it from others.
                 * @example stripe_eu
                 */
                code: components["parameters"]["code"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Integration"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listCustomers: {
        parameters: {
            query?: {
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of customers. */
            200: {
                headers: {
                    "Next-Cursor": components["headers"]["Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customers: components["schemas"]["Customer"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    upsertCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    customer: components["schemas"]["CustomerInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["Customer"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    checkCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    customer: components["schemas"]["CustomerInput"];
                };
            };
        };
        responses: {
            /** @description What would become of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customer_check: components["schemas"]["CustomerCheck"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Customer"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    destroyCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Customer"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listCustomerInvoices: {
        parameters: {
            query?: {
                /** @description With this payment status. */
                payment_status?: components["parameters"]["payment_status"];
                /** @description With one of these payment statuses. */
                "payment_statuses[]"?: components["parameters"]["payment_statuses"];
                /** @description With this status. */
                status?: components["parameters"]["status"];
                /** @description With one of these statuses. */
                "statuses[]"?: components["parameters"]["statuses"];
                /**
                 * @description Issued on this day or later.
                 * @example 2026-11-01
                 */
                issuing_date_from?: components["parameters"]["issuing_date_from"];
                /**
                 * @description Issued on this day or earlier.
                 * @example 2026-11-30
                 */
                issuing_date_to?: components["parameters"]["issuing_date_to"];
                /**
                 * @description Owed in all, at least, in minor units.
                 * @example 100
                 */
                amount_from?: components["parameters"]["amount_from"];
                /**
                 * @description Owed in all, at most, in minor units.
                 * @example 4200
                 */
                amount_to?: components["parameters"]["amount_to"];
                /**
                 * @description In this currency.
                 * @example EUR
                 */
                currency?: components["parameters"]["currency"];
                /**
                 * @description Found in the number, the id or the customer's id, in whatever case.
                 * @example ACM-2026
                 */
                search_term?: components["parameters"]["search_term"];
                /** @description Of this type: all are `one_off` here. */
                invoice_type?: components["parameters"]["invoice_type"];
                /** @description Overdue, or not: unpaid the day after it was due (UTC). */
                payment_overdue?: components["parameters"]["payment_overdue"];
                /** @description Of which the money is gone because a dispute was lost, or not. */
                payment_dispute_lost?: components["parameters"]["payment_dispute_lost"];
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of invoices. */
            200: {
                headers: {
                    "Next-Cursor": components["headers"]["Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invoices: components["schemas"]["InvoiceCore"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listCustomerPayments: {
        parameters: {
            query?: {
                /**
                 * @description Only the payments of this invoice; 404 if there is no such invoice.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                invoice_id?: string;
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payments. */
            200: {
                headers: {
                    "Next-Cursor": components["headers"]["Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payments: components["schemas"]["Payment"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listPaymentMethods: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All payment methods. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment_methods: components["schemas"]["PaymentMethod"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    destroyPaymentMethod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
                /**
                 * @description The payment method's id.
                 * @example 2ab8e7a5-5a76-5a53-a5fc-0a2a5f4e0c11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment method. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment_method: components["schemas"]["PaymentMethod"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    setDefaultPaymentMethod: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
                /**
                 * @description The payment method's id.
                 * @example 2ab8e7a5-5a76-5a53-a5fc-0a2a5f4e0c11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment method. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment_method: components["schemas"]["PaymentMethod"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    checkOutCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description Your id of the customer, percent-encoded.
                 * @example acme-42
                 */
                external_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        customer: components["schemas"]["Checkout"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listInvoices: {
        parameters: {
            query?: {
                /**
                 * @description Only the invoices of this customer; none if there is no such customer.
                 * @example acme-42
                 */
                external_customer_id?: string;
                /**
                 * @description Lago's other name for `external_customer_id`.
                 * @example acme-42
                 */
                customer_external_id?: string;
                /** @description With this payment status. */
                payment_status?: components["parameters"]["payment_status"];
                /** @description With one of these payment statuses. */
                "payment_statuses[]"?: components["parameters"]["payment_statuses"];
                /** @description With this status. */
                status?: components["parameters"]["status"];
                /** @description With one of these statuses. */
                "statuses[]"?: components["parameters"]["statuses"];
                /**
                 * @description Issued on this day or later.
                 * @example 2026-11-01
                 */
                issuing_date_from?: components["parameters"]["issuing_date_from"];
                /**
                 * @description Issued on this day or earlier.
                 * @example 2026-11-30
                 */
                issuing_date_to?: components["parameters"]["issuing_date_to"];
                /**
                 * @description Owed in all, at least, in minor units.
                 * @example 100
                 */
                amount_from?: components["parameters"]["amount_from"];
                /**
                 * @description Owed in all, at most, in minor units.
                 * @example 4200
                 */
                amount_to?: components["parameters"]["amount_to"];
                /**
                 * @description In this currency.
                 * @example EUR
                 */
                currency?: components["parameters"]["currency"];
                /**
                 * @description Found in the number, the id or the customer's id, in whatever case.
                 * @example ACM-2026
                 */
                search_term?: components["parameters"]["search_term"];
                /** @description Of this type: all are `one_off` here. */
                invoice_type?: components["parameters"]["invoice_type"];
                /** @description Overdue, or not: unpaid the day after it was due (UTC). */
                payment_overdue?: components["parameters"]["payment_overdue"];
                /** @description Of which the money is gone because a dispute was lost, or not. */
                payment_dispute_lost?: components["parameters"]["payment_dispute_lost"];
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of invoices. */
            200: {
                headers: {
                    "Next-Cursor": components["headers"]["Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invoices: components["schemas"]["InvoiceCore"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    createInvoice: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that names this invoice and no other of your organization. It never expires.
                 * @example order-8812
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    invoice: components["schemas"]["InvoiceInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["Invoice"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getInvoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id, as the API answered it or as your application put it into the invoices table.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Invoice"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    updateInvoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id, as the API answered it or as your application put it into the invoices table.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    invoice: components["schemas"]["InvoiceUpdateInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["Invoice"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    voidInvoice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["VoidInput"];
            };
        };
        responses: {
            200: components["responses"]["Invoice"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    retryPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @default null */
                    payment_method?: components["schemas"]["PaymentMethodInput"] | null;
                };
            };
        };
        responses: {
            /** @description It will be done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    linkToPay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The invoice's id.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                lago_id: components["parameters"]["invoice_id"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        invoice_payment_details: components["schemas"]["PaymentUrl"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getFigures: {
        parameters: {
            query?: {
                /**
                 * @description The first day; 30 days with `to` where it is not sent.
                 * @example 2026-11-01
                 */
                from?: string;
                /**
                 * @description The last day; today where it is not sent. A period has 366 days at the most.
                 * @example 2026-11-30
                 */
                to?: string;
                /**
                 * @description Only this one.
                 * @example EUR
                 */
                currency?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. A currency is there if there is anything in it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        figures: components["schemas"]["Figures"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listPayments: {
        parameters: {
            query?: {
                /**
                 * @description Only the payments of this invoice; 404 if there is no such invoice.
                 * @example e72d00d2-c81b-4cb7-86b4-474f7ecf0c3f
                 */
                invoice_id?: string;
                /**
                 * @description Only the payments of this customer; none if there is no such customer.
                 * @example acme-42
                 */
                external_customer_id?: string;
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of payments. */
            200: {
                headers: {
                    "Next-Cursor": components["headers"]["Next-Cursor"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payments: components["schemas"]["Payment"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    createPayment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that names this payment and no other of your organization. It never expires.
                 * @example transfer-8812
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    payment: components["schemas"]["ManualPaymentInput"];
                };
            };
        };
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment: components["schemas"]["Payment"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getPayment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The payment's id.
                 * @example 23d0ebd2-786c-522e-bb76-0f6355bb9341
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The payment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        payment: components["schemas"]["Payment"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    refundPayment: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Any text that names this refund and no other of your organization. It never expires.
                 * @example credit-note-17
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The payment's id.
                 * @example 23d0ebd2-786c-522e-bb76-0f6355bb9341
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    refund: components["schemas"]["RefundInput"];
                };
            };
        };
        responses: {
            /** @description The refund. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        refund: components["schemas"]["Refund"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            405: components["responses"]["MethodNotAllowed"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listWebhookEndpoints: {
        parameters: {
            query?: {
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of webhook endpoints. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook_endpoints: components["schemas"]["WebhookEndpoint"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    createWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    webhook_endpoint: components["schemas"]["WebhookEndpointInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["WebhookEndpoint"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The webhook endpoint's id.
                 * @example 4f6d2a36-6f0e-4a55-8a9b-3a1f2c7d9e10
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["WebhookEndpoint"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    updateWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The webhook endpoint's id.
                 * @example 4f6d2a36-6f0e-4a55-8a9b-3a1f2c7d9e10
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    webhook_endpoint: components["schemas"]["WebhookEndpointInput"];
                };
            };
        };
        responses: {
            200: components["responses"]["WebhookEndpoint"];
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    destroyWebhookEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The webhook endpoint's id.
                 * @example 4f6d2a36-6f0e-4a55-8a9b-3a1f2c7d9e10
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["WebhookEndpoint"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description Only these: `invoice.payment_failure`, … */
                "event_types[]"?: string[];
                /**
                 * @description Made then or later.
                 * @example 2026-11-23T10:00:00Z
                 */
                since?: string;
                /**
                 * @description Made then or earlier.
                 * @example 2026-11-24T10:00:00Z
                 */
                until?: string;
                /**
                 * @description The page of this number. What is listed before it is counted, so a page far behind takes longer: follow `next_cursor` instead where there
                 *     are many.
                 */
                page?: components["parameters"]["page"];
                /**
                 * @description How many to answer at the most; more than 100 are answered as 100. A page may hold fewer: only `next_page` or `next_cursor` says whether
                 *     it is the last.
                 */
                per_page?: components["parameters"]["per_page"];
                /** @description The `next_cursor` of the page before, for the same list; then `page` does not matter, and nothing is counted. */
                cursor?: components["parameters"]["cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of notifications. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhooks: components["schemas"]["Webhook"][];
                        meta: components["schemas"]["Meta"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getWebhookPublicKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getPlainWebhookPublicKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The notification's id: its `unique_key`.
                 * @example 8f4fbb80-5c39-5e3a-9d0e-6f6a8f0e9d11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notification. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook: components["schemas"]["Webhook"];
                    };
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    retryWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The notification's id: its `unique_key`.
                 * @example 8f4fbb80-5c39-5e3a-9d0e-6f6a8f0e9d11
                 */
                lago_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notification. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhook: components["schemas"]["Webhook"];
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    retryWebhooks: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    webhooks: {
                        /** Format: date-time */
                        since?: string | null;
                        /** Format: date-time */
                        until?: string | null;
                        event_types?: string[] | null;
                        cursor?: string | null;
                    };
                };
            };
        };
        responses: {
            /** @description How many were published, and what leads on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        webhooks: {
                            sent: number;
                            next_cursor: string | null;
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
    receiveStripeEvent: {
        parameters: {
            query?: {
                /**
                 * @description The integration's code; without it, the default integration is meant.
                 * @example stripe_eu
                 */
                code?: string;
            };
            header: {
                /** @description Stripe's signature, not older than five minutes. Exactly one such header. */
                "Stripe-Signature": string;
            };
            path: {
                /** @description Your organization's id. */
                organization_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Received; Stripe need not send it again. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        received: true;
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            422: components["responses"]["UnprocessableEntity"];
            429: components["responses"]["TooManyRequests"];
            500: components["responses"]["InternalServerError"];
            502: components["responses"]["BadGateway"];
            503: components["responses"]["ServiceUnavailable"];
            504: components["responses"]["GatewayTimeout"];
        };
    };
}
