// Building page elements. Children become text nodes, so what the server says can never become markup.

/** Make an element; attributes that are null or false, and empty children, are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value != null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false && child !== ""));
  return node;
}

/** A list, whatever came: nothing gives an empty one, a single value a list of one. */
export function listOf(value) {
  if (value == null || value === "" || value === false) return [];
  return Array.isArray(value) ? value : [value];
}

/** Plain words for a value that may be a text, a number, a yes/no, an object with a text, or a list of these. */
export function words(value) {
  return listOf(value).map(reading).join("、");
}

function reading(one) {
  if (one === true) return "是";
  return typeof one === "object" ? one.text ?? one.title ?? one.name ?? "" : String(one);
}

/** A two-column list of label and value; rows without a value are left out, null when none is left. */
export function pairs(rows) {
  const told = rows.filter(([, value]) => value instanceof Node || words(value) !== "");
  if (!told.length) return null;
  return el("dl", { class: "pairs" }, told.map(([label, value]) => el("div", {},
    el("dt", {}, label), el("dd", {}, value instanceof Node ? value : words(value)))));
}

/** A visible mark on lines that rest on no local source. */
export function levelTag(level) {
  if (level === "待核验") return el("span", { class: "tag doubt" }, "待核验");
  return level === "他地参考" ? el("span", { class: "tag" }, "他地参考") : null;
}

/** A link for web addresses of this site or the open web; null for anything else, such as javascript: */
export function link(address, title, attributes = {}) {
  try {
    const { protocol, href } = new URL(address, location.href);
    if (!["https:", "http:"].includes(protocol)) return null;
    return el("a", { href, target: "_blank", rel: "noopener noreferrer", ...attributes }, title);
  } catch (error) {
    if (error instanceof TypeError) return null; // not an address at all
    throw error;
  }
}
