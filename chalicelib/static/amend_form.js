// The fields below an order's row by which it is amended: only what is changed there is asked for.

import { call } from "./api.js";
import { fraction, percentOfBps } from "./decimal.js";
import { announce, h, write } from "./dom.js";
import { localTime, typedTime } from "./times.js";
import { typedNumber } from "./typed.js";
import { swap, timeZone } from "./wording.js";

const UNREADABLE = {
  price: "Enter a price, like 130.5.",
  percent: "Enter a percentage, like 0.5.",
  time: "Enter a date and a time.",
};
const STALE = "The order was changed meanwhile, and nothing was changed here: look at it before you amend it again.";
const UNCERTAIN = "It is not known whether the order was amended: look at it before you amend it again.";
const COLUMNS = 6;

export class AmendForm {
  #order = null;
  #row = null;
  #fields = [];
  #isBusy = false;
  #onAmended;
  #onRefused;
  #onClose;

  /**
   * `onAmended` hears the order as it stands then, `onRefused` that it can't be amended any more and why, and
   * `onClose` of which order the form was closed, and whether it had the focus.
   */
  constructor({ onAmended, onRefused, onClose }) {
    this.#onAmended = onAmended;
    this.#onRefused = onRefused;
    this.#onClose = onClose;
  }

  open(order, row) {
    if (this.#order?.orderId === order.orderId) return this.#close();
    if (this.#isBusy) return;
    this.#row?.remove();
    this.#order = order;
    this.#fields = fieldsOf(order);
    this.#row = h("tr", { class: "amending" }, h("td", { colspan: String(COLUMNS) }, this.#draw()));
    row.after(this.#row);
    this.#fields[0].input.focus();
  }

  /** Its order doesn't wait any more. Return whether somebody was typing here. */
  forget(orderId) {
    if (this.#order?.orderId !== orderId || this.#isBusy) return false;
    const wasFocused = this.#row.contains(document.activeElement);
    this.#reset();
    return wasFocused;
  }

  #draw() {
    const save = h("button", { type: "submit", class: "primary" }, "Save changes");
    const leave = h("button", { type: "button" }, "Leave it");
    leave.addEventListener("click", () => this.#close());
    const problem = h("p", { class: "problem", role: "alert" });
    const fields = this.#fields.map(({ label, input, error }) =>
      h("div", { class: "field" }, h("label", { for: input.id }, label), input, error),
    );
    const form = h(
      "form",
      { class: "amend", novalidate: true, autocomplete: "off", "aria-label": `Amend ${swap(this.#order)}` },
      ...fields,
      h("div", { class: "actions" }, save, leave),
      problem,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(problem, save);
    });
    form.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close());
    return form;
  }

  async #save(problem, save) {
    if (this.#isBusy) return;
    write(problem, "");
    const body = this.#changes();
    if (!body) return;
    if (!Object.keys(body).length) return this.#close();
    this.#setBusy(save, true);
    try {
      const headers = { "If-Match": `"${this.#order.sequence}"` };
      const path = `api/orders/${encodeURIComponent(this.#order.orderId)}`;
      const amended = await call("PATCH", path, { body: JSON.stringify(body), headers });
      announce(`${swap(amended)} amended.`);
      this.#setBusy(save, false);
      this.#close();
      this.#onAmended(amended);
    } catch (error) {
      this.#setBusy(save, false);
      await this.#refuse(error, problem);
    }
  }

  #setBusy(save, isBusy) {
    this.#isBusy = isBusy;
    save.setAttribute("aria-disabled", isBusy);
  }

  /** What is to change, as the API wants it; null when something can't be read, which is told beside it then. */
  #changes() {
    const changed = this.#fields.filter(({ input, first }) => input.value !== first);
    const read = changed.map((field) => ({ ...field, value: field.read(field.input.value) }));
    for (const field of this.#fields) tell(field, "");
    const wrong = read.filter(({ value }) => value === null);
    for (const field of wrong) tell(field, UNREADABLE[field.kind]);
    if (!wrong.length) return Object.assign({}, ...read.map(({ value, asked }) => asked(value)));
    wrong[0].input.focus();
    announce(UNREADABLE[wrong[0].kind]);
    return null;
  }

