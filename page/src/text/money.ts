// Minor units as Stripe defines them: https://docs.stripe.com/currencies
const ZERO_DECIMAL = new Set("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "));
const THREE_DECIMAL = new Set("BHD JOD KWD OMR TND".split(" "));

export function decimals(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount in minor units for a person: 4200 of EUR is "42.00 EUR". */
export function money(minor: number, currency: string): string {
  return `${plain(minor, currency, true)} ${currency}`;
}

/** The same without the currency, as it would be typed: "42.00". Digits are moved, nothing is computed with fractions. */
export function plain(minor: number, currency: string, grouped = false): string {
  const places = decimals(currency);
  const digits = String(Math.abs(minor)).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const shown = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return (minor < 0 ? "−" : "") + shown + (places ? `.${digits.slice(-places)}` : "");
}

/** Minor units of what was typed ("42", "42.5", "1,042.50"); null where it is no amount of this currency. */
export function minorUnits(typed: string, currency: string): number | null {
  const places = decimals(currency);
  const match = /^(\d+)(?:\.(\d+))?$/.exec(typed.trim().replaceAll(",", ""));
  if (!match || (match[2] ?? "").length > places) return null;
  return Number(match[1] + (match[2] ?? "").padEnd(places, "0"));
}
