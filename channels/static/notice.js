// The 一次告知单 as a document card. Every part may be missing; a section without content is not shown.
import { el, levelTag, link, listOf, pairs, words } from "./dom.js";
import { keepTicks, ticksOf } from "./store.js";

const BY_HALL = "以大厅公布为准"; // what no source gives is said so, never left to guess

export function notice(data) {
  return el("article", { class: "notice", "aria-label": `一次告知单 ${data.title ?? ""}` },
    head(data),
    section("结论", conclusion(data)),
    section("哪些能合着办", list(data.scope, line)),
    section("您的情况", pairs(listOf(data.answers).map((one) => [one.topic ?? one.question, one.answer]))),
    section("条件", list(data.conditions, condition)),
    section("要办的事项", list(data.items, item, "ol"), notNeeded(data.not_needed)),
    section("要带的材料", materials(data)),
    section("先收后补、写承诺书的，会怎样", list(data.consequences, line)),
    section("流程与时间", list(data.steps, line, "ol"), timeline(data.timeline)),
    section("收费", pairs(listOf(data.fees).map((fee) => [fee.item, fee.text])) ?? el("p", {}, BY_HALL)),
    section("地点", places(data)),
    section("注意事项", list(data.notes, line)),
    section("常见错误", list(data.mistakes, line)),
    section("待确认", list(data.confirm, toConfirm)),
    basis(data.basis),
    foot(data));
}

function section(title, ...content) {
  const shown = content.flat().filter(Boolean);
  return shown.length ? el("section", {}, el("h3", {}, title), shown) : null;
}

function list(values, render, tag = "ul") {
  const entries = listOf(values);
  return entries.length ? el(tag, { class: "list" }, entries.map((value) => el("li", {}, render(value)))) : null;
}

const small = (label, value) => (words(value) ? el("p", { class: "small" }, label, words(value)) : null);
const line = (value) => [words(value), " ", levelTag(value.level), small("依据：", value.basis)];
const tag = (text, kind = "") => el("span", { class: `tag ${kind}` }, text);

function head({ number, matter, title, date, revision, region }) {
  return el("header", {},
    el("p", { class: "paper" }, "一次告知单"),
    el("h2", {}, title),
    pairs([["编号", number], ["一件事", matter && `第 ${matter} 号`], ["日期", date], ["指南版本", revision], ["适用地区", region]]));
}

function conclusion({ verdict, unmet }) {
  const faults = listOf(unmet);
  const sentence = {
    ok: "按您回答的情况，没有发现不符合的条件。最后以窗口审查为准。",
    unmet: "按您回答的情况，有条件还不符合，现在还办不成。",
    unsure: "按您回答的情况，还有拿不准的地方，请先看后面的「待确认」。",
    done: "按您回答的情况，这件事里没有要再办的了。哪一句说错了，改一下再看。",
  }[verdict];
  return [
    sentence && el("p", { class: `verdict ${verdict}` }, sentence),
    list(faults, (fault) => [fault.text, fault.otherwise && el("p", { class: "small" }, `可以这样办：${fault.otherwise}`)]),
  ];
}

function condition({ text, state, basis: source }) {
  const mark = { met: ["符合", "good"], unmet: ["不符合", "bad"], maybe: ["待确认", "doubt"] }[state];
  return [text, " ", mark && tag(...mark), small("依据：", source)];
}

function item(one) {
  return [
    el("div", { class: "item-head" }, el("strong", {}, one.name), " ",
      one.state === "maybe" && tag("可能要办", "doubt"), one.joint === false && tag("另外办，窗口不收"), levelTag(one.level)),
    pairs([
      ["部门", one.department],
      ["先办好", one.after],
      ["时限", one.limit || BY_HALL],
      ["收费", one.fee],
      ["办成后领到", one.result],
      ["在哪儿办", one.where],
    ]),
    small("提醒：", one.note),
    small("依据：", one.basis),
  ];
}

function notNeeded(entries) {
  const ones = listOf(entries);
  if (!ones.length) return null;
  return el("details", {}, el("summary", {}, `您不用办的（${ones.length} 项）`),
    list(ones, (one) => [one.name, small("因为：", one.why)]));
}

const LATER = (one) => one.deferrable || one.commitment;

function materials({ number, materials: all }) {
  const every = listOf(all);
  const tickable = (one) => material(one, number);
  return [
    ["要带的", every.filter((one) => !one.waived && !LATER(one)), tickable],
    ["免提交", every.filter((one) => one.waived), (one) => [el("strong", {}, one.name), detail(one)]],
    ["可容缺 · 可承诺", every.filter((one) => !one.waived && LATER(one)), tickable],
  ].map(([title, ones, render]) => ones.length
    && el("div", { class: "group" }, el("h4", {}, `${title}（${ones.length} 样）`), list(ones, render)));
}

function material(one, number) {
  const box = el("input", { type: "checkbox" });
  box.checked = ticksOf(number).includes(one.name);
  box.addEventListener("change", () => {
    const others = ticksOf(number).filter((name) => name !== one.name);
    keepTicks(number, box.checked ? [...others, one.name] : others);
  });
  return [el("label", { class: "tick" }, box, el("strong", {}, one.name)), detail(one)];
}

function detail(one) {
  return el("div", { class: "detail" },
    el("p", {}, copies(one), " ", one.state === "maybe" && tag("可能要带", "doubt"), levelTag(one.level)),
    small("免提交：", told(one.waived)),
    one.deferrable && small("可容缺：", told(one.deferrable) ?? "可以先受理，过后补交"),
    one.commitment && small("可承诺：", told(one.commitment) ?? "可以签告知承诺书代替"),
    small("用于：", one.items),
    small("从哪儿来：", one.origin),
    small("提醒：", one.note),
    listOf(one.review).length > 0 && el("div", { class: "small" }, "窗口会看：", list(one.review, line)),
    small("依据：", one.basis));
}

/** A flag may come as yes/no or as the words that explain it. */
const told = (flag) => (flag === true ? null : flag);

function copies({ original, copies: count, electronic }) {
  const amount = (label, value) => {
    if (typeof value === "number") return value > 0 && `${label} ${value} 份`;
    return value === true ? label : value;
  };
  return [amount("原件", original), amount("复印件", count), amount("可用电子件", electronic)].filter(Boolean).join(" · ");
}

function timeline(data) {
  return list(data?.summary, (sentence) => sentence);
}

function places({ places: where, delivery }) {
  const { hall, address, hours, phone, hotline, online } = where ?? {};
  return pairs([
    ["大厅", hall],
    ["地址", address || BY_HALL],
    ["时间", hours || BY_HALL],
    ["电话", telephone(phone) || BY_HALL],
    ["热线", telephone(hotline)],
    ["网上", /^https?:/.test(online ?? "") ? link(online, online) : online],
    ["递交与领取", delivery],
  ]);
}

function telephone(number) {
  const digits = /^[\d\s-]+$/.test(number ?? "");
  return digits ? el("a", { href: `tel:${number.replace(/\s/g, "")}` }, number) : number;
}

function toConfirm({ question, how }) {
  return [question, small("怎么弄清：", how)];
}

function basis(lines) {
  const entries = list(lines, line);
  return entries && el("details", {}, el("summary", {}, "依据"), entries);
}

function foot({ url }) {
  return el("footer", {},
    el("p", { class: "small" }, "本单按您回答的情况写成。标「待核验」的，以大厅公布为准。"),
    el("p", { class: "actions" },
      el("button", { type: "button", "data-print": true }, "打印"),
      url && link(url, "单独打开这张单子")));
}
