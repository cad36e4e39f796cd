// The 一次告知单 on a page of its own can be read without this; with it, in large type, and it goes to the printer by a button.
import { switchLarge } from "./large.js";

const [large, print] = ["large", "print"].map((id) => document.getElementById(id));

switchLarge(large);
print.addEventListener("click", () => window.print());
large.hidden = print.hidden = false;
