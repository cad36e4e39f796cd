// What the browser remembers: who is talking (for good), what was said (until the tab closes).
// Storage may be switched off or full; the page then works on and merely forgets.

function read(area, key) {
  try {
    return JSON.parse(window[area].getItem(key));
  } catch {
    return null; // storage refused, or a value that is not ours
  }
}

function write(area, key, value) {
  try {
    window[area].setItem(key, JSON.stringify(value));
  } catch {
    // storage refused or full: nothing to tell the person, nothing is lost on screen
  }
}

function randomId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // randomUUID exists on https pages only; a hall's test page may be plain http
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function knownOrNewSession() {
  const id = read("localStorage", "yiciban.session") ?? randomId();
  write("localStorage", "yiciban.session", id);
  return id;
}

export const session = knownOrNewSession();

/** The entries said in this tab: {me} for the person's words, {status, replies, consultation} for an answer. */
export const transcript = read("sessionStorage", "yiciban.transcript") ?? [];

export function remember(entry) {
  transcript.push(entry);
  write("sessionStorage", "yiciban.transcript", transcript);
}

export const wantsLarge = () => read("localStorage", "yiciban.large") === true;
export const keepLarge = (large) => write("localStorage", "yiciban.large", large);

/** The materials ticked on one notice, by name. */
export const ticksOf = (notice) => read("localStorage", `yiciban.ticks.${notice}`) ?? [];
export const keepTicks = (notice, names) => write("localStorage", `yiciban.ticks.${notice}`, names);

/** Forget the conversation, its ticks and who was talking; the wish for large type stays. */
export function forget() {
  try {
    for (const area of [localStorage, sessionStorage]) {
      const ours = Object.keys(area).filter((key) => /^yiciban\.(session|transcript|ticks)/.test(key));
      for (const key of ours) area.removeItem(key);
    }
  } catch {
    // storage refused: there was nothing to forget
  }
}
