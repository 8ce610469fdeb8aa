import { useEffect, useRef } from "preact/hooks";
import { key, signOut } from "./api/session";
import { Moment } from "./parts/basics";
import { useLoaded } from "./parts/loading";
import { route, to } from "./router";
import { CustomerScreen } from "./screens/customer";
import { Customers } from "./screens/customers";
import { IntegrationScreen } from "./screens/integration";
import { Integrations } from "./screens/integrations";
import { InvoiceScreen } from "./screens/invoice";
import { Invoices } from "./screens/invoices";
import { Notifications } from "./screens/notifications";
import { Overview } from "./screens/overview";
import { Parked } from "./screens/parked";
import { SignIn } from "./screens/sign_in";
import { attention, mode, readIntegrations } from "./state";

const SCREENS = [
  ["overview", "Overview"],
  ["invoices", "Invoices"],
  ["customers", "Customers"],
  ["notifications", "Notifications"],
  ["parked", "Parked items"],
  ["integrations", "Settings"],
] as const;

export function Layout() {
  return key.value === null ? <SignIn /> : <SignedIn />;
}

function SignedIn() {
  useLoaded("integrations of the banner", readIntegrations, () => true);
  const main = useRef<HTMLElement>(null);
  const { screen, id } = route.value;
  const first = useRef(true);
  useEffect(() => {
    const title = SCREENS.find(([name]) => name === screen)?.[1] ?? "Paystream";
    document.title = `${title} · Paystream`;
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [screen, id]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="side">
        <p class="brand">Paystream</p>
        <nav aria-label="Screens">
          {SCREENS.map(([name, title]) => (
            <a key={name} href={to(name)} aria-current={screen === name ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <button type="button" class="quiet" onClick={() => signOut()}>
          Sign out
        </button>
      </header>
      <div class="body">
        <Banner />
        <main ref={main} id="main" tabIndex={-1}>
          <Screen />
        </main>
      </div>
    </div>
  );
}

const MODES = {
  test: "TEST — no real money moves",
  live: "LIVE — real money moves",
  both: "TEST and LIVE accounts are connected — look at which one before you act",
};

function Banner() {
  return (
    <div class="banners" role="region" aria-label="Mode and attention">
      {mode.value && <p class={`mode ${mode.value}`}>{MODES[mode.value]}</p>}
      {attention.value.map((one) => (
        <div class="attention" key={one.code + one.what}>
          <p>
            <strong>{one.name}</strong> {one.what}
            {one.since && (
              <>
                {" "}
                since <Moment at={one.since} />
              </>
            )}
          </p>
          <a class="button" href={to("integrations", one.code)}>
            {one.action}
          </a>
        </div>
      ))}
    </div>
  );
}

function Screen() {
  const { screen, id } = route.value;
  switch (screen) {
    case "overview":
      return <Overview />;
    case "invoices":
      return id ? <InvoiceScreen key={id} id={id} /> : <Invoices />;
    case "customers":
      return id ? <CustomerScreen key={id} id={id} /> : <Customers />;
    case "notifications":
      return <Notifications />;
    case "parked":
      return <Parked />;
    case "integrations":
      return id ? <IntegrationScreen key={id} code={id} /> : <Integrations />;
    default:
      return (
        <>
          <h1>There is no such screen</h1>
          <p>
            <a href={to("overview")}>To the overview</a>
          </p>
        </>
      );
  }
}