  async #refuse(error, problem) {
    const told = (error.errors ?? []).map(({ pointer, detail }) => [pointer, detail]);
    const at = this.#fields.filter((field) => {
      const mine = told.find(([pointer]) => field.pointers.includes(pointer));
      if (mine) tell(field, `${field.label} ${mine[1]}.`);
      return mine;
    });
    const doubt = error.leavesUnknown ? `${error.message} ${UNCERTAIN}` : error.message;
    const sentence = error.status === 412 ? STALE : doubt;
    if ([404, 409].includes(error.status)) return this.#giveUp(sentence);
    if (at.length) at[0].input.focus();
    write(problem, at.length ? "" : sentence);
    if (error.status === 412 || error.leavesUnknown) await this.#readAnew();
  }

  /** From now on it is amended as it stands now. */
  async #readAnew() {
    const path = `api/orders/${encodeURIComponent(this.#order.orderId)}`;
    const order = await call("GET", path).catch(() => null);
    if (!order || order.orderId !== this.#order?.orderId) return;
    this.#order = order;
    if (order.status !== "armed") return this.#giveUp(`It doesn't wait any more: it is ${order.status}.`);
    const now = fieldsOf(order);
    this.#fields.forEach((field, index) => {
      const { first } = now[index];
      if (field.input.value === field.first) field.input.value = first; // what wasn't touched follows
      field.first = first;
    });
    this.#onAmended(order);
  }

  #giveUp(sentence) {
    const order = this.#order;
    this.#close();
    this.#onRefused(order, sentence);
  }

  #close() {
    if (this.#isBusy) return;
    const { orderId } = this.#order;
    const wasFocused = this.#row.contains(document.activeElement);
    this.#reset();
    this.#onClose(orderId, wasFocused);
  }

  #reset() {
    this.#row?.remove();
    this.#order = this.#row = null;
  }
}

/** What can be amended of an order: each with how it is read, and what is asked for then. */
function fieldsOf({ type, trigger, limitPrice, priceIn, slippageBps, goodTill }) {
  const price = (label, first, pointers, asked) =>
    field({ label: `${label}, in ${priceIn}`, kind: "price", first, pointers, asked, read: positive });
  return [
    trigger &&
      price("Trigger", trigger.price, ["/trigger/price"], (value) => ({ trigger: { price: value } })),
    limitPrice && price("Limit", limitPrice, ["/limitPrice"], (value) => ({ limitPrice: value })),
    field({
      label: "Slippage, in percent",
      kind: "percent",
      first: percentOfBps(slippageBps),
      pointers: ["/slippage"],
      read: typedNumber,
      asked: (value) => ({ slippage: fraction(value) }),
    }),
    field({
      label: `Good till (${timeZone()})`,
      kind: "time",
      first: localTime(goodTill),
      pointers: ["/expiresAt"],
      read: typedTime,
      asked: (value) => ({ expiresAt: value }),
    }),
  ].filter(Boolean);
}

function field({ kind, first, pointers, ...rest }) {
  const id = `amend-${pointers[0].split("/")[1]}`;
  const error = h("p", { class: "field-error", id: `${id}-error` });
  const typed = kind === "time" ? { type: "datetime-local", step: "1" } : { inputmode: "decimal" };
  const input = h("input", { id, ...typed, "aria-describedby": error.id });
  input.value = first;
  return { ...rest, kind, pointers, input, error, first };
}

function tell({ input, error }, sentence) {
  write(error, sentence);
  input.setAttribute("aria-invalid", Boolean(sentence));
}

function positive(text) {
  const number = typedNumber(text);
  return number !== null && /[1-9]/.test(number) ? number : null;
}
