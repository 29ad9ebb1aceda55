// Shows what the glossary says of a word when it is pointed at, focused or tapped. Without this script the word is a plain link.
const GRACE = 250; // milliseconds in which the pointer may travel from the word to the note
const EDGE = 8;
let open = null; // the word whose note is seen
let timer = 0;
let touch = false;

const noteOf = (word) => document.getElementById(word.getAttribute("aria-describedby"));

function place() {
  const note = noteOf(open);
  const lines = open.getClientRects(); // a term may be broken over two lines; the note belongs to the last
  const line = lines[lines.length - 1];
  const { width, height } = note.getBoundingClientRect();
  const room = document.documentElement.clientWidth - width - EDGE;
  const below = line.bottom + 4;
  note.style.left = `${Math.max(EDGE, Math.min(line.left, room))}px`;
  note.style.top = `${below + height + EDGE > innerHeight && line.top > height + EDGE ? line.top - height - 4 : below}px`;
}

function hide() {
  clearTimeout(timer);
  if (!open) return;
  noteOf(open).hidden = true;
  open = null;
  removeEventListener("scroll", place);
  removeEventListener("resize", place);
}

function show(word) {
  clearTimeout(timer);
  if (open === word) return;
  hide();
  open = word;
  noteOf(word).hidden = false;
  place();
  addEventListener("scroll", place, { passive: true });
  addEventListener("resize", place);
}

const later = (action) => {
  clearTimeout(timer);
  timer = setTimeout(action, GRACE);
};
const leave = () => later(() => open !== document.activeElement && hide());

for (const word of document.querySelectorAll("a.term")) {
  const note = noteOf(word);
  word.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && later(() => show(word)));
  word.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && leave());
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", (event) => event.pointerType !== "touch" && leave());
  note.addEventListener("click", () => touch && hide()); // a finger may want what lies under it
  word.addEventListener("focus", () => word.matches(":focus-visible") && !touch && show(word));
  word.addEventListener("blur", () => open === word && !touch && hide());
  word.addEventListener("click", (event) => {
    if (!touch || open === word) return; // the second tap follows the link
    event.preventDefault();
    show(word);
  });
}
addEventListener("pointerdown", (event) => {
  touch = event.pointerType === "touch";
  if (open && !event.target.closest?.("a.term, .term-notes")) hide();
}, true);
addEventListener("keydown", (event) => {
  touch = false;
  if (event.key === "Escape") hide();
}, true);
