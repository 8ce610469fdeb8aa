//! What code does that uses Lago's Rust client today: the same calls, and its own typed answers and errors.
//!
//! Run by `python -m compatibility`. The client has no calls for checkout and payment pages, or webhook endpoints.

use std::future::Future;
use std::mem::discriminant;
use std::time::Duration;

use lago_client::{Config, Credentials, LagoClient, Region, RetryConfig, RetryMode};
use lago_types::error::{LagoError, Result};
use lago_types::filters::invoice::InvoiceFilters;
use lago_types::models::{
    CustomerPaymentProvider, InvoicePaymentStatus, InvoiceStatus, PaginationParams, Payment, PaymentStatus, PaymentType,
};
use lago_types::requests::customer::{
    CreateCustomerBillingConfiguration, CreateCustomerInput, CreateCustomerRequest, GetCustomerRequest,
    ListCustomersRequest,
};
use lago_types::requests::invoice::{
    CreateInvoiceFeeInput, CreateInvoiceInput, CreateInvoiceRequest, GetInvoiceRequest, ListCustomerInvoicesRequest,
    ListInvoicesRequest, RetryInvoicePaymentRequest, UpdateInvoiceInput, UpdateInvoiceMetadataInput,
    UpdateInvoiceRequest, VoidInvoiceRequest,
};
use lago_types::requests::payment::{
    CreatePaymentInput, CreatePaymentRequest, GetPaymentRequest, ListCustomerPaymentsRequest, ListPaymentsRequest,
};
use uuid::Uuid;

const AMOUNT: i64 = 4200;

/// One line a step. Ends with the first that is not so.
fn step(what: &str, is_so: bool) {
    println!("{}: {what}", if is_so { "ok" } else { "NOT ok" });
    if !is_so {
        std::process::exit(1);
    }
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"))
}

fn client(api_key: &str) -> LagoClient {
    let config = Config::builder()
        .credentials(Credentials::new(api_key))
        .region(Region::Custom(format!("{}api/v1", setting("LAGO_URL"))))
        .timeout(Duration::from_secs(30))
        .retry_config(RetryConfig::builder().mode(RetryMode::Off).build())
        .build();
    LagoClient::new(config)
}

/// Whether the client raises its own error with our words.
async fn refused<T>(call: impl Future<Output = Result<T>>, status: u16, code: &str) -> bool {
    match call.await {
        Err(LagoError::Api { status: seen, message }) => seen == status && message.contains(code),
        _ => false,
    }
}

async fn upsert(lago: &LagoClient, external_id: &str, provider_customer_id: Option<String>) -> Result<Option<String>> {
    let mut customer = CreateCustomerInput::new(external_id.into())
        .with_name("Acme".into())
        .with_currency("EUR".into());
    if let Some(id) = provider_customer_id {
        customer = customer.with_billing_configuration(CreateCustomerBillingConfiguration {
            invoice_grace_period: None,
            payment_provider: Some(CustomerPaymentProvider::Stripe),
            payment_provider_code: Some("stripe".into()),
            provider_customer_id: Some(id),
            sync: None,
            sync_with_provider: None,
            document_locale: None,
            provider_payment_methods: None,
        });
    }
    let made = lago
        .create_customer(CreateCustomerRequest::new(customer))
        .await?
        .customer;
    Ok(made.billing_configuration.provider_customer_id)
}

fn bill(external_id: &str, fees: Vec<CreateInvoiceFeeInput>) -> CreateInvoiceRequest {
    CreateInvoiceRequest::new(CreateInvoiceInput::new(external_id.into(), "EUR".into(), fees))
}

async fn invoice(lago: &LagoClient, external_id: &str) -> Result<String> {
    let fee = CreateInvoiceFeeInput::new("setup".into(), 1.0).with_unit_amount_cents(AMOUNT);
    let made = lago.create_invoice(bill(external_id, vec![fee])).await?.invoice;
    step(
        "an invoice is created",
        made.total_amount_cents == AMOUNT && matches!(made.status, InvoiceStatus::Finalized),
    );
    Ok(made.lago_id.expect("an invoice has an id").to_string())
}

