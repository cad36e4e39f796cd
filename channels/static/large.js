// 大字: one switch, wished for once and kept on every page.
import { keepLarge, wantsLarge } from "./store.js";

/** Make a button switch to large type and back; `changed` is called after each change, and once now. */
export function switchLarge(button, changed = () => {}) {
  const set = (on) => {
    document.documentElement.classList.toggle("large", on);
    button.setAttribute("aria-checked", String(on));
    changed();
  };
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-checked") !== "true";
    keepLarge(on);
    set(on);
  });
  set(wantsLarge());
}
