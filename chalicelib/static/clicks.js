// A double click on what places, cancels or repeats an order was meant as one click. All else acts at each.

const ACTS_ON_ORDERS = "#submit, #doubts button, #unknown button, #cancel, #again, #orders button, #armed button";

/** Whether the first click of those that follow each other quickly, in one place, acted on an order. */
let hasActed = false;

/** Let the second click of a double click do nothing there, nor on what has come under the pointer since. */
export function actOncePerDoubleClick() {
  document.addEventListener("click", guard, { capture: true });
}

function guard(event) {
  const acts = Boolean(event.target.closest(ACTS_ON_ORDERS));
  if (event.detail <= 1) {
    hasActed = acts;
  } else if (acts || hasActed) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}
