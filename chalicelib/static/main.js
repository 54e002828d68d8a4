// The page: which parts it has, and what each tells the others.

import { Account } from "./account.js";
import { refreshAccount } from "./account_view.js";
import { ArmedOrders } from "./armed_orders.js";
import { ArmedView } from "./armed_view.js";
import { Charts } from "./charts.js";
import { actOncePerDoubleClick } from "./clicks.js";
import { byId } from "./dom.js";
import { forgetEnds, tellEnd } from "./ends_view.js";
import { refreshEngine } from "./engine_view.js";
import { FollowedOrder } from "./followed_order.js";
import { HistoryView } from "./history_view.js";
import { OrderForm } from "./order_form.js";
import { OrderView } from "./order_view.js";
import { tellArmed } from "./watching_view.js";

const TICK_MS = 100;
const ENGINE_EVERY_MS = 5_000;
const HISTORY_EVERY_MS = 10_000;

const charts = new Charts();
const recent = new HistoryView(() => refreshOrders());
const account = new Account({
  onNewest: ({ page, error }) => {
    recent.hear({ page, error });
    if (!page) return;
    charts.update(page.orders);
    armed.hear(page.orders);
  },
  onEnd: (order) => {
    tellEnd(order, order.orderId === followed?.orderId);
    recent.update(order);
    charts.update([order]);
    refreshEngine();
    refreshAccount();
  },
});
const armedView = new ArmedView(() => Promise.all([armed.refresh(), refreshOrders()]));
const armed = new ArmedOrders({
  onChange: (told) => {
    armedView.show(told);
    tellArmed(told.orders.length);
  },
  onGone: (orderIds) => account.look(orderIds),
});
const orderForm = new OrderForm(({ orderId }) => {
  forgetEnds();
  placed = orderId;
  location.hash = `order=${orderId}`;
  refreshAccount();
});
const orderView = new OrderView((order) => orderForm.fill(order));
let followed = null;
let placed = "";

/** Follow the order that the address names. */
function followAddress({ byPerson }) {
  const orderId = new URLSearchParams(location.hash.slice(1)).get("order") ?? "";
  followed?.abandon();
  recent.mark(orderId);
  byId("order").hidden = !orderId;
  byId("no-order").hidden = Boolean(orderId);
  followed = orderId ? new FollowedOrder(orderId, (change) => changed(change)) : null;
  if (!followed) return;
  orderView.show(followed);
  followed.follow();
  if (!byPerson) return;
  // Who has placed it goes on in the form; who has chosen it wants to read it.
  if (orderId === placed) byId("order").scrollIntoView({ block: "nearest" });
  else orderView.focus();
}

function changed(change) {
  orderView.changed(change);
  if (change.events) {
    recent.update(followed.record);
    account.refresh();
  }
}

/** Read what the list shows: the newest orders always, for whatever else depends on them. */
async function refreshOrders() {
  await account.refresh();
  if (!recent.isNewest) await recent.refresh();
}

/** Do it now and then, while somebody looks. */
function repeat(act, milliseconds) {
  const whileVisible = () => document.hidden || act();
  setInterval(whileVisible, milliseconds);
  document.addEventListener("visibilitychange", whileVisible);
  act();
}

actOncePerDoubleClick();
window.addEventListener("hashchange", () => {
  orderForm.remember();
  followAddress({ byPerson: true });
});
document.addEventListener("visibilitychange", () => document.hidden || forgetEnds());
setInterval(() => {
  orderView.tick();
  orderForm.tick();
}, TICK_MS);
orderForm.loadPairs();
refreshAccount();
repeat(refreshEngine, ENGINE_EVERY_MS);
repeat(refreshOrders, HISTORY_EVERY_MS);
account.listen();
followAddress({ byPerson: false });
