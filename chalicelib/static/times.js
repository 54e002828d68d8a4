// Times as the browser's fields have them, in its own zone, and as the API has them.

const two = (number) => String(number).padStart(2, "0");

/** A time of the API for a field, to the second. */
export function localTime(timestamp) {
  const at = new Date(timestamp);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** What a person chose in a field as a time of the API; null when that is no time. */
export function typedTime(text) {
  const at = text ? new Date(text) : null;
  return at && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}
