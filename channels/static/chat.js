// The conversation: sends the person's words, shows the replies, keeps screen and focus calm.
import { el } from "./dom.js";
import { shownAs } from "./mask.js";
import { keyboardFor, mine, theirs } from "./render.js";
import { forget, keepLarge, remember, session, transcript, wantsLarge } from "./store.js";

const LIMIT = 2000;
const PATIENCE_MS = 60_000;
const NEAR_END_PX = 160;

const [log, form, input, send, limit, waitingLine, newer, large, restart, code, paper] =
  ["log", "form", "input", "send", "limit", "waiting", "newer", "large", "restart", "code", "print"]
    .map((id) => document.getElementById(id));
let waiting = false;

// --- what is said ---------------------------------------------------------------------------

/** Send words to the server and show them, in a form fit to be seen, as the person's own. */
function say(text, shown) {
  if (waiting) return;
  remember({ me: shown });
  show(mine(shown));
  exchange(text);
  toEnd();
}

async function exchange(text) {
  const typed = document.activeElement === input;
  log.querySelector(".failure")?.remove();
  setWaiting(true);
  try {
    receive(await post(text), typed);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    show(failure(error.message, text));
    toEnd();
  } finally {
    setWaiting(false);
  }
}

class Unanswered extends Error {}

async function post(text) {
  const patience = new AbortController();
  const clock = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ session, text, channel: "web" }),
      signal: patience.signal,
    });
    const body = await response.json();
    if (Array.isArray(body?.replies) && body.replies.length) return body;
  } catch {
    // no network, too slow, or an answer that is no JSON: for the person all the same
    if (!navigator.onLine) throw new Unanswered("手机或电脑好像没连上网。连上以后点「重试」，不用再写一遍。");
  } finally {
    clearTimeout(clock);
  }
  throw new Unanswered("对不起，这句话没有得到回复，可能是网络不稳或系统正忙。稍等一下点「重试」，不用再写一遍。");
}

function failure(message, text) {
  const retry = el("button", { type: "button" }, "重试");
  retry.addEventListener("click", () => exchange(text));
  return el("div", { class: "failure", role: "alert" }, el("p", {}, message), retry);
}

function receive({ status, replies, consultation }, typed) {
  const followed = nearEnd();
  remember({ status, replies, consultation });
  const turn = showReply(transcript[transcript.length - 1]);
  if (followed) turn.scrollIntoView({ block: "start" });
  else newer.hidden = false;
  if (!typed) giveFocus(turn);
}

// --- what is shown --------------------------------------------------------------------------

function show(node) {
  log.append(node);
  return node;
}

function showReply({ status, replies, consultation }) {
  retireControls();
  code.hidden = !consultation;
  code.textContent = consultation ? `您的咨询码：${consultation}` : "";
  prepareInput(openQuestion());
  return show(theirs(replies, status));
}

function retireControls() {
  for (const group of log.querySelectorAll("fieldset.live")) {
    group.disabled = true;
    group.classList.remove("live");
  }
}

/** The question the server waits for: that of its last turn, also while our answer is on its way. */
function openQuestion() {
  const turns = transcript.filter((entry) => entry.replies);
  const questions = turns[turns.length - 1]?.replies.filter((reply) => reply.kind === "question") ?? [];
  return questions[questions.length - 1]?.data ?? null;
}

function prepareInput(question) {
  input.inputMode = question?.options ? "text" : keyboardFor(question?.type);
  input.placeholder = !question ? "写下您想办的事" : question.options ? "点上面的选项，或写在这里" : "把回答写在这里";
}

function setWaiting(now) {
  waiting = now;
  waitingLine.replaceChildren(...(now ? [el("span", { class: "dots", "aria-hidden": "true" }), "正在查，请稍等"] : []));
  for (const group of log.querySelectorAll("fieldset.live")) group.disabled = now;
  measure();
}

/** Lead keyboard users on, without throwing up a phone's keyboard over the reply. */
function giveFocus(turn) {
  const typesNext = !turn.querySelector(".options") && matchMedia("(hover: hover) and (pointer: fine)").matches;
  (typesNext ? input : turn).focus({ preventScroll: true });
}

const page = document.scrollingElement;
const nearEnd = () => page.scrollHeight - page.scrollTop - window.innerHeight < NEAR_END_PX;
const toEnd = () => window.scrollTo(0, page.scrollHeight);

// --- the input line -------------------------------------------------------------------------

/** Let the input grow with its text and say when it gets too long. */
function measure() {
  input.rows = 1;
  input.rows = Math.min(6, Math.floor(input.scrollHeight / parseFloat(getComputedStyle(input).lineHeight)) || 1);
  const left = LIMIT - input.value.length;
  limit.textContent = left < 0 ? `一次最多写 ${LIMIT} 字，多了 ${-left} 字，请删短些或分两次说。`
    : left < 200 ? `还可以写 ${left} 字` : "";
  limit.classList.toggle("error", left < 0);
  send.disabled = waiting || left < 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (!text) input.focus();
  if (!text || send.disabled) return;
  input.value = "";
  say(text, shownAs(text, openQuestion()));
});

input.addEventListener("input", measure);
input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter also confirms a Chinese input method
  event.preventDefault();
  send.click();
});

// --- buttons in the conversation --------------------------------------------------------------

log.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("say" in button.dataset) say(button.dataset.say, button.textContent);
  if ("keyboard" in button.dataset) switchKeyboard();
  if ("print" in button.dataset) printNotice(button.closest(".notice"));
});

log.addEventListener("submit", (event) => {
  event.preventDefault();
  const day = event.target.querySelector("input").value;
  say(day, shownAs(day, openQuestion()));
});

/** Phones with a digits keyboard have no X and no Chinese: let the person change. */
function switchKeyboard() {
  input.inputMode = "text";
  input.blur();
  input.focus();
}

/** Print a copy of the notice alone, with everything that was folded laid open. */
function printNotice(notice) {
  const copy = notice.cloneNode(true);
  for (const folded of copy.querySelectorAll("details")) folded.open = true;
  paper.replaceChildren(copy);
  window.print();
}

window.addEventListener("afterprint", () => paper.replaceChildren());

newer.addEventListener("click", () => {
  log.lastElementChild.scrollIntoView({ block: "start" });
  log.lastElementChild.focus({ preventScroll: true });
});
window.addEventListener("scroll", () => {
  if (nearEnd()) newer.hidden = true;
}, { passive: true });

restart.addEventListener("click", () => {
  if (!confirm("重新开始会清掉这里的对话。要重新开始吗？")) return;
  forget();
  location.reload();
});

large.addEventListener("click", () => {
  const on = large.getAttribute("aria-checked") !== "true";
  keepLarge(on);
  setLarge(on);
});

function setLarge(on) {
  document.documentElement.classList.toggle("large", on);
  large.setAttribute("aria-checked", String(on));
  measure();
}

// --- on opening the page -----------------------------------------------------------------------

for (const entry of transcript) {
  if (entry.replies) showReply(entry);
  else show(mine(entry.me));
}
setLarge(wantsLarge());
if (transcript.length) toEnd();
