import { render } from "preact";
import { takeKeyFromAddress } from "./api/session";
import { Layout } from "./layout";

takeKeyFromAddress();
// A link with a key may also be opened in a tab that shows the page already.
addEventListener("hashchange", takeKeyFromAddress);
const place = document.getElementById("page");
if (place) {
  place.replaceChildren();
  render(<Layout />, place);
}
