// Says at once, in the student's own browser, that a tapped answer is on its way. That it has
// arrived, or was refused, the server says: this then falls silent.

const kept = new WeakMap(); // the answer that was tapped and is not known to be stored

export default function ({ data, parentElement }) {
  const mine = kept.get(parentElement) ?? { going: null };
  const first = !kept.has(parentElement);
  kept.set(parentElement, mine);
  mine.data = data;
  if (mine.given !== data.given) mine.going = null; // stored, or refused with a word of its own
  mine.given = data.given;
  mine.draw = () => {
    const said = parentElement.querySelector(".said");
    said.hidden = !mine.going;
    said.textContent = mine.going ? data.words.replace("{answer}", data.titles[mine.going]) : "";
  };
  mine.tap = (name) => {
    mine.going = name in mine.data.titles && name !== mine.data.own ? name : null;
    mine.draw();
  };
  if (first) {
    mine.hear = (event) => {
      const button = event.target.closest?.(".st-key-answers button");
      const key = button?.closest("[class*=st-key-answer-]")?.className.match(/st-key-answer-(\w+)/);
      if (key) mine.tap(key[1]);
    };
    document.addEventListener("click", mine.hear, true);
  }
  mine.draw();
  return () => {
    document.removeEventListener("click", mine.hear, true);
    kept.delete(parentElement);
  };
}
