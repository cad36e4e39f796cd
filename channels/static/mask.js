// Keeping personal numbers off the screen and out of storage once they have been sent.

/** The ends of a text with its middle dotted out: 4114••••••••••1234, 138••••5678, 张••. */
export function mask(text) {
  const characters = Array.from(text);
  const [head, tail] = characters.length >= 15 ? [4, 4] : characters.length >= 11 ? [3, 4] : [1, 0];
  const hidden = Math.max(characters.length - head - tail, 1);
  return characters.slice(0, head).join("") + "•".repeat(hidden) + (tail ? characters.slice(-tail).join("") : "");
}

// A resident number (18 places, the last may be X) or a mobile number, wherever it is said.
const PERSONAL_NUMBER = /\b(?:\d{17}[\dXx]|1[3-9]\d{9})\b/g;

/** How the person's own words are shown after sending: all masked when the question was sensitive. */
export function shownAs(text, question) {
  return question?.sensitive ? mask(text) : text.replace(PERSONAL_NUMBER, mask);
}