async fn becomes(lago: &LagoClient, lago_id: &str, status: InvoicePaymentStatus) -> Result<bool> {
    for _ in 0..300 {
        let found = lago.get_invoice(GetInvoiceRequest::new(lago_id.into())).await?.invoice;
        if discriminant(&found.payment_status) == discriminant(&status) {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(false)
}

async fn payments_of(lago: &LagoClient, lago_id: &str) -> Result<Vec<Payment>> {
    let id = Uuid::parse_str(lago_id).expect("an invoice's id is a UUID");
    Ok(lago
        .list_payments(Some(ListPaymentsRequest::new().with_invoice_id(id)))
        .await?
        .payments)
}

async fn has_attempts(lago: &LagoClient, lago_id: &str, number: usize) -> Result<bool> {
    for _ in 0..300 {
        if payments_of(lago, lago_id).await?.len() == number {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(false)
}

async fn customers(lago: &LagoClient) -> Result<()> {
    step(
        "a customer without Stripe is created",
        upsert(lago, "plain", None).await?.is_none(),
    );
    let linked = upsert(lago, "good", Some(setting("GOOD_CUSTOMER"))).await?;
    step("one with Stripe is linked", linked == Some(setting("GOOD_CUSTOMER")));
    upsert(lago, "bad", Some(setting("BAD_CUSTOMER"))).await?;
    let found = lago
        .get_customer(GetCustomerRequest::new("good".into()))
        .await?
        .customer;
    step("a customer is found", found.name.as_deref() == Some("Acme"));
    let page = PaginationParams::new().with_page(1).with_per_page(2);
    let listed = lago
        .list_customers(Some(ListCustomersRequest::new().with_pagination(page)))
        .await?;
    step(
        "customers are listed page by page",
        listed.customers.len() == 2 && listed.meta.next_page == Some(2),
    );
    Ok(())
}

async fn payments(lago: &LagoClient) -> Result<(String, String)> {
    let (paid, declined) = (invoice(lago, "good").await?, invoice(lago, "bad").await?);
    step(
        "it is collected",
        becomes(lago, &paid, InvoicePaymentStatus::Succeeded).await?,
    );
    step(
        "another one is declined",
        becomes(lago, &declined, InvoicePaymentStatus::Failed).await?,
    );
    lago.retry_invoice_payment(RetryInvoicePaymentRequest::new(declined.clone()))
        .await?;
    step("a failed payment is retried", has_attempts(lago, &declined, 2).await?);
    step(
        "and declined again",
        becomes(lago, &declined, InvoicePaymentStatus::Failed).await?,
    );
    let listed = payments_of(lago, &paid).await?;
    let is_paid = |one: &Payment| matches!(one.payment_status, PaymentStatus::Succeeded) && one.amount_cents == AMOUNT;
    step("its payment is listed", listed.len() == 1 && is_paid(&listed[0]));
    let one = lago
        .get_payment(GetPaymentRequest::new(listed[0].lago_id))
        .await?
        .payment;
    step("and found", one.invoice_ids[0].to_string() == paid);
    let theirs = lago
        .list_customer_payments(ListCustomerPaymentsRequest::new("good".into()))
        .await?;
    step("a customer's payments are listed", theirs.payments.len() == 1);
    let by_hand = CreatePaymentInput::new(declined.clone(), 1200, "transfer 1".into());
    let manual = lago.create_payment(CreatePaymentRequest::new(by_hand)).await?.payment;
    step(
        "a manual payment is recorded",
        matches!(manual.payment_type, PaymentType::Manual),
    );
    Ok((paid, declined))
}

async fn invoices(lago: &LagoClient, paid: &str, declined: &str) -> Result<()> {
    let failed = InvoiceFilters::new()
        .with_payment_status(InvoicePaymentStatus::Failed)
        .with_customer_id("bad".into());
    let listed = lago
        .list_invoices(Some(ListInvoicesRequest::new().with_filters(failed)))
        .await?
        .invoices;
    let ids: Vec<_> = listed
        .iter()
        .filter_map(|one| one.lago_id.map(|id| id.to_string()))
        .collect();
    step("invoices are listed with filters", ids == [declined]);
    let page = PaginationParams::new().with_page(1).with_per_page(1);
    let several = lago
        .list_invoices(Some(ListInvoicesRequest::new().with_pagination(page)))
        .await?;
    step(
        "and page by page",
        several.meta.total_count == 2 && several.meta.next_page == Some(2),
    );
    let theirs = lago
        .list_customer_invoices(ListCustomerInvoicesRequest::new("good".into()))
        .await?;
    step("a customer's invoices are listed", theirs.invoices.len() == 1);
    let metadata = vec![UpdateInvoiceMetadataInput::new("order".into(), "8812".into())];
    let change = UpdateInvoiceRequest::new(paid.into(), UpdateInvoiceInput::new().with_metadata(metadata));
    let changed = lago.update_invoice(change).await?.invoice;
    step(
        "an invoice gets metadata",
        changed.metadata.is_some_and(|pairs| pairs[0].value == "8812"),
    );
    let voided = lago
        .void_invoice(VoidInvoiceRequest::new(declined.into()))
        .await?
        .invoice;
    step(
        "a failed invoice is voided",
        matches!(voided.status, InvoiceStatus::Voided),
    );
    Ok(())
}

async fn errors(lago: &LagoClient, paid: &str) {
    let nobody = lago.get_customer(GetCustomerRequest::new("nobody".into()));
    step("404 is its own error", refused(nobody, 404, "customer_not_found").await);
    let void = lago.void_invoice(VoidInvoiceRequest::new(paid.into()));
    step("405 is its own error", refused(void, 405, "not_voidable").await);
    let empty = lago.create_invoice(bill("good", vec![]));
    step("422 is its own error", refused(empty, 422, "validation_errors").await);
    let stranger = client("nobody's")
        .get_customer(GetCustomerRequest::new("good".into()))
        .await;
    step("401 is its own error", matches!(stranger, Err(LagoError::Unauthorized)));
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let lago = client(&setting("LAGO_API_KEY"));
    customers(&lago).await?;
    let (paid, declined) = payments(&lago).await?;
    invoices(&lago, &paid, &declined).await?;
    errors(&lago, &paid).await;
    Ok(())
}
