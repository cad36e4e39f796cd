// The form: each field is saved as soon as it is filled; what could not be saved stays on the page as it was written.
import { el } from "./dom.js";
import { switchLarge } from "./large.js";

const PATIENCE_MS = 20_000;
const LOST = "没有存上，可能是网络不稳或者系统正忙。您写的还在这里，稍等一下再存。";
const OFFLINE = "没有存上，手机或电脑好像没连上网。您写的还在这里，连上以后再存。";

let queue = Promise.resolve(); // one after the other, so that no earlier tick arrives after a later one

// --- saving ---------------------------------------------------------------------------------

class Unsaved extends Error {}

/** Post something; returns the response with its text, or throws Unsaved with what to tell the person. */
async function post(address, body, headers = {}) {
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE_MS);
  let response, text;
  try {
    response = await fetch(address, { method: "POST", headers, body, signal: patience.signal });
    text = await response.text();
  } catch {
    throw new Unsaved(navigator.onLine ? LOST : OFFLINE); // no network, or too slow
  } finally {
    clearTimeout(clock);
  }
  if (response.ok) return text;
  throw new Unsaved(parsed(text).querySelector("main .lead")?.textContent ?? LOST); // the server says why
}

function later(field) {
  field.dataset.unsaved = "";
  queue = queue.then(() => save(field));
}

async function save(field) {
  const value = written(field);
  field.querySelector(".state").textContent = "正在存…";
  try {
    const text = await post(field.dataset.save, JSON.stringify({ value }), { "Content-Type": "application/json" });
    const { error, html } = JSON.parse(text);
    const taken = !error && JSON.stringify(written(field)) === JSON.stringify(value); // and not written on meanwhile
    if (taken) delete field.dataset.unsaved;
    refresh(parsed(html), taken ? field : null);
    complain(field, error ?? "");
  } catch (error) {
    if (!(error instanceof Unsaved)) throw error;
    const again = el("button", { type: "button" }, "再存一次");
    again.addEventListener("click", () => later(field));
    complain(field, error.message, again);
  }
}

/** What stands in a field: the text, or the options that are ticked. */
function written(field) {
  const controls = [...field.querySelectorAll("[name]")];
  return controls.filter(({ type, checked }) => checked || !["radio", "checkbox"].includes(type)).map(({ value }) => value);
}

function complain(field, ...words) {
  const error = field.querySelector(".error");
  error.replaceChildren(...words);
  error.hidden = !words[0];
  if (words[0]) field.querySelector(".state").textContent = "";
}

/** Save what is left and say that the person is through; the server answers with the page as it then is. */
async function finish(form) {
  const lost = document.getElementById("lost");
  lost.hidden = true;
  await queue; // what was just left is on its way
  try {
    const page = parsed(await post(form.action, new URLSearchParams(new FormData(form))));
    document.querySelector("main").replaceWith(page.querySelector("main"));
  } catch (error) {
    if (!(error instanceof Unsaved)) throw error;
    lost.textContent = error.message;
    lost.hidden = false;
    return;
  }
  const wrong = document.querySelector("#fields .error:not([hidden])")?.closest("li");
  wrong?.scrollIntoView({ block: "center" });
  wrong?.querySelector("[name]").focus({ preventScroll: true });
}

// --- what is shown --------------------------------------------------------------------------

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** Show the fields as the server has them now: the one just saved, and others unless the person is at them. */
function refresh(page, saved) {
  const list = document.getElementById("fields");
  const fields = [...page.querySelectorAll("#fields > li")];
  const names = new Set(fields.map(({ id }) => id));
  for (const field of [...list.children]) if (!names.has(field.id)) field.remove();
  fields.forEach((field, place) => {
    const old = document.getElementById(field.id);
    if (!old) list.insertBefore(field, list.children[place] ?? null);
    else if (old === saved || !(atWork(old) || old.isEqualNode(field))) exchange(old, field);
  });
  document.getElementById("left").textContent = page.getElementById("left").textContent;
  for (const id of ["filling", "done"]) document.getElementById(id).hidden = page.getElementById(id).hidden;
}

const atWork = (field) => "unsaved" in field.dataset || field.contains(document.activeElement) || field.querySelector("details[open]");

function exchange(old, field) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceWith(field);
  document.getElementById(focused)?.focus({ preventScroll: true });
}

// --- what people do -------------------------------------------------------------------------

document.addEventListener("change", ({ target }) => {
  const field = target.closest("[data-save]");
  if (target.type === "date") field.querySelector("[name]").value = target.value;
  if (target.type === "checkbox" && target.checked) {
    // 「都齐了」 and a missing paper rule each other out
    for (const other of field.querySelectorAll("input")) {
      if ("alone" in other.dataset !== "alone" in target.dataset) other.checked = false;
    }
  }
  later(field);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("li input")) return;
  event.preventDefault(); // a phone's 「完成」 key saves the field, not the whole form
  event.target.blur();
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  finish(event.target);
});

document.addEventListener("click", ({ target }) => {
  if (target.matches("[data-close]")) window.WeixinJSBridge?.call("closeWindow");
});

window.addEventListener("online", () => document.querySelectorAll("[data-unsaved]").forEach(later));

document.documentElement.classList.add("scripted");
switchLarge(document.getElementById("large"));
