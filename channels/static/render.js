// From replies to page elements, one small function a kind. Nothing here talks to the server:
// buttons carry what they say in data-say, and chat.js listens for them.
import { el, levelTag, link, listOf, pairs, words } from "./dom.js";
import { mask } from "./mask.js";
import { notice } from "./notice.js";

const RENDERERS = { text, choices, question, answer, notice: noticeReply, form: table, draft: table, receipt, link: linkReply };

/** The person's own words. */
export function mine(shown) {
  return el("div", { class: "turn mine" }, el("p", { class: "bubble words" }, shown));
}

/** One turn of the assistant with all its replies. */
export function theirs(replies, status) {
  return el("div", { class: "turn theirs", tabindex: "-1", "data-status": status },
    replies.map(rendered));
}

/** A reply that is new to this page or oddly shaped is read out as text: its text always says everything. */
function rendered(reply) {
  try {
    return (RENDERERS[reply.kind] ?? text)(reply);
  } catch (error) {
    console.error(error);
    return text(reply);
  }
}

const paragraph = (content, kind = "words") => (content ? el("p", { class: kind }, words(content)) : null);
const bubble = (...children) => el("div", { class: "bubble" }, children);
const button = (say, label = say) => el("button", { type: "button", "data-say": say }, label);

function text(reply) {
  return bubble(paragraph(reply.text));
}

function choices(reply) {
  const options = listOf(reply.data?.options);
  return bubble(paragraph(withoutOptions(reply.text, options)), controls("请选一项", optionList(options)));
}

function question({ text: reading, data }) {
  const { ask, why, hint, example, error, progress, type } = data ?? {};
  const options = listOf(data?.options);
  const asked = ask ?? withoutOptions(reading, options);
  return bubble(
    progress && progressLine(progress),
    error && el("p", { class: "error words", role: "alert" }, error),
    el("p", { class: "words ask" }, asked, data?.optional && el("span", { class: "tag" }, "可以不填")),
    paragraph(hint, "words small"),
    paragraph(example && `例如：${words(example)}`, "words small"),
    why && el("details", { class: "why" }, el("summary", {}, "为什么问"), paragraph(why)),
    controls(asked, optionList(options), type === "date" && datePicker(), quietButtons(data ?? {}, options)));
}

/** The reading without the lines that the buttons below it say again. */
function withoutOptions(reading, options) {
  const labels = new Set(options.map((option) => option.label));
  const bare = (line) => line.trim().replace(/^[（(]?\d+\s*[)）.．、:：]?\s*/, "");
  return reading.split("\n").filter((line) => !labels.has(bare(line)) && !labels.has(line.trim())).join("\n").trim();
}

/** A group that is switched off as a whole once its turn is over. */
function controls(label, ...children) {
  return el("fieldset", { class: "live", "aria-label": label }, children);
}

function optionList(options) {
  if (!options.length) return null;
  return el("ol", { class: "options" }, options.map(({ label, value }) => el("li", {}, button(String(value), label))));
}

function datePicker() {
  return el("form", { class: "date", "data-date": true },
    el("label", {}, "选日期 ", el("input", { type: "date", required: true })),
    el("button", { type: "submit" }, "就是这天"));
}

function quietButtons({ type, optional }, options) {
  const said = options.map((option) => option.label);
  const typesDigits = keyboardFor(type) !== "text" && !options.length;
  return el("p", { class: "quiet-row" },
    optional && button("跳过"),
    !said.some((label) => /不清楚|不知道/.test(label)) && button("不清楚"),
    button("上一步"),
    typesDigits && el("button", { type: "button", "data-keyboard": true }, "换文字键盘"));
}

/** The on-screen keyboard a question of this type is answered with. */
export function keyboardFor(type) {
  return { number: "decimal", mobile: "numeric", resident_id: "numeric" }[type] ?? "text";
}

function progressLine({ asked, left }) {
  const done = Number(asked) || 0;
  const open = Number(left) || 0;
  return el("div", { class: "progress" },
    el("span", {}, `已答 ${done} 题，大约还有 ${open} 题`),
    el("progress", { value: done, max: Math.max(done + open, 1), "aria-hidden": "true" }));
}

function answer(reply) {
  const sources = listOf(reply.data?.sources);
  return bubble(paragraph(reply.text), sources.length > 0 && el("div", { class: "sources" },
    el("p", {}, "依据"), el("ul", {}, sources.map(source))));
}

function source({ title, article, region, revision, level }) {
  const place = [region, revision, level === "待核验" || level === "他地参考" ? null : level].filter(Boolean).join(" · ");
  return el("li", {}, [title, article].filter(Boolean).join(" "), place && `（${place}）`, " ", levelTag(level));
}

function noticeReply(reply) {
  const { items, materials } = reply.data ?? {};
  return items || materials ? notice(reply.data) : text(reply);
}

/** A form or a draft, as rows of label and value; the plain reading when it came without rows. */
function table(reply) {
  const { title, note, sections, ...loose } = reply.data ?? {};
  const groups = [loose, ...listOf(sections)].map(group).filter(Boolean);
  if (!groups.length) return text(reply);
  const name = title ?? (reply.kind === "draft" ? "申请草稿" : "申请表");
  return el("section", { class: "sheet", "aria-label": name }, el("h2", {}, name), groups, paragraph(note, "words small"));
}

function group({ title, rows, fields }) {
  const list = [rows, fields].find(Array.isArray) ?? [];
  if (!list.length) return null;
  const shown = ({ value, sensitive }) => words(sensitive && value ? mask(words(value)) : value) || "还没填";
  return el("div", {}, title && el("h3", {}, title), pairs(list.map((row) => [row.label, shown(row)])));
}

function receipt(reply) {
  return el("section", { class: "sheet receipt", "aria-label": "收件回执" },
    el("h2", {}, "收件回执"), el("p", { class: "number" }, words(reply.data?.number)), paragraph(reply.text));
}

function linkReply(reply) {
  const { url, title } = reply.data ?? {};
  return bubble(paragraph(reply.text), link(url, title || "打开", { class: "go" }));
}
