// What a line of the chat looks like. Words become text nodes; the only markup that counts is the <a> of the account's texts.
import { el, link } from "/static/dom.js";

const SPOKEN = { voice: "语音", image: "图片", video: "视频", shortvideo: "小视频", location: "位置", link: "链接", music: "音乐" };
const ANCHOR = /<a\s([^>]*)>([\s\S]*?)<\/a>/gi;
const HREF = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const ADDRESS = /(https?:\/\/[\w\-.~:/?#[\]@!$&()*+,;=%]+)/;

/** A line of the chat as it stands on the phone; `tap(content, id)` is called when a choice is tapped. */
export function drawn(line, tap) {
  if (line.from === "system") return el("p", { class: "note", title: line.reason }, line.text);
  return el("div", { class: `line ${line.from === "me" ? "mine" : "theirs"}` }, content(line, tap));
}

function content(line, tap) {
  if (line.articles) return line.articles.map(article);
  if (line.type === "template") return template(line);
  if (line.type === "msgmenu") return choices(line.data, tap);
  if (line.type in SPOKEN) return bubble(el("span", { class: "kind" }, SPOKEN[line.type]), line.text && ` ${line.text}`);
  return bubble(line.from === "account" ? linked(line.text, tap) : line.text);
}

const bubble = (...inside) => el("p", { class: "bubble" }, inside);

/** A text of the account: <a href="…"> and bare addresses can be tapped, anything else is just words. */
function linked(text, tap) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(ANCHOR)) {
    parts.push(addressed(text.slice(from, found.index)), anchor(HREF.exec(found[1]), found[2], tap));
    from = found.index + found[0].length;
  }
  return [...parts, addressed(text.slice(from))];
}

const addressed = (text) => text.split(ADDRESS).map((part, at) => (at % 2 ? link(part, part) : part));

function anchor(href, title, tap) {
  const address = href?.[1] ?? href?.[2] ?? "";
  if (!address.startsWith("weixin://bizmsgmenu?")) return link(address, title) ?? title;
  const wanted = new URLSearchParams(address.slice(address.indexOf("?")));
  return choice(title, () => tap(wanted.get("msgmenucontent"), wanted.get("msgmenuid")));
}

function choice(title, chosen) {
  const node = el("a", { href: "#log" }, title);
  node.addEventListener("click", (event) => {
    event.preventDefault();
    chosen();
  });
  return node;
}

function choices({ head_content: head, list, tail_content: tail }, tap) {
  return el("div", { class: "bubble" }, head && el("p", {}, head),
    list.map(({ id, content: words }) => el("p", {}, choice(words, () => tap(words, id)))), tail && el("p", {}, tail));
}

function article({ title, description, picurl, url }) {
  const inside = [el("strong", {}, title), picurl && el("img", { src: picurl, alt: "" }), description && el("span", {}, description)];
  return card(url, inside.filter(Boolean));
}

function template({ data, template: name, url }) {
  const rows = Object.entries(data).map(([label, { value }]) => el("div", {}, el("dt", {}, label), el("dd", {}, String(value))));
  return card(url, [el("strong", {}, "服务通知"), el("dl", {}, rows), el("small", {}, `模板 ${name}`), url && el("span", { class: "open" }, "查看详情")].filter(Boolean));
}

/** A card, to be tapped if there is somewhere to go. */
function card(url, inside) {
  const whole = link(url, "", { class: "card" }) ?? el("div", { class: "card" });
  whole.replaceChildren(...inside);
  return whole;
}
