// The page: which parts it has, and what each tells the others.

import { Charts } from "./charts.js";
import { byId } from "./dom.js";
import { refreshEngine } from "./engine_view.js";
import { FollowedOrder } from "./followed_order.js";
import { HistoryView } from "./history_view.js";
import { OrderForm } from "./order_form.js";
import { OrderView } from "./order_view.js";

const TICK_MS = 100;
const ENGINE_EVERY_MS = 5_000;
const HISTORY_EVERY_MS = 10_000;

const charts = new Charts();
const history = new HistoryView((orders) => charts.update(orders));
const orderView = new OrderView();
const orderForm = new OrderForm(({ orderId }) => {
  location.hash = `order=${orderId}`;
});
let followed = null;

/** Follow the order that the address names. */
function followAddress({ byPerson }) {
  const orderId = new URLSearchParams(location.hash.slice(1)).get("order") ?? "";
  followed?.abandon();
  history.mark(orderId);
  byId("order").hidden = !orderId;
  byId("no-order").hidden = Boolean(orderId);
  if (!orderId) return;
  const onChange = (change) => {
    orderView.changed(change);
    if (change.events) history.refresh();
  };
  followed = new FollowedOrder(orderId, onChange);
  orderView.show(followed);
  followed.follow();
  if (byPerson) orderView.focus();
}

/** Do it now and then, while somebody looks. */
function repeat(act, milliseconds) {
  const whileVisible = () => document.hidden || act();
  setInterval(whileVisible, milliseconds);
  document.addEventListener("visibilitychange", whileVisible);
  act();
}

window.addEventListener("hashchange", () => followAddress({ byPerson: true }));
setInterval(() => {
  orderView.tick();
  orderForm.tick();
}, TICK_MS);
orderForm.loadTokens();
repeat(refreshEngine, ENGINE_EVERY_MS);
repeat(() => history.refresh(), HISTORY_EVERY_MS);
followAddress({ byPerson: false });
