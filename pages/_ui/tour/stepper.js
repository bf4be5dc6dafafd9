// Back, Next and the arrow keys of the tour. The position is kept here, in the browser: each
// press counts at once, and the server, which may still be drawing an earlier step, is told the
// step that is wanted, not "one on". Nothing is trusted here: stepper.py checks what arrives.

const kept = new WeakMap(); // per tour: the step that is wanted, and the last press
const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };
const THEIRS = // what has a use of its own for the arrow keys
  "input, textarea, select, video, [contenteditable=true], [role=radio], [role=radiogroup]," +
  "[role=slider], [role=tab], [role=listbox], [role=grid], [data-testid=stDataFrame]";

export default function ({ data, parentElement, setStateValue }) {
  const mine = kept.get(parentElement) ?? { press: 0 };
  const first = !kept.has(parentElement);
  kept.set(parentElement, mine);
  if (!mine.press || data.heard === mine.press) mine.at = data.at; // else the server is behind
  mine.draw = () => {
    const said = data.words.said.replace("{n}", mine.at);
    parentElement.querySelector(".said").textContent = said;
    const [back, next] = [".back", ".next"].map((name) => parentElement.querySelector(name));
    back.textContent = data.words.back;
    next.textContent = data.words.next;
    back.disabled = mine.at <= 1;
    next.disabled = mine.at >= data.steps;
  };
  mine.turn = (by) => {
    const to = Math.min(data.steps, Math.max(1, mine.at + by));
    if (to === mine.at) return;
    mine.at = to;
    mine.press = Math.max(mine.press + 1, Date.now()); // told apart also after a reload
    setStateValue("value", [mine.at, mine.press]);
    mine.draw();
  };
  parentElement.querySelector(".back").onclick = () => mine.turn(-1);
  parentElement.querySelector(".next").onclick = () => mine.turn(1);
  if (first) {
    mine.hear = (event) => {
      const by = ARROWS[event.key];
      const theirs = event.composedPath().some((e) => e.matches?.(THEIRS));
      if (!by || theirs || event.defaultPrevented) return;
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      mine.turn(by);
    };
    document.addEventListener("keydown", mine.hear);
  }
  mine.draw();
  return () => {
    document.removeEventListener("keydown", mine.hear);
    kept.delete(parentElement);
  };
}
