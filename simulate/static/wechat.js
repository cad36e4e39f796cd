// The official account on a phone, played by the stand-in: what is tapped here is pushed to the account's server.
import { el, link } from "/static/dom.js";
import { drawn } from "./wechat_lines.js";

const LOOK_EVERY_MS = 1000;
const PRESSED = { click: "CLICK", view: "VIEW", miniprogram: "view_miniprogram" };
const [screen, log, state, joined, left, form, input, voice, more, extras, menu] =
  ["screen", "log", "state", "joined", "left", "form", "input", "voice", "more", "extras", "menu"].map((id) => document.getElementById(id));
const openid = mine();
let underWay = 0;
let looks = 0;
let newest = 0;
let shown = 0;
let buttons = "";

/** Who is playing: somebody new on every device, the same after a reload. */
function mine() {
  const known = localStorage.getItem("wechat-sim-openid") ?? `o${crypto.getRandomValues(new Uint32Array(3)).join("")}`;
  localStorage.setItem("wechat-sim-openid", known);
  return known;
}

// --- what the person does -------------------------------------------------------------------

async function push(kind, fields = {}) {
  underWay += 1;
  const pushed = fetch("/sim/push", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ openid, kind, ...fields }),
  });
  look();
  try {
    await pushed;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // no connection: the next look says so
  } finally {
    underWay -= 1;
  }
  look();
}

const choose = (content, id) => push("text", { Content: content, bizmsgmenuid: id });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const words = input.value.trim();
  if (!words) return;
  input.value = "";
  if (voice.getAttribute("aria-pressed") === "true") push("voice", { Recognition: words });
  else push("text", { Content: words });
});

voice.addEventListener("click", () => {
  const on = voice.getAttribute("aria-pressed") !== "true";
  voice.setAttribute("aria-pressed", String(on));
  input.placeholder = on ? "说的话写在这里" : "写一句话";
});

more.addEventListener("click", () => open(more, extras, extras.hidden));

document.addEventListener("click", (event) => {
  const { send } = event.target.dataset;
  if (send) push(send);
  if (send) open(more, extras, false);
  for (const top of menu.querySelectorAll("[aria-expanded=true]")) {
    if (top !== event.target) open(top, top.nextElementSibling, false);
  }
});

function open(button, panel, on) {
  button.setAttribute("aria-expanded", String(on));
  panel.hidden = !on;
}

// --- what the person sees -------------------------------------------------------------------

/** Looks what is new: lines, the menu, whether the person follows the account. */
async function look() {
  const number = (looks += 1);
  try {
    const [lines, people, { button }] = await Promise.all([`/sim/chat/${openid}`, "/sim/chats", "/sim/menu"].map(read));
    if (number < newest) return; // a later look was answered first
    newest = number;
    show(lines);
    showMenu(button);
    const following = people.some((person) => person.openid === openid && person.following);
    [joined.hidden, left.hidden] = [!following, following];
    state.textContent = underWay ? "对方正在输入……" : "";
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    state.textContent = "替身没有开，请启动后再试";
  }
}

const read = async (address) => (await fetch(address)).json();

function show(lines) {
  if (lines.length < shown) { // forgotten
    log.replaceChildren();
    shown = 0;
  }
  if (lines.length === shown) return;
  log.append(...lines.slice(shown).map((line) => drawn(line, choose)));
  shown = lines.length;
  screen.scrollTo(0, screen.scrollHeight);
}

function showMenu(wanted) {
  if (JSON.stringify(wanted) === buttons) return;
  buttons = JSON.stringify(wanted);
  menu.replaceChildren(...wanted.map((top) => el("div", {}, top.sub_button?.length ? opener(top) : pressable(top))));
}

function opener({ name, sub_button: inner }) {
  const list = el("div", { class: "inner", hidden: true }, inner.map(pressable));
  const button = el("button", { type: "button", "aria-expanded": "false" }, name);
  button.addEventListener("click", () => open(button, list, list.hidden));
  return [button, list];
}

/** A menu button: a link opens its page, and all tell the account. */
function pressable({ type, name, key, url, pagepath }) {
  const node = (type === "view" && link(url, name)) || el("button", { type: "button" }, name);
  node.addEventListener("click", () => push(PRESSED[type] ?? type, { EventKey: key ?? pagepath ?? url }));
  return node;
}

look();
setInterval(look, LOOK_EVERY_MS);
